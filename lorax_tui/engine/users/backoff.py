"""How long to wait before the next try, so that many who failed together do not come back together."""

from __future__ import annotations

import random

FIRST_S = 0.2
LONGEST_S = 5.0


class Backoff:
    """Waits that double up to a cap, each shortened by chance."""

    def __init__(self) -> None:
        self._longest_s = FIRST_S

    def next_s(self) -> float:
        """Seconds to wait this time."""
        longest_s, self._longest_s = self._longest_s, min(2 * self._longest_s, LONGEST_S)
        return random.uniform(longest_s / 2, longest_s)
