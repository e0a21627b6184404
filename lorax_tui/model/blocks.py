"""A series that is bounded for ever: samples in blocks of equal length, which double when there are too many of them.

Knows no clock and no unit. What a block keeps of its samples is their mean, the least and the largest.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import floor


@dataclass(frozen=True, slots=True)
class Block:
    """Samples that lie beside each other."""

    at_s: float
    """Mean time of the samples."""
    mean: float
    low: float
    high: float


@dataclass(slots=True)
class _Sum:
    place: int
    """Which of the stretches of time since 0 it is."""
    count: int
    seconds: float
    total: float
    low: float
    high: float
    seen: Block | None = None
    """The latest view, as long as it is true."""

    def add(self, other: _Sum) -> None:
        self.seen = None
        self.count += other.count
        self.seconds += other.seconds
        self.total += other.total
        self.low, self.high = min(self.low, other.low), max(self.high, other.high)

    def block(self) -> Block:
        if self.seen is None:
            self.seen = Block(self.seconds / self.count, self.total / self.count, self.low, self.high)
        return self.seen


class Blocks:
    """Takes samples in the order of their times; one that is late counts with the newest block."""

    def __init__(self, width_s: float, most: int) -> None:
        """Begin with blocks of `width_s`, and never hold more than `most` of them."""
        self._width_s = width_s
        self._most = most
        self._sums: list[_Sum] = []
        self.closed = 0
        """Blocks that a later one has followed, ever: no sample will change them, however often they are merged."""

    def push(self, at_s: float, value: float) -> None:
        """Take in a sample."""
        place = floor(at_s / self._width_s)
        sample = _Sum(place, 1, at_s, value, value, value)
        if self._sums and place <= self._sums[-1].place:
            self._sums[-1].add(sample)
            return
        self.closed += bool(self._sums)
        self._sums.append(sample)
        while len(self._sums) > self._most:
            self._widen()

    def blocks(self, closed_only: bool = False) -> tuple[Block, ...]:
        """Oldest first."""
        sums = self._sums[:-1] if closed_only else self._sums
        return tuple(part.block() for part in sums)

    def _widen(self) -> None:
        self._width_s *= 2
        wider: list[_Sum] = []
        for part in self._sums:
            part.place //= 2
            if wider and wider[-1].place == part.place:
                wider[-1].add(part)
            else:
                wider.append(part)
        self._sums = wider
