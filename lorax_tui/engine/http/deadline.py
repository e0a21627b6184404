"""Ends a wait that lasts too long, at almost no cost where it does not.

A timer per request would cost more than the request. So there is one for each connection, and it runs on when a
request ends: when it fires, it looks at how long there is still to wait, as the retransmission timers of a kernel do.
"""

from __future__ import annotations

from math import inf
from time import perf_counter
from typing import Any

from gevent import get_hub, getcurrent


class TimeIsUp(BaseException):
    """Thrown into a greenlet whose deadline has passed; only the connection that armed it may see it."""


class Deadline:
    """The moment until which a greenlet may wait, on the clock of `perf_counter`."""

    __slots__ = ("_fires_at", "_greenlet", "_loop", "_timer", "at")

    def __init__(self) -> None:
        self.at = inf
        self._fires_at = inf
        self._loop = get_hub().loop
        self._timer: Any = None
        self._greenlet: Any = None

    def arm(self, at: float) -> None:
        """From here on the current greenlet may wait until `at`."""
        self._greenlet = getcurrent()
        self.at = at
        if at < self._fires_at:
            self._start(at - perf_counter())

    def disarm(self) -> None:
        """The wait is over."""
        self.at = inf
        self._greenlet = None

    def interrupt(self, reason: BaseException) -> bool:
        """Throw `reason` into the greenlet that waits, when the loop comes to it; whether there is one."""
        if self._greenlet is None:
            return False
        self._loop.run_callback(self._throw, self._greenlet, reason)
        return True

    def _throw(self, greenlet: Any, reason: BaseException) -> None:
        if greenlet is self._greenlet:  # it may have ended its wait in the meantime
            self.disarm()
            greenlet.throw(reason)

    def close(self) -> None:
        """Give the timer back."""
        self.disarm()
        self._stop()

    def _start(self, after_s: float) -> None:
        self._stop()
        after_s = max(after_s, 0.0)
        self._fires_at = perf_counter() + after_s
        self._timer = timer = self._loop.timer(after_s, ref=False)
        timer.start(self._fired)

    def _stop(self) -> None:
        self._fires_at = inf
        timer, self._timer = self._timer, None
        if timer is not None:
            timer.stop()
            timer.close()

    def _fired(self) -> None:
        self._stop()
        if self.at == inf:
            return
        left_s = self.at - perf_counter()
        if left_s > 0:
            self._start(left_s)
            return
        greenlet = self._greenlet
        self.disarm()
        greenlet.throw(TimeIsUp)
