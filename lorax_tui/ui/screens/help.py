"""All keys and signs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from lorax_tui.ui.keys import HELP, MARKS_HELP


class HelpScreen(ModalScreen[None]):
    """Goes away with any of the keys that people try."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,question_mark,q,enter", "close", show=False)]

    def __init__(self, entries: Iterable[tuple[str, str]] = HELP) -> None:
        super().__init__()
        self._entries = entries

    def compose(self) -> ComposeResult:
        """Two lists."""
        with VerticalScroll():
            yield Static("Keys", markup=False, classes="title")
            yield from (_entry(*entry) for entry in self._entries)
            yield Static("Signs", markup=False, classes="title later")
            yield from (_entry(*entry) for entry in MARKS_HELP)
            yield Static("Esc closes this", markup=False, classes="answers")

    def action_close(self) -> None:
        """Back to the dashboard."""
        self.dismiss()


def _entry(sign: str, meaning: str) -> Static:
    return Static(Content.assemble((f"{sign:<16}", "$accent"), meaning), markup=False)
