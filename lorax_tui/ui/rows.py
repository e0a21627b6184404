"""The rows of the operations table as lines: figures in columns that keep their places, and what is behind a row."""

from __future__ import annotations

from collections.abc import Mapping
from textwrap import wrap

from lorax_tui.model import format as words
from lorax_tui.model.phase_view import OperationView
from lorax_tui.model.point import Latency
from lorax_tui.model.records import HTTP
from lorax_tui.model.tally import WAITED_S
from lorax_tui.ui import names
from lorax_tui.ui.lines import Line, fit

NARROW, WIDE = 76, 100
_LONGEST_NAME = 40
_MARK_CELLS = 4
_IN_FLIGHT_CELLS = 13
"""Room for a count and an age."""

_INDENT = 3

Beside = Mapping[tuple[str, str], Latency] | None
"""The baseline's figures by protocol and name; `None` where there is no baseline, and no column for it."""

_CHANGED_SHARE, _CHANGED_MS = 0.1, 2.0
"""Beyond both of these a p95 is another than the baseline's."""


def heading(width: int, beside: Beside = None) -> Line:
    """The names of the columns."""
    protocol = fit(" protocol" if width >= WIDE else "", _protocol_cells(width))
    headings = "".join(fit(heading, cells, right=True) for heading, cells in _widths(width, beside).items())
    return ((protocol + fit("operation", _name_cells(width, beside)) + headings, "muted"),)


def row(operation: OperationView, width: int, is_cursor: bool, beside: Beside = None, is_over: bool = False) -> Line:
    """One operation; its rate is that of the last second, or of the settled part once all is over."""
    protocol, name = _protocol_cells(width), _name_cells(width, beside)
    change, change_role = _change(operation, beside)
    figures = {
        "/s": words.rate(operation.rps if is_over else operation.rate),
        "asks": words.count(operation.asks),
        "failed": words.count(operation.bad),
        "in flight": _in_flight(operation),
        "open": str(operation.in_flight),
        "p50": words.milliseconds(operation.p50_ms),
        "p95": words.milliseconds(operation.p95_ms),
        "p99": words.milliseconds(operation.p99_ms),
        "max": words.milliseconds(operation.max_ms),
        "Δ p95": change,
    }
    plain = "settling" if operation.settling else "text"
    roles = {
        "failed": "bad" if operation.bad else plain,
        "Δ p95": change_role,
        **dict.fromkeys(("in flight", "open"), "warn" if _waits(operation) else plain),
    }
    verdict = operation.verdict
    mark = "~" if operation.settling else words.MARKS[verdict] if verdict is not None else " "
    role = words.VERDICT_ROLES[verdict] if verdict is not None and not operation.settling else plain
    line: Line = (
        (
            fit(" " + names.protocol(operation.protocol, protocol - 2), protocol),
            "muted" if operation.protocol == HTTP else "line-users",
        ),
        (fit(operation.name, name - 1) + " ", plain if operation.settling else "strong"),
        *(
            (fit(figures[heading], cells, right=True), roles.get(heading, plain))
            for heading, cells in _widths(width, beside).items()
        ),
        (fit(f"  {mark}", _MARK_CELLS), role),
    )
    return tuple((text, "cursor") for text, _ in line) if is_cursor else line


def behind(operation: OperationView, width: int, beside: Beside = None) -> list[Line]:
    """What is not in the figures of a row: the latencies of what failed, how asks ended, who waits."""
    indent = " " * _INDENT
    latencies = {
        "p50": operation.failed_p50_ms,
        "p95": operation.failed_p95_ms,
        "p99": None,
        "max": operation.failed_max_ms,
    }
    room = _protocol_cells(width) + _name_cells(width, beside)
    columns = _widths(width, beside)
    room += sum(cells for heading, cells in columns.items() if heading not in latencies)
    figures = tuple(
        (
            fit(words.milliseconds(latencies[heading]), cells, right=True),
            "muted" if not operation.failed_max_ms else "bad",
        )
        for heading, cells in columns.items()
        if heading in latencies
    )
    lines: list[Line] = [((fit(f"{indent}failed and timed out", room), "muted"), *figures)]
    ended = ", ".join(words.endings(operation)) or "every ask that ended was answered as it should"
    lines += [((f"{indent}{part}", "text"),) for part in wrap(ended, max(10, width - 2 * _INDENT))]
    waiting = f"{operation.in_flight} in flight, the oldest for {words.age(operation.oldest_s)}"
    return [*lines, ((f"{indent}{waiting}", "warn" if _waits(operation) else "muted"),)]


def _change(operation: OperationView, beside: Beside) -> tuple[str, str]:
    """How the settled p95 stands to the baseline's."""
    base = (beside or {}).get((operation.protocol, operation.name))
    if operation.settling or base is None or not base.p95_ms or operation.p95_ms is None:
        return words.UNKNOWN, "muted"
    delta_ms = operation.p95_ms - base.p95_ms
    is_other = abs(delta_ms) > max(_CHANGED_MS, base.p95_ms * _CHANGED_SHARE)
    return words.relative(delta_ms / base.p95_ms), ("warn" if delta_ms > 0 else "good") if is_other else "muted"


def _waits(operation: OperationView) -> bool:
    """Whether an ask has been in flight for so long that it is news."""
    return operation.oldest_s is not None and operation.oldest_s >= WAITED_S


def _in_flight(operation: OperationView) -> str:
    return f"{operation.in_flight} ≥{words.age(operation.oldest_s)}" if _waits(operation) else str(operation.in_flight)


def _protocol_cells(width: int) -> int:
    return 11 if width >= WIDE else 6


def _widths(width: int, beside: Beside) -> dict[str, int]:
    """Cells of the columns of figures by their headings; numbers do not move as they grow."""
    if width >= WIDE:
        each = min(14, max(8, (width - _protocol_cells(width) - _LONGEST_NAME - _MARK_CELLS) // 8))
        headings = ("/s", "asks", "failed", "in flight", "p50", "p95", "p99", "max")
        cells = {heading: max(each, _IN_FLIGHT_CELLS if heading == "in flight" else 0) for heading in headings}
        return cells if beside is None else cells | {"Δ p95": 9}
    columns = {"/s": 6, "asks": 7, "failed": 7, "open": 5, "p50": 6, "p95": 6, "p99": 6, "max": 6}
    for heading in ("open", "p50", "max") if width < NARROW else ():
        del columns[heading]
    return columns


def _name_cells(width: int, beside: Beside) -> int:
    return width - _protocol_cells(width) - sum(_widths(width, beside).values()) - _MARK_CELLS
