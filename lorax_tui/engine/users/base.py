"""What every user of a Lorax backend has: a client, a start that does not give up, a clean end.

    run ─► on_start: try, wait, try ... ready ─► task, think, task ... ─► on_stop: close
             any of these may be interrupted at once

A target that is down is no reason for a user to die: it goes on trying, and every try is counted. Knows nothing of
what a Lorax session is.
"""

from __future__ import annotations

from typing import Any

import gevent
from locust.user.task import LOCUST_STATE_RUNNING, LOCUST_STATE_STOPPING, LOCUST_STATE_WAITING

from lorax_tui.engine.http import HttpLimits, HttpSession
from lorax_tui.engine.users.backoff import Backoff
from lorax_tui.engine.users.counted import CountedUser


class LoraxUser(CountedUser):
    """A user with an HTTP client, as in `self.client.get("/health")`, whose asks are counted by this program.

    The place to start from for a user without a session. A subclass that has an `on_start` or `on_stop` of its own
    calls `super()` in it.
    """

    abstract = True

    _state: str | None

    def __init__(self, environment: Any) -> None:
        super().__init__(environment)
        self._was_ready = False
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

    def pause(self, seconds: float) -> None:
        """Wait; a user that is told to stop is interrupted in it at once."""
        if self._state == LOCUST_STATE_STOPPING:
            raise gevent.GreenletExit
        self._state = LOCUST_STATE_WAITING
        gevent.sleep(seconds)
        self._state = LOCUST_STATE_RUNNING

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
