"""The keys, in the last line."""

from __future__ import annotations

from lorax_tui.session.view import SessionView
from lorax_tui.ui.keys import FOOTER
from lorax_tui.ui.lines import Line
from lorax_tui.ui.widgets.panel import Panel


class Footer(Panel):
    """Never changes."""

    def lines(self, view: SessionView, width: int, height: int) -> list[Line]:
        """As many as there is room for."""
        gap = "  " if width >= 90 else " "
        return [tuple(piece for key, word in FOOTER for piece in ((f" {key}", "accent"), (f" {word}{gap[1:]}", "muted")))]
