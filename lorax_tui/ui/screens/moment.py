"""The question to which moment of a recorded run to go."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from lorax_tui.model import format as words
from lorax_tui.model.duration import parse_moment


class MomentScreen(ModalScreen[float | None]):
    """Answers with seconds of the run, or with nothing."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "give_up", show=False)]

    def __init__(self, length_s: float) -> None:
        super().__init__()
        self._length_s = length_s

    def compose(self) -> ComposeResult:
        """One question and room for the answer."""
        with Vertical():
            yield Static("Go to which time?", markup=False, classes="title")
            yield Static(f"such as 2:30, 150 or 2m30s; the run ends at {words.clock(self._length_s)}", markup=False)
            yield Input(max_length=12, select_on_focus=False)
            yield Static("", markup=False, id="wrong")

    def on_input_submitted(self, message: Input.Submitted) -> None:
        """Go there, or say what is wrong with it."""
        try:
            self.dismiss(parse_moment(message.value))
        except ValueError as error:
            self.query_one("#wrong", Static).update(str(error))

    def action_give_up(self) -> None:
        """Stay."""
        self.dismiss(None)
