"""The way of one user's asks to the recorder: in a paced phase they wait here for their turn.

Asks and not tasks are paced, so that `requests_per_second` is what it says for every user class. What a user asks while
it gets ready is not the scenario's load, and passes.
"""

from __future__ import annotations

from typing import Any

from gevent import GreenletExit
from locust.user.task import LOCUST_STATE_RUNNING, LOCUST_STATE_STOPPING, LOCUST_STATE_WAITING

from lorax_tui.engine.context import Context
from lorax_tui.engine.recorder import Ask


class Turnstile:
    """Stands between one user and the recorder."""

    __slots__ = ("_has_asked", "_pacer", "_recorder", "_user", "in_task")

    def __init__(self, context: Context, user: Any) -> None:
        self._recorder = context.recorder
        self._pacer = context.pacer
        self._user = user
        self.in_task = False
        """Whether what is asked now is the scenario's load."""
        self._has_asked = False

    def begin(self, protocol: str, name: str) -> Ask:
        """Start an ask as soon as it may start.

        Raises:
            GreenletExit: the user was told to stop, and has not asked.
        """
        if self._pacer.is_paced and self.in_task:
            return self._begin_in_turn(protocol, name)
        return self._recorder.begin(protocol, name)

    def think(self, seconds: float) -> None:
        """What a user does between two tasks: nothing, where the schedule says when to ask."""
        if self._pacer.is_paced and self._has_asked:
            self._has_asked = False  # a task that asks nothing must not be repeated without a pause
        else:
            self._pacer.think(seconds)

    def _begin_in_turn(self, protocol: str, name: str) -> Ask:
        user, pacer = self._user, self._pacer
        while pacer.is_paced:
            if user._state == LOCUST_STATE_STOPPING:
                raise GreenletExit
            user._state = LOCUST_STATE_WAITING
            due_s = pacer.take()
            if due_s is None:  # the loop is closed again: all who waited must not ask at the same moment
                pacer.think(user.wait_time())
                user._state = LOCUST_STATE_RUNNING
                continue
            user._state = LOCUST_STATE_RUNNING
            try:
                user.ready_for(protocol)
            except BaseException:
                pacer.give_back(due_s)
                raise
            arrival = pacer.start(due_s)
            if arrival is not None:
                self._has_asked = True
                return self._recorder.begin(protocol, name, arrival)
        return self._recorder.begin(protocol, name)
