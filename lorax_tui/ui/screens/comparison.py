"""One run held against another: the comparison's own lines, in the room there is."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import Screen

from lorax_tui.model.text import safe
from lorax_tui.runs.comparison import Comparison
from lorax_tui.runs.comparison.table import table
from lorax_tui.session.view import SessionView
from lorax_tui.ui.lines import ROLES, Line
from lorax_tui.ui.widgets.footer import Footer
from lorax_tui.ui.widgets.panel import Panel

_ROLES = {"title": "strong", "muted": "muted", "warning": "warn", "worse": "bad", "better": "good"}


class ComparisonPanel(Panel, can_focus=True):
    """Says nothing that the comparison does not; the marks in its lines say the same as the colours."""

    def __init__(self, comparison: Comparison) -> None:
        super().__init__(id="comparison")
        self._comparison = comparison
        self.border_title = Content("comparison")

    def lines(self, view: SessionView, width: int, height: int) -> list[Line]:
        """All of it; the panel scrolls."""
        return [
            ((f" {safe(text, width)}", _ROLES.get(str(kind), "text")),)
            for kind, text in table(self._comparison, width - 2)
        ]


class ComparisonScreen(Screen[None]):
    """Any key that leads out leads back."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("q,escape,c", "leave", show=False)]
    COMPONENT_CLASSES: ClassVar[set[str]] = {f"role--{role}" for role in ROLES}
    ALLOW_SELECT = False
    AUTO_FOCUS = "ComparisonPanel"

    def __init__(self, comparison: Comparison) -> None:
        super().__init__()
        self._comparison = comparison

    def compose(self) -> ComposeResult:
        """The lines, and the keys."""
        yield ComparisonPanel(self._comparison)
        yield Footer((("↑/↓", "scroll"), ("q", "back")), id="footer")

    def on_mount(self) -> None:
        """Show them."""
        self.call_after_refresh(self._draw)

    def _draw(self) -> None:
        for panel in self.query(Panel):
            panel.show(SessionView())

    def action_leave(self) -> None:
        """Back to the runs."""
        self.dismiss()
