"""What every user of a Lorax backend has: a client, a start that does not give up, tasks from a deck, a clean end.

    run ─► on_start: try, wait, try ... ready ─► task, think, task ... ─► on_stop: close
             any of these may be interrupted at once

A target that is down is no reason for a user to die: it goes on trying, and every try is counted. Knows nothing of
what a Lorax session is.
"""

from __future__ import annotations

from typing import Any

import gevent
from locust.user.task import LOCUST_STATE_RUNNING, LOCUST_STATE_STOPPING, LOCUST_STATE_WAITING
from locust.user.users import User

from lorax_tui.engine.context import Context
from lorax_tui.engine.http import HttpLimits, HttpSession
from lorax_tui.engine.turnstile import Turnstile
from lorax_tui.engine.users.backoff import Backoff
from lorax_tui.engine.users.deck import DeckTaskSet


class LoraxUser(User):
    """A user with an HTTP client, as in `self.client.get("/health")`, whose asks are counted by this program.

    The place to start from for a user without a session. A subclass that has an `on_start` or `on_stop` of its own
    calls `super()` in it.
    """

    abstract = True

    _state: str | None

    needs_warm_up = False
    """Whether its first asks on a cold target take seconds, and nobody wants to measure that."""

    wants_socket = False
    """Whether it keeps a Socket.IO connection."""

    def __init__(self, environment: Any) -> None:
        super().__init__(environment)
        self._was_ready = False
        self.lorax: Context = environment.lorax
        """What all users of the run share."""
        self.turnstile = Turnstile(self.lorax, self)
        """What its asks go through."""
        target = self.lorax.target
        self.client = HttpSession(target.host, self.turnstile, HttpLimits(), target.ca_file, self.lorax)
        """HTTP client with Locust's methods and a cookie jar of its own."""

    def is_ready(self) -> bool:
        """Whether the user has all that its tasks need."""
        return True

    def prepare(self) -> bool:
        """Ask once for what the tasks need and is not there; tell whether it is there now."""
        return True

    def make_ready(self) -> None:
        """Prepare until the user is ready, with growing waits between the tries.

        A user that was ready once waits before its first try too: others may have lost the target just now.
        """
        if not self.is_ready():
            in_task, self.turnstile.in_task = self.turnstile.in_task, False
            try:
                self._prepare_until_ready()
            finally:
                self.turnstile.in_task = in_task
        self._was_ready = True

    def ready_for(self, protocol: str) -> None:
        """Get ready for an ask whose turn has come, as something may have been lost while it waited."""

    def pause(self, seconds: float) -> None:
        """Wait; a user that is told to stop is interrupted in it at once."""
        if self._state == LOCUST_STATE_STOPPING:
            raise gevent.GreenletExit
        self._state = LOCUST_STATE_WAITING
        gevent.sleep(seconds)
        self._state = LOCUST_STATE_RUNNING

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

        self.on_start = begin  # type: ignore[method-assign]
        super().run()

    def on_start(self) -> None:
        """Get ready for the tasks."""
        self.make_ready()

    def on_stop(self) -> None:
        """Close what is open."""
        self.close()

    def close(self) -> None:
        """Close what is open; within a second, any number of times, whatever the user was doing."""
        self.client.close()

    def _prepare_until_ready(self) -> None:
        backoff = Backoff()
        if self._was_ready:
            self.pause(backoff.next_s())
        while not self.is_ready() and not self.prepare():
            self.pause(backoff.next_s())
