"""When the asks of a paced phase are meant to start: a Poisson process that its seed determines.

The gaps between arrivals are exponential, -ln(1 - u) / rate, with u from Python's `random.Random(seed)`. The seed is in
the record of the phase, so that whoever reads it can work out the same moments again.
"""

from __future__ import annotations

from math import log
from random import Random

from lorax_tui.model.arrivals import Pacing


class Schedule:
    """A cursor over the arrivals, in seconds of the run."""

    def __init__(self, pacing: Pacing) -> None:
        self._rate = pacing.requests_per_second
        self._random = Random(pacing.seed).random
        self.next_s = pacing.start_s + self._gap_s()
        """When the next ask is meant to start."""

    def advance(self) -> float:
        """Go on to the next arrival; returns the one that is left behind."""
        due_s = self.next_s
        self.next_s = due_s + self._gap_s()
        return due_s

    def _gap_s(self) -> float:
        return -log(1 - self._random()) / self._rate
