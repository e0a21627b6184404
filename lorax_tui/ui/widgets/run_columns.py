"""A kept run in one line, and the names of its columns, in the room there is."""

from __future__ import annotations

from lorax_tui.model import format as words
from lorax_tui.model.records import HTTP, SOCKET_IO
from lorax_tui.runs.listing import Kept
from lorax_tui.ui.lines import Line, fit

WIDE, ROOMY = 110, 140
"""From here on there is room for the target, and for Socket.IO."""

_ENDED = 14
"""What the longest reason takes; it is the last column, and may be cut."""

_VERDICT_ROLES = {"passed": "good", "failed": "bad"}


def heading(width: int) -> Line:
    """What the columns are."""
    cells = ("began (UTC)", "scenarios", "target", "length", "asks", "failed", "HTTP p95", "S.IO p95")
    return (("   " + _columns(cells, width) + f"  {'verdict':<13}ended", "muted"),)


def row(kept: Kept, width: int) -> Line:
    """One run."""
    cells = (
        kept.started_at[:16].replace("T", " ")[0 if width >= WIDE else 5 :],
        " → ".join(kept.scenarios) or words.UNKNOWN,
        words.host(kept.host),
        words.clock(kept.elapsed_s),
        _count(kept.asks),
        _count(kept.bad),
        words.milliseconds(kept.p95_ms.get(HTTP)),
        words.milliseconds(kept.p95_ms.get(SOCKET_IO)),
    )
    return (
        (" * " if kept.is_baseline else "   ", "accent"),
        (_columns(cells, width), "text"),
        (f"  {kept.verdict:<13}", _VERDICT_ROLES.get(kept.verdict, "muted")),
        (kept.ended, "warn" if kept.trouble else "text"),
    )


def _columns(cells: tuple[str, str, str, str, str, str, str, str], width: int) -> str:
    """The columns before the verdict; the scenarios get the room that the others leave."""
    began, scenarios, target, length, asks, failed, http, socket = cells
    wide, roomy = width >= WIDE, width >= ROOMY
    left = f"{began:<{16 if wide else 11}}"
    right = f"{length:>8}{asks:>6}{failed:>7}{http:>9}" + (f"{socket:>10}" if roomy else "")
    right = ("  " + fit(target, 21) if wide else "") + right
    room = width - 3 - len(left) - 2 - len(right) - 2 - 13 - (_ENDED if wide else 10)
    return f"{left}  {fit(scenarios, max(4, room))}{right}"


def _count(number: int | None) -> str:
    return words.UNKNOWN if number is None else words.count(number)
