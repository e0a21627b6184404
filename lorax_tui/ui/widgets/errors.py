"""What went wrong, grouped, and what to do about it."""

from __future__ import annotations

from lorax_tui.model.view import ErrorView
from lorax_tui.session.view import SessionView
from lorax_tui.model import format as words
from lorax_tui.ui.lines import Line, spread
from lorax_tui.ui.widgets.panel import Panel


class ErrorsPanel(Panel, can_focus=True):
    """The most frequent first: the newest first would make the list jump."""

    def lines(self, view: SessionView, width: int, height: int) -> list[Line]:
        """Up to three lines a group."""
        errors = sorted(view.run.errors, key=lambda error: (-error.count, error.first_s))
        if not errors:
            return [((" none", "muted"),)]
        now_s = max(view.elapsed_s, view.run.elapsed_s)
        return [line for error in errors for line in _group(error, now_s, width)]


def _group(error: ErrorView, now_s: float, width: int) -> list[Line]:
    is_live = error.rate > 0
    left: Line = (
        (f" {words.count(error.count)}× ", "bad" if is_live else "strong"),
        (error.kind, "bad" if is_live else "strong"),
        (f"  {error.protocol} {error.name}", "text"),
    )
    rate = f"{words.rate(error.rate)}/s  " if is_live else ""
    right: Line = ((f"  {rate}", "bad"), (f"{words.ago(now_s - error.last_s)} ", "muted"))
    lines = [spread(left, right, width)]
    if error.message and error.message != error.kind:
        lines.append(((f"   {error.message}", "muted"),))
    if error.hint:
        lines.append((("   → ", "accent"), (error.hint, "text")))
    return lines
