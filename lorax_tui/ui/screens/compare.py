"""Two recorded runs held against each other, over the whole screen; the figures are the command's."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import ClassVar

from textual import events, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from lorax_tui.errors import LoraxTuiError
from lorax_tui.runs.comparison import Comparison, compare_runs
from lorax_tui.runs.comparison.result import Change
from lorax_tui.runs.comparison.table import table

_STYLES: dict[str, str] = {
    Change.WORSE: "$error",
    Change.BETTER: "$success",
    Change.UNJUDGED: "$muted",
    "title": "bold $bright",
    "muted": "$muted",
    "warning": "$warning",
}


class CompareScreen(ModalScreen[None]):
    """Reads both runs off the loop, then shows what changed in words and every figure below."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q,enter,c", "close", show=False)]

    def __init__(self, base: Path, run: Path) -> None:
        super().__init__()
        self._folders = base, run
        self._comparison: Comparison | None = None

    def compose(self) -> ComposeResult:
        """One text that scrolls."""
        with VerticalScroll() as scroll:
            scroll.border_title = "comparison"
            yield Static("comparing…", markup=False, id="comparison")
        yield Static("up down  scroll     Esc  back", markup=False, classes="answers")

    def on_mount(self) -> None:
        """Begin to read."""
        self.query_one(VerticalScroll).focus()
        self._compare()

    @work(exclusive=True)
    async def _compare(self) -> None:
        try:
            self._comparison = await asyncio.to_thread(compare_runs, *self._folders)
        except LoraxTuiError as error:
            self.query_one("#comparison", Static).update(Content(str(error)))
            return
        self._draw()

    def on_resize(self, event: events.Resize) -> None:
        """Fit the new room."""
        self._draw()

    def _draw(self) -> None:
        if self._comparison is None:
            return
        lines = table(self._comparison, self.query_one(VerticalScroll).scrollable_content_region.width)
        styled = [Content.styled(text, _STYLES.get(kind, "$foreground")) for kind, text in lines]
        self.query_one("#comparison", Static).update(Content("\n").join(styled))

    def action_close(self) -> None:
        """Back to where this was opened."""
        self.dismiss()
