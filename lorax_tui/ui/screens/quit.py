"""The question before a running load is left."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static


class QuitScreen(ModalScreen[bool]):
    """Asks; a second press of a key that quits is no answer."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y,enter", "answer(True)", show=False),
        Binding("n,escape", "answer(False)", show=False),
    ]

    def __init__(self, load: str) -> None:
        super().__init__()
        self._load = load

    def compose(self) -> ComposeResult:
        """One question, two answers."""
        with Vertical():
            yield Static("A load is running", markup=False, classes="title")
            yield Static(self._load, markup=False)
            yield Static("Stop it, keep the run and quit?", markup=False)
            yes, no = ("y Enter", "bold $accent"), ("n Esc", "bold $accent")
            yield Static(Content.assemble(yes, "  yes        ", no, "  no"), markup=False, classes="answers")

    def action_answer(self, is_yes: bool) -> None:
        """Say it."""
        self.dismiss(is_yes)
