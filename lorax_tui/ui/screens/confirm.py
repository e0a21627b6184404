"""The question whether a host that is not this machine is meant."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from lorax_tui.model.hosts import plain

_LONGEST = 253


class ConfirmScreen(ModalScreen[str | None]):
    """Answers with the host's name, typed in full, or with nothing: no single key says yes."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "give_up", show=False)]

    def __init__(self, host: str, addresses: Sequence[str], load: str) -> None:
        super().__init__()
        self._host = host
        self._addresses = addresses
        self._load = load

    def compose(self) -> ComposeResult:
        """What would go where, and room for the name."""
        with Vertical():
            yield Static(" NOT THIS MACHINE ", markup=False, classes="alarm")
            yield Static(f"{self._host}  ({', '.join(self._addresses)})", markup=False, classes="title later")
            yield Static(f"{self._load}. Nothing has been sent yet.", markup=False)
            yield Static("Type the name of the host to send load there; Esc: do not.", markup=False)
            yield Input(max_length=_LONGEST, select_on_focus=False)
            yield Static("", markup=False, id="wrong")

    def on_input_submitted(self, message: Input.Submitted) -> None:
        """Go on, or say that this is not the name."""
        if plain(message.value) == self._host:
            self.dismiss(message.value)
        else:
            wrong = f"That is not {self._host}."
            self.query_one("#wrong", Static).update(wrong)

    def action_give_up(self) -> None:
        """Send nothing."""
        self.dismiss(None)
