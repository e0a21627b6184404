"""How far another clock is ahead of ours, measured by asking it for the time.

The answer was written somewhere between question and answer; taken for the middle, it is wrong by half of the round
trip at most. So the shortest round trip knows best; one of long ago does not, for clocks drift.
"""

from __future__ import annotations

from collections import deque
from typing import NamedTuple

KEPT = 30
"""Round trips that are remembered."""


class Reading(NamedTuple):
    """What one round trip told."""

    error_s: float
    """Half of it."""
    ahead_s: float
    """How far our clock is ahead of the other."""


class ClockOffset:
    """Remembers round trips."""

    def __init__(self) -> None:
        self._readings: deque[Reading] = deque(maxlen=KEPT)
        self.heard_in_all = 0
        """Answers that ever came."""

    def heard(self, asked_s: float, theirs_s: float, now_s: float) -> None:
        """An answer came.

        Args:
            asked_s: when it was asked, by our clock.
            theirs_s: what the other clock said.
            now_s: when the answer came, by our clock.
        """
        error_s = (now_s - asked_s) / 2
        self.heard_in_all += 1
        self._readings.append(Reading(error_s, asked_s + error_s - theirs_s))

    @property
    def best(self) -> Reading | None:
        """By the shortest of the latest round trips; `None` where there was none."""
        return min(self._readings, default=None)
