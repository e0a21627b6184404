"""The list of scenarios, each with the number key that starts it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message

from lorax_tui.model import format as words
from lorax_tui.model.scenario import Scenario
from lorax_tui.session.view import SessionView
from lorax_tui.ui.lines import Line, fit
from lorax_tui.ui.widgets.panel import Panel

_CELLS = 34
"""What one entry takes at least."""

_SPACIOUS, _ROOMY = 76, 100
"""From here on there is room for what a scenario is for, and for who its users are."""


class ScenarioList(Panel, can_focus=True):
    """Up, down and Enter choose what the number keys choose too."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", show=False),
        Binding("down", "move(1)", show=False),
        Binding("enter", "choose", show=False),
    ]

    @dataclass
    class Chosen(Message):
        """The operator wants this scenario."""

        scenario: str

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._names: list[str] = []
        self._cursor = 0
        self._per_column = 1
        self._entry_cells = _CELLS

    def lines(self, view: SessionView, width: int, height: int) -> list[Line]:
        """One entry a line; in two columns where the lines do not suffice."""
        self._names = [scenario.name for scenario in view.scenarios]
        self._cursor = max(0, min(self._cursor, len(self._names) - 1))
        columns = 2 if len(self._names) > height and width >= 2 * _CELLS else 1
        self._per_column = max(1, -(-len(self._names) // columns))
        self._entry_cells = width // columns
        running = view.scenario if view.is_loaded else None
        entries = [
            self._entry(place, scenario, scenario.name == running, spacious=columns == 1 and width >= _SPACIOUS)
            for place, scenario in enumerate(view.scenarios)
        ]
        rows = min(self._per_column, len(entries))
        return [
            tuple(piece for entry in entries[row :: self._per_column] for piece in entry) for row in range(rows)
        ] or [((" scenarios.toml names none", "muted"),)]

    def _entry(self, place: int, scenario: Scenario, is_running: bool, spacious: bool) -> Line:
        key = str(place + 1) if place < 9 else " "
        text = f" {fit(scenario.name, 11)}{scenario.users:>5} users {words.duration(scenario.duration_s):>6}"
        if spacious:
            text += f" {scenario.spawn_rate:>5g}/s   {fit(scenario.purpose, 26)}"
        if spacious and self._entry_cells >= _ROOMY:
            text += "  " + ", ".join(f"{weight:g} {_short(name)}" for name, weight in scenario.mix.items())
        mark = " ◀" if is_running else "  "
        body = fit(text, self._entry_cells - 5) + mark
        if self.has_focus and place == self._cursor:
            return ((f" {key} ", "cursor"), (body, "cursor"))
        return ((f" {key} ", "accent"), (body, "strong" if is_running else "text"))

    def action_move(self, entries: int) -> None:
        """Point at another scenario."""
        self._cursor = max(0, min(self._cursor + entries, len(self._names) - 1))
        if not self._per_column <= self.scrollable_content_region.height:
            self.scroll_to(y=max(0, self._cursor - self.scrollable_content_region.height // 2), animate=False)
        self.redraw()

    def action_choose(self) -> None:
        """Start, or switch to, the scenario pointed at."""
        if self._names:
            self.post_message(self.Chosen(self._names[self._cursor]))

    def on_click(self, event: events.Click) -> None:
        """A click points; Enter, a number key or a second click chooses."""
        offset = event.get_content_offset(self)
        if offset is None:
            return
        place = offset.y + self.scroll_offset.y + offset.x // max(1, self._entry_cells) * self._per_column
        if place < len(self._names):
            self._cursor = place
            self.redraw()
            if event.chain > 1:
                self.action_choose()

    def on_focus(self) -> None:
        """Show where the keys go."""
        self.redraw()

    def on_blur(self) -> None:
        """Show that the keys go elsewhere."""
        self.redraw()


def _short(user_class: str) -> str:
    return user_class.removeprefix("Lorax").removesuffix("User").lower()
