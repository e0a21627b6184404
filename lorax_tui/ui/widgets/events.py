"""The newest of what happened."""

from __future__ import annotations

from lorax_tui.model import format as words
from lorax_tui.model.records import Event, EventKind
from lorax_tui.session.view import SessionView
from lorax_tui.ui.lines import Line
from lorax_tui.ui.widgets.panel import Panel

_ROLES = {EventKind.WARNING: "warn", EventKind.STALL: "warn", EventKind.LOG: "muted", EventKind.SWITCH: "strong"}


class EventList(Panel):
    """As many of the last events as there are lines, the newest at the bottom."""

    def lines(self, view: SessionView, width: int, height: int) -> list[Line]:
        """A time and a sentence each."""
        return [_line(event) for event in view.run.events[-height:]]


def _line(event: Event) -> Line:
    flag = "! " if event.kind in (EventKind.WARNING, EventKind.STALL) else ""
    return ((f" {words.clock(event.at_s)}  ", "muted"), (flag + event.text, _ROLES.get(event.kind, "text")))
