"""The table of operations: which of them is slow, or fails."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message

from lorax_tui.model import format as words
from lorax_tui.model.phase_view import OperationView, PhaseView
from lorax_tui.model.records import HTTP
from lorax_tui.model.view import RunView
from lorax_tui.session.view import SessionView
from lorax_tui.ui.lines import Line
from lorax_tui.ui.rows import WIDE, Beside, behind, heading, row
from lorax_tui.ui.widgets.panel import Panel


class OperationsTable(Panel, can_focus=True):
    """One row an operation, HTTP first; rows never change places. Enter opens what is behind the one pointed at."""

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
        self._is_open = False
        """Whether what is behind the row pointed at is shown below it."""
        self._opened_lines = 0

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
        self._opened_lines = 0
        beside = _beside(view)
        if not operations:
            return [heading(width, beside), ((" nothing has been asked yet", "muted"),)]
        lines = [heading(width, beside)]
        for place, operation in enumerate(operations):
            is_here = place == self._cursor
            lines.append(row(operation, width, self.has_focus and is_here, beside, view.run.ended is not None))
            if is_here and self._is_open:
                opened = behind(operation, width, beside)
                self._opened_lines = len(opened)
                lines += opened
        return lines

    def action_move(self, rows: int) -> None:
        """Point at another row."""
        if not self._rows:
            return
        self._cursor = max(0, min(self._cursor + rows, len(self._rows) - 1))
        self._follow()
        self.post_message(self.Chosen(self._rows[self._cursor], is_entered=False))

    def action_choose(self) -> None:
        """Look at the row's latency, and behind it; or close it again."""
        if self._rows:
            self._is_open = not self._is_open
            self._follow()
            self.post_message(self.Chosen(self._rows[self._cursor], is_entered=True))

    def _follow(self) -> None:
        """Keep the row in sight, and what is open below it."""
        self.redraw()
        line = self._cursor + 1
        top, height = self.scroll_offset.y, self.scrollable_content_region.height
        last = line + self._opened_lines
        if line < top + 1:
            self.scroll_to(y=self._cursor, animate=False)
        elif last >= top + height:
            # Forced, because the bar that allows it comes with the next refresh only.
            self.scroll_to(y=min(line - 1, last - height + 1), animate=False, force=True)

    def on_click(self, event: events.Click) -> None:
        """A click chooses."""
        offset = event.get_content_offset(self)
        if offset is None:
            return
        line = offset.y + self.scroll_offset.y - 1
        if line > self._cursor:
            line = max(self._cursor, line - self._opened_lines)
        if 0 <= line < len(self._rows):
            self._is_open = self._is_open and line == self._cursor
            self._cursor = line
            self.action_choose()

    def on_focus(self) -> None:
        """Show where the keys go."""
        self.redraw()

    def on_blur(self) -> None:
        """Show that the keys go elsewhere."""
        self.redraw()


def _order(operation: OperationView) -> tuple[bool, str, str]:
    return (operation.protocol != HTTP, operation.protocol, operation.name)


def _beside(view: SessionView) -> Beside:
    """What the baseline did in the same phase; nothing where it has none, so that its column stays."""
    if view.baseline is None:
        return None
    phases = view.run.phases
    base = view.baseline.beside(phases, len(phases) - 1) if phases else None
    return {} if base is None else base.settled


def _title(view: SessionView, phase: PhaseView | None, width: int) -> str:
    title = "operations · latency in ms"
    if phase is None:
        return title
    since = ""
    if phase.settled_s is None:
        word = "never settled" if phase.end_s is not None else "settling"
        since = f" · ~ {word}, {view.run.users_actual} of {phase.users_wanted} users"
    elif width >= WIDE:
        since = f" · {phase.scenario}, settled at {words.clock(phase.settled_s)}"
    whole = title + since + _in_flight(view.run)
    return whole if len(whole) <= width else "operations" + since + _in_flight(view.run)


def _in_flight(run: RunView) -> str:
    """Whoever has no answer yet, of this phase and of those before it."""
    if run.ended is not None:
        return ""
    return f" · {run.in_flight} in flight" + (f", oldest {words.age(run.oldest_s)}" if run.in_flight else "")
