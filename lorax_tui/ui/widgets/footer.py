"""The keys, in the last line."""

from __future__ import annotations

from collections.abc import Sequence

from lorax_tui.session.view import SessionView
from lorax_tui.ui.keys import FOOTER
from lorax_tui.ui.lines import Line
from lorax_tui.ui.widgets.panel import Panel


class Footer(Panel):
    """Never changes."""

    def __init__(self, entries: Sequence[tuple[str, str]] = FOOTER, *, id: str | None = None) -> None:  # noqa: A002
        """`entries`: keys and their words."""
        super().__init__(id=id)
        self._entries = entries

    def lines(self, view: SessionView, width: int, height: int) -> list[Line]:
        """As many as there is room for; how to get help and how to get out are always among them."""
        gap = " " if width >= 90 else ""
        entries = list(self._entries)
        while len(entries) > 2 and sum(len(key) + len(word) + 2 + len(gap) for key, word in entries) > width:
            del entries[-3]
        return [tuple(piece for key, word in entries for piece in ((f" {key}", "accent"), (f" {word}{gap}", "muted")))]
