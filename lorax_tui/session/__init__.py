"""The headless core: one run at a time, started, switched, adjusted, stopped and kept, without knowing who watches."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lorax_tui.session.view import SessionView, State

if TYPE_CHECKING:
    from lorax_tui.session.session import Session
    from lorax_tui.session.setup import Setup

__all__ = ["Session", "SessionView", "Setup", "State"]


def __getattr__(name: str) -> Any:
    # Late, so that whoever only reads what a session shows, or a replay, does not load the engine.
    if name == "Session":
        from lorax_tui.session.session import Session

        return Session
    if name == "Setup":
        from lorax_tui.session.setup import Setup

        return Setup
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
