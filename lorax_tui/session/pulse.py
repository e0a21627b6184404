"""Notices that the engine no longer tells of itself: it cannot say so, for whatever keeps it busy keeps it silent."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

LONGEST_SILENCE_S = 3.0
"""An interval comes every second; so long without one is as much as three bad ones in a row."""


class Pulse:
    """Calls once when nothing was heard for too long; lives in the session's loop."""

    def __init__(self, on_silence: Callable[[], None]) -> None:
        self._on_silence = on_silence
        self._timer: asyncio.TimerHandle | None = None

    def heard(self) -> None:
        """There is a sign of life, or the first is waited for from now on."""
        self.end()
        self._timer = asyncio.get_running_loop().call_later(LONGEST_SILENCE_S, self._on_silence)

    def end(self) -> None:
        """Nothing is expected any more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
