"""Notices that the engine no longer tells of itself: it cannot say so, for whatever keeps it busy keeps it silent.

A task that never gives way (`while True`) cannot be ended from within its own thread; all that can be done is not to
wait for it for ever.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeVar

T = TypeVar("T")

LONGEST_SILENCE_S = 3.0
"""An interval comes every second; so long without one is as much as three bad ones in a row."""

GIVEN_UP_AFTER = 6
"""Seconds of silence in a row after which an engine that is asked for something is given up."""


class Stuck(Exception):
    """The engine neither answers nor tells anything of itself."""


class Pulse:
    """Calls once when nothing was heard for too long; lives in the session's loop."""

    def __init__(self, on_silence: Callable[[], None]) -> None:
        self._on_silence = on_silence
        self._timer: asyncio.TimerHandle | None = None
        self._has_told = False
        self._unanswered: Future[Any] | None = None

    @property
    def is_stuck(self) -> bool:
        """Whether the engine was given up, and has not come back since."""
        return self._unanswered is not None and not self._unanswered.done()

    async def answer(self, asked: Future[T]) -> T:
        """What the engine answers, as long as it tells of itself.

        Raises:
            Stuck: it does not. What was asked is done all the same where it comes back one day.
        """
        answer, silent = asyncio.wrap_future(asked), 0
        while not answer.done():
            if silent == GIVEN_UP_AFTER:
                self._unanswered = asked
                raise Stuck
            # Counted and not timed: a program that was stopped for a while itself has missed nothing.
            self._has_told = False
            await asyncio.wait([answer], timeout=1.0)
            silent = 0 if self._has_told else silent + 1
        return answer.result()

    def told(self) -> None:
        """The engine told something of itself."""
        self._has_told = True

    def heard(self) -> None:
        """There is a sign of life, or the first is waited for from now on."""
        self.end()
        self.told()
        self._expect(round(LONGEST_SILENCE_S))

    def _expect(self, seconds: int) -> None:
        """Wait for so many seconds, one by one: as long as the program is stopped itself, none of them passes."""
        if seconds == 0:
            self._on_silence()
        else:
            self._timer = asyncio.get_running_loop().call_later(1.0, self._expect, seconds - 1)

    def end(self) -> None:
        """Nothing is expected any more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
