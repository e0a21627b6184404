"""The rows of the operations table as lines: figures in columns that keep their places, and what is behind a row."""

from __future__ import annotations

from textwrap import wrap

from lorax_tui.model import format as words
from lorax_tui.model.records import HTTP, WAITED_S
from lorax_tui.model.view import OperationView
from lorax_tui.ui import names
from lorax_tui.ui.lines import Line, fit

NARROW, WIDE = 76, 100
_LONGEST_NAME = 40
_MARK_CELLS = 4
_IN_FLIGHT_CELLS = 13
"""Room for a count and an age."""

_INDENT = 3


def heading(width: int) -> Line:
    """The names of the columns."""
    protocol = fit(" protocol" if width >= WIDE else "", _protocol_cells(width))
    headings = "".join(fit(heading, cells, right=True) for heading, cells in _widths(width).items())
    return ((protocol + fit("operation", _name_cells(width)) + headings, "muted"),)


def row(operation: OperationView, width: int, is_cursor: bool) -> Line:
    """One operation."""
    protocol, name = _protocol_cells(width), _name_cells(width)
    figures = {
        "/s": words.rate(operation.rate),
        "asks": words.count(operation.asks),
        "failed": words.count(operation.bad),
        "in flight": _in_flight(operation),
        "open": str(operation.in_flight),
        "p50": words.milliseconds(operation.p50_ms),
        "p95": words.milliseconds(operation.p95_ms),
        "p99": words.milliseconds(operation.p99_ms),
        "max": words.milliseconds(operation.max_ms),
    }
    plain = "settling" if operation.settling else "text"
    roles = {
        "failed": "bad" if operation.bad else plain,
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
            for heading, cells in _widths(width).items()
        ),
        (fit(f"  {mark}", _MARK_CELLS), role),
    )
    return tuple((text, "cursor") for text, _ in line) if is_cursor else line


def behind(operation: OperationView, width: int) -> list[Line]:
    """What is not in the figures of a row: the latencies of what failed, how asks ended, who waits."""
    indent = " " * _INDENT
    latencies = {
        "p50": operation.failed_p50_ms,
        "p95": operation.failed_p95_ms,
        "p99": None,
        "max": operation.failed_max_ms,
    }
    room = _protocol_cells(width) + _name_cells(width)
    columns = _widths(width)
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


def _waits(operation: OperationView) -> bool:
    """Whether an ask has been in flight for so long that it is news."""
    return operation.oldest_s is not None and operation.oldest_s >= WAITED_S


def _in_flight(operation: OperationView) -> str:
    return f"{operation.in_flight} ≥{words.age(operation.oldest_s)}" if _waits(operation) else str(operation.in_flight)


def _protocol_cells(width: int) -> int:
    return 11 if width >= WIDE else 6


def _widths(width: int) -> dict[str, int]:
    """Cells of the columns of figures by their headings; numbers do not move as they grow."""
    if width >= WIDE:
        each = min(14, max(8, (width - _protocol_cells(width) - _LONGEST_NAME - _MARK_CELLS) // 8))
        headings = ("/s", "asks", "failed", "in flight", "p50", "p95", "p99", "max")
        return {heading: max(each, _IN_FLIGHT_CELLS if heading == "in flight" else 0) for heading in headings}
    columns = {"/s": 6, "asks": 7, "failed": 7, "open": 5, "p50": 6, "p95": 6, "p99": 6, "max": 6}
    for heading in ("open", "p50", "max") if width < NARROW else ():
        del columns[heading]
    return columns


def _name_cells(width: int) -> int:
    return width - _protocol_cells(width) - sum(_widths(width).values()) - _MARK_CELLS
