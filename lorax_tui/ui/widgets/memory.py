"""The target's memory, as it tells of it itself, worker by worker."""

from __future__ import annotations

from lorax_tui.model import format as words
from lorax_tui.model.growth import Standing
from lorax_tui.model.target_view import PidView, TargetView
from lorax_tui.session.view import SessionView
from lorax_tui.ui.lines import Line, fit, span
from lorax_tui.ui.widgets.panel import Panel

_ONE_LINE = 60
"""From here on a worker needs a single line."""

STALE_S = 3.0
"""From this age on the last sample is news."""

_SIGNS = {Standing.GROWING: "↗ ", Standing.FLAT: "→ "}


class MemoryPanel(Panel, can_focus=True):
    """What is unknown is shown as unknown, never as 0."""

    def lines(self, view: SessionView, width: int, height: int) -> list[Line]:
        """What is wrong with the polls, then the workers."""
        target = view.run.target
        now_s = max(view.elapsed_s, view.run.elapsed_s) if view.is_loaded else view.run.elapsed_s
        lines = _troubles(target, now_s)
        for pid in sorted(target.pids, key=lambda pid: pid.gone):
            if pid.gone:
                lines.append(((f" pid {pid.pid} is gone, had {words.megabytes(pid.rss_mb)}", "muted"),))
                continue
            lines += _wide(pid, width) if width >= _ONE_LINE else _narrow(pid, width)
        return lines or [((" unknown: no sample yet", "muted"),)]


def _troubles(target: TargetView, now_s: float) -> list[Line]:
    lines: list[Line] = []
    if target.error:
        lines.append(((f" no sample: {target.error}", "warn"),))
    if target.last_s is not None and now_s - target.last_s > STALE_S:
        lines.append(((f" last sample {words.ago(now_s - target.last_s)}", "warn"),))
    if target.restarts:
        lines.append(((f" restarted {target.restarts}×", "warn"),))
    return lines


def _strip(pid: PidView, width: int) -> str:
    return words.strip([value for _, value in pid.points], width)


def _slope(pid: PidView) -> str:
    """How fast it grows, and whether that is certain."""
    return f"{_SIGNS.get(pid.growth.standing, '')}{words.slope(pid.slope_mb_per_min)}"


def _role(pid: PidView) -> str:
    return "warn" if pid.growth.standing is Standing.GROWING else "text"


def _range(pid: PidView) -> str:
    return f"{pid.min_mb:.0f}–{words.megabytes(pid.max_mb)}"


def _wide(pid: PidView, width: int) -> list[Line]:
    left: Line = (
        (f" pid {pid.pid:<8}", "muted"),
        (fit(words.megabytes(pid.rss_mb), 8, right=True), "strong"),
        (f"  {fit(_slope(pid), 17)}", _role(pid)),
        (fit(_range(pid), 14) + " ", "muted"),
    )
    return [(*left, (_strip(pid, width - span(left) - 1), "memory"))]


def _narrow(pid: PidView, width: int) -> list[Line]:
    figures: Line = (
        (f" pid {pid.pid} ", "muted"),
        (words.megabytes(pid.rss_mb), "strong"),
        (f"  {_slope(pid)}", _role(pid)),
    )
    extent = f" {_range(pid)}"
    strip = _strip(pid, max(4, width - len(extent) - 2))
    return [figures, ((" " + strip, "memory"), (extent, "muted"))]
