"""The list of runs that are kept, a line each, and what there is to say about the one pointed at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message

from lorax_tui.model import format as words
from lorax_tui.runs.listing import Kept
from lorax_tui.session.view import SessionView
from lorax_tui.ui.lines import Line, fit
from lorax_tui.ui.widgets.panel import Panel
from lorax_tui.ui.widgets.run_columns import heading, row


def _pointed(line: Line, width: int) -> Line:
    return ((fit("".join(text for text, _ in line), width), "cursor"),)


class RunList(Panel, can_focus=True):
    """Newest first; up, down and Enter."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", show=False),
        Binding("down", "move(1)", show=False),
        Binding("pageup", "move(-10)", show=False),
        Binding("pagedown", "move(10)", show=False),
        Binding("home", "move(-100000)", show=False),
        Binding("end", "move(100000)", show=False),
        Binding("enter", "choose", show=False),
    ]

    class Pointed(Message):
        """Another run is pointed at."""

    @dataclass
    class Chosen(Message):
        """The operator wants to see this run."""

        run: Kept

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._runs: Sequence[Kept] | None = None
        self._cursor = 0

    @property
    def selected(self) -> Kept | None:
        """The run pointed at."""
        return self._runs[self._cursor] if self._runs else None

    def fill(self, runs: Sequence[Kept]) -> None:
        """Show these, and go on pointing at the same run."""
        before = self.selected
        self._runs = runs
        names = [kept.folder for kept in runs]
        self._cursor = names.index(before.folder) if before is not None and before.folder in names else 0
        self.show(SessionView())
        self.post_message(self.Pointed())

    def lines(self, view: SessionView, width: int, height: int) -> list[Line]:
        """One run a line."""
        if self._runs is None:
            return [((" reading …", "muted"),)]
        if not self._runs:
            return [((" no run is kept here yet", "muted"),)]
        return [
            _pointed(line, width) if place == self._cursor else line
            for place, line in enumerate(row(kept, width) for kept in self._runs)
        ]

    def action_move(self, entries: int) -> None:
        """Point at another run."""
        self._cursor = max(0, min(self._cursor + entries, len(self._runs or ()) - 1))
        height = self.scrollable_content_region.height
        if not self.scroll_offset.y <= self._cursor < self.scroll_offset.y + height:
            self.scroll_to(y=max(0, self._cursor - height // 2), animate=False)
        self.redraw()
        self.post_message(self.Pointed())

    def action_choose(self) -> None:
        """See the run pointed at."""
        if (run := self.selected) is not None:
            self.post_message(self.Chosen(run))

    def on_click(self, event: events.Click) -> None:
        """A click points; Enter or a second click chooses."""
        offset = event.get_content_offset(self)
        if offset is not None and offset.y + self.scroll_offset.y < len(self._runs or ()):
            self.action_move(offset.y + self.scroll_offset.y - self._cursor)
            if event.chain > 1:
                self.action_choose()


class RunHeading(Panel):
    """The names of the columns."""

    def lines(self, view: SessionView, width: int, height: int) -> list[Line]:
        """One line."""
        return [heading(width)]


class RunDetail(Panel):
    """The run pointed at: its name, its target, and what is wrong with it."""

    run: Kept | None = None

    def lines(self, view: SessionView, width: int, height: int) -> list[Line]:
        """Three lines, some of them empty."""
        if self.run is None:
            return []
        marked: Line = (("  the baseline: others are held against it", "accent"),) if self.run.is_baseline else ()
        return [
            ((f" {self.run.name}", "strong"), *marked),
            ((f" {words.host(self.run.host) or 'unknown target'}", "muted"),),
            ((f" {self.run.trouble}", "warn"),),
        ]
