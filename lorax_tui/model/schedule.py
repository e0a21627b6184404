"""When the asks of a paced phase are meant to start: a Poisson process that its seed determines.

The gaps between arrivals are exponential, -ln(1 - u) / rate, with u from Python's `random.Random(seed)`. The seed is in
the record of the phase, so that whoever reads it can work out the same moments again. Where several processes make the
load, each walks the whole schedule and takes its share of it: what they start together is the same as what one starts.
"""

from __future__ import annotations

from collections import deque
from math import inf, log
from random import Random

from msgspec import Struct

from lorax_tui.model.arrivals import Pacing
from lorax_tui.model.bounds import Count


class Share(Struct, frozen=True):
    """Which arrivals are one worker's: as many of them as of the users, when those are dealt out one by one."""

    rank: Count = 0
    """Its place among the workers, from 0."""
    workers: int = 1
    users: int = 1
    """Of all workers."""

    def takes(self, index: int) -> bool:
        """Whether the arrival of that index, from 0, is its own."""
        return index % self.users % self.workers == self.rank

    @property
    def is_empty(self) -> bool:
        return self.rank >= min(self.users, self.workers)


WHOLE = Share()
NOTHING = Share(rank=1)


class Schedule:
    """A cursor over the arrivals of one share, in seconds of the run."""

    def __init__(self, pacing: Pacing, share: Share = WHOLE) -> None:
        self._rate = pacing.requests_per_second
        self._random = Random(pacing.seed).random
        self._drawn = (-1, pacing.start_s)
        """The last arrival that was drawn: its index, and when it is due."""
        self._ahead: deque[tuple[int, float]] = deque()
        """Arrivals that were drawn and are to be looked at once more."""
        self._passed: list[tuple[int, float]] = []
        """Arrivals of others since the last own one, that one's successor among them."""
        self._shares = deque([(-inf, share)])
        """From when on which share holds; the first one holds now."""
        self.next_s = pacing.start_s
        """When the next ask is meant to start; infinite where the share is empty."""
        self._find()

    def advance(self) -> float:
        """Go on to the next arrival; returns the one that is left behind."""
        due_s = self.next_s
        self._find()
        return due_s

    def deal(self, share: Share, from_s: float) -> None:
        """Another share holds for what is due from `from_s` on; that is later than any share before."""
        self._shares.append((from_s, share))
        if self.next_s >= from_s:
            self._ahead.extendleft(reversed([arrival for arrival in self._passed if arrival[1] >= from_s]))
            self._find()

    def _find(self) -> None:
        """Go on to the next arrival that is the share's own."""
        self._passed.clear()
        while len(self._shares) > 1 or not self._shares[0][1].is_empty:
            arrival = self._ahead.popleft() if self._ahead else self._draw()
            index, due_s = arrival
            self._passed.append(arrival)
            while len(self._shares) > 1 and self._shares[1][0] <= due_s:
                self._shares.popleft()
            if self._shares[0][1].takes(index):
                self.next_s = due_s
                return
        self.next_s = inf

    def _draw(self) -> tuple[int, float]:
        index, due_s = self._drawn
        self._drawn = (index + 1, due_s - log(1 - self._random()) / self._rate)
        return self._drawn
