"""The headless core: one run at a time, started, switched, adjusted, stopped and kept, without knowing who watches."""

from lorax_tui.session.session import Session
from lorax_tui.session.setup import Setup
from lorax_tui.session.view import SessionView, State

__all__ = ["Session", "SessionView", "Setup", "State"]
