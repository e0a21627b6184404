"""What every user has, whatever its client: a way to the recorder, tasks from a deck, and a clean end.

Knows nothing of protocols.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gevent
from locust.user.users import User

from lorax_tui.engine.context import Context
from lorax_tui.engine.turnstile import Turnstile
from lorax_tui.engine.users.deck import DeckTaskSet


class CountedUser(User):
    """A user whose asks are counted by this program."""

    abstract = True

    needs_warm_up = False
    """Whether its first asks on a cold target take seconds, and nobody wants to measure that."""

    wants_socket = False
    """Whether it keeps a Socket.IO connection."""

    on_start: Callable[[], None]

    def __init__(self, environment: Any) -> None:
        self.lorax: Context = environment.lorax
        """What all users of the run share."""
        self.turnstile = Turnstile(self.lorax, self)
        """What its asks go through."""
        super().__init__(environment)

    def ready_for(self, protocol: str) -> None:
        """Get ready for an ask whose turn has come, as something may have been lost while it waited."""

    def start(self, group: Any) -> Any:
        """Start the user's greenlet, and see to it that it leaves nothing behind however it ends."""
        greenlet = super().start(group)
        greenlet.link(lambda _: gevent.spawn(self.close))
        return greenlet

    def run(self) -> None:
        """Locust's own, but for the deck that the tasks come from, whatever a subclass does in its `on_start`."""
        on_start = self.on_start

        def begin() -> None:
            on_start()
            self._taskset_instance = DeckTaskSet(self)

        self.on_start = begin
        super().run()

    def close(self) -> None:
        """Close what is open; within a second, any number of times, whatever the user was doing."""
