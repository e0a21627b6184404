"""What a record says of a paced phase: its schedule, and what became of that in an interval.

An arrival is the moment at which the schedule wants an ask to start: it is *due* then.
"""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

MISSED_S = 0.1
"""A paced ask that starts later than this after it was due has missed its start."""


class Pacing(Struct, frozen=True):
    """The schedule by which a phase's asks are meant to start; see `Schedule`."""

    requests_per_second: Annotated[float, Meta(gt=0)]
    seed: int
    start_s: float


class Arrivals(Struct, omit_defaults=True):
    """What became of a paced phase's schedule in one interval, on one side of its settling.

    An arrival is the moment at which the schedule wants an ask to start. It belongs to the side on which it was due,
    and so does the ask. Over a whole phase offered = started + waiting + never_started.
    """

    phase: int
    settled: bool
    """Whether the wanted users had been reached when it was due."""
    offered: int = 0
    """Arrivals that came due."""
    started: int = 0
    """Asks that started on an arrival."""
    missed: int = 0
    """Those of them that started more than 100 ms late."""
    never_started: int = 0
    """Arrivals that were given up when the phase ended."""
    waiting: int = 0
    """Arrivals that are due and have found no user at the end of the interval."""
    oldest_s: float = 0.0
    """How long the oldest of them has been due."""

    def absorb(self, other: Arrivals) -> None:
        """Add what `other` counted; what waits is a state, not a sum, and is left alone."""
        self.offered += other.offered
        self.started += other.started
        self.missed += other.missed
        self.never_started += other.never_started

    def hold(self, other: Arrivals) -> None:
        """Add what waits in `other`: a state, that holds for an interval and is forgotten with the next."""
        self.waiting += other.waiting
        self.oldest_s = max(self.oldest_s, other.oldest_s)
