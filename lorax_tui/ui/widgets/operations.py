"""The table of operations: which of them is slow, or fails."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message

from lorax_tui.model import format as words
from lorax_tui.model.records import HTTP
from lorax_tui.model.view import OperationView, PhaseView
from lorax_tui.session.view import SessionView
from lorax_tui.ui import names
from lorax_tui.ui.lines import Line, fit
from lorax_tui.ui.widgets.panel import Panel

_NARROW, _WIDE = 76, 100
_LONGEST_NAME = 40
_MARK_CELLS = 4


class OperationsTable(Panel, can_focus=True):
    """One row an operation, HTTP first; rows never change places."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", show=False),
        Binding("down", "move(1)", show=False),
        Binding("enter", "choose", show=False),
    ]

    @dataclass
    class Chosen(Message):
        """The operator points at an operation."""

        operation: tuple[str, str]
        is_entered: bool
        """Whether it was chosen, not just passed."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._rows: list[tuple[str, str]] = []
        self._cursor = 0

    @property
    def selected(self) -> tuple[str, str] | None:
        """The operation pointed at."""
        return self._rows[self._cursor] if self._rows else None

    def lines(self, view: SessionView, width: int, height: int) -> list[Line]:
        """A heading and the rows."""
        phase = view.run.phase
        operations = sorted(phase.operations, key=_order) if phase else []
        self._rows = [(operation.protocol, operation.name) for operation in operations]
        self._cursor = max(0, min(self._cursor, len(self._rows) - 1))
        self.entitle(Content(_title(view, phase, width)))
        if not operations:
            return [_heading(width), ((" nothing has been asked yet", "muted"),)]
        rows = [
            _row(operation, width, is_cursor=self.has_focus and place == self._cursor)
            for place, operation in enumerate(operations)
        ]
        return [_heading(width), *rows]

    def action_move(self, rows: int) -> None:
        """Point at another row."""
        if not self._rows:
            return
        self._cursor = max(0, min(self._cursor + rows, len(self._rows) - 1))
        self._follow()
        self.post_message(self.Chosen(self._rows[self._cursor], is_entered=False))

    def action_choose(self) -> None:
        """Look at the row's latency."""
        if self._rows:
            self.post_message(self.Chosen(self._rows[self._cursor], is_entered=True))

    def _follow(self) -> None:
        line = self._cursor + 1
        top, height = self.scroll_offset.y, self.scrollable_content_region.height
        if line < top + 1:
            self.scroll_to(y=self._cursor, animate=False)
        elif line >= top + height:
            self.scroll_to(y=line - height + 1, animate=False)
        self.redraw()

    def on_click(self, event: events.Click) -> None:
        """A click chooses."""
        offset = event.get_content_offset(self)
        if offset is not None and 0 < (line := offset.y + self.scroll_offset.y) <= len(self._rows):
            self._cursor = line - 1
            self._follow()
            self.action_choose()

    def on_focus(self) -> None:
        """Show where the keys go."""
        self.redraw()

    def on_blur(self) -> None:
        """Show that the keys go elsewhere."""
        self.redraw()


def _order(operation: OperationView) -> tuple[bool, str, str]:
    return (operation.protocol != HTTP, operation.protocol, operation.name)


def _title(view: SessionView, phase: PhaseView | None, width: int) -> str:
    title = "operations · latency in ms"
    if phase is None:
        return title
    if phase.settled_s is not None:
        since = f" · {phase.scenario}, settled at {words.clock(phase.settled_s)}"
        return title + since if width >= _WIDE else title
    word = "never settled" if phase.end_s is not None else "settling"
    return f"{title} · ~ {word}, {view.run.users_actual} of {phase.users_wanted} users"


def _protocol_cells(width: int) -> int:
    return 11 if width >= _WIDE else 6


def _widths(width: int) -> dict[str, int]:
    """Cells of the columns of figures by their headings; numbers do not move as they grow."""
    if width >= _WIDE:
        each = min(14, max(8, (width - _protocol_cells(width) - _LONGEST_NAME - _MARK_CELLS) // 8))
        names = ("/s", "asks", "failed", "in flight", "p50", "p95", "p99", "max")
        return {name: max(each, len(name) + 2) for name in names}
    columns = {"/s": 6, "asks": 7, "failed": 7, "open": 5, "p50": 6, "p95": 6, "p99": 6, "max": 6}
    for heading in ("open", "p50", "max") if width < _NARROW else ():
        del columns[heading]
    return columns


def _name_cells(width: int) -> int:
    return width - _protocol_cells(width) - sum(_widths(width).values()) - _MARK_CELLS


def _heading(width: int) -> Line:
    protocol = fit(" protocol" if width >= _WIDE else "", _protocol_cells(width))
    headings = "".join(fit(heading, cells, right=True) for heading, cells in _widths(width).items())
    return ((protocol + fit("operation", _name_cells(width)) + headings, "muted"),)


def _row(operation: OperationView, width: int, is_cursor: bool) -> Line:
    columns = _widths(width)
    protocol, name = _protocol_cells(width), _name_cells(width)
    figures = {
        "/s": words.rate(operation.rate),
        "asks": words.count(operation.asks),
        "failed": words.count(operation.bad),
        "in flight": str(operation.in_flight),
        "open": str(operation.in_flight),
        "p50": words.milliseconds(operation.p50_ms),
        "p95": words.milliseconds(operation.p95_ms),
        "p99": words.milliseconds(operation.p99_ms),
        "max": words.milliseconds(operation.max_ms),
    }
    plain = "settling" if operation.settling else "text"
    failed = "bad" if operation.bad else plain
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
            (fit(figures[heading], cells, right=True), failed if heading == "failed" else plain)
            for heading, cells in columns.items()
        ),
        (fit(f"  {mark}", _MARK_CELLS), role),
    )
    return tuple((text, "cursor") for text, _ in line) if is_cursor else line
