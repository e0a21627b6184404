"""What went wrong, grouped, and what to do about it."""

from __future__ import annotations

from textwrap import wrap

from lorax_tui.model import format as words
from lorax_tui.model.view import ErrorView
from lorax_tui.session.view import SessionView
from lorax_tui.ui import names
from lorax_tui.ui.lines import Line, spread
from lorax_tui.ui.widgets.panel import Panel

_WIDE = 56
"""From here on there is room for whole names."""


class ErrorsPanel(Panel, can_focus=True):
    """The most frequent first: the newest first would make the list jump."""

    def lines(self, view: SessionView, width: int, height: int) -> list[Line]:
        """What, what exactly, and what to do."""
        errors = sorted(view.run.errors, key=lambda error: (-error.count, error.first_s))
        if not errors:
            return [((" no errors", "muted"),)]
        now_s = max(view.elapsed_s, view.run.elapsed_s)
        return [line for error in errors for line in _group(error, now_s, width)]


def _group(error: ErrorView, now_s: float, width: int) -> list[Line]:
    is_live = error.rate > 0
    left: Line = (
        (f" {words.count(error.count)}× ", "bad" if is_live else "strong"),
        (error.kind, "bad" if is_live else "strong"),
        (f"  {names.protocol(error.protocol, 9 if width > _WIDE else 4)} {error.name}", "text"),
    )
    rate = f"{words.rate(error.rate)}/s  " if is_live else ""
    right: Line = ((f"  {rate}", "bad"), (f"{words.ago(now_s - error.last_s)} ", "muted"))
    lines = [spread(left, right, width)]
    message = f"e.g. {error.example}" if error.example else error.message
    if message and message != error.kind:
        lines.append(((f"   {message}", "muted"),))
    if error.hint:
        for number, part in enumerate(wrap(error.hint, max(10, width - 6))):
            lines.append((("   → " if number == 0 else "     ", "accent"), (part, "text")))
    return lines
