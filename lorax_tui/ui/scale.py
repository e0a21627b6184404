"""Where a value lies on an axis, and which values the axis names."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil, floor, isfinite, log10

_COARSE = (1.0, 2.0, 5.0)
_FINE = (1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0)

_SMALLEST, _LARGEST = 1e-3, 1e9


def _neighbours(value: float, steps: Sequence[float] = _COARSE) -> tuple[float, float]:
    """The largest round number (one of `steps` and zeros) not above a positive value, and the smallest not below it."""
    decade = 10.0 ** floor(log10(value))
    rounds = [float(f"{step * decade * power:.6g}") for power in (0.1, 1.0, 10.0) for step in steps]
    below = max(number for number in rounds if number <= value * 1.000_001)
    above = min(number for number in rounds if number >= value * 0.999_999)
    return below, above


def _positive(values: Iterable[float | None]) -> list[float]:
    return [min(max(v, _SMALLEST), _LARGEST) for v in values if v is not None and isfinite(v) and v > 0]


@dataclass(frozen=True, slots=True)
class Scale:
    """The values at both ends of an axis."""

    low: float
    high: float
    is_log: bool = False

    @classmethod
    def from_zero(cls, values: Iterable[float | None]) -> Scale:
        """A linear one from 0 to the next round number; that keeps still while the values move a little."""
        return cls(0.0, _neighbours(max(_positive(values), default=1.0), _FINE)[1])

    @classmethod
    def fitted(cls, values: Iterable[float | None]) -> Scale:
        """A logarithmic one between the round numbers around the values, over at least a factor of four."""
        known = _positive(values) or [1.0]
        low, high = _neighbours(min(known))[0], _neighbours(max(known))[1]
        while high / low < 4:
            high = _neighbours(high * 1.01)[1]
            if high / low < 4:
                low = _neighbours(low * 0.99)[0]
        return cls(low, high, is_log=True)

    @classmethod
    def around(cls, values: Iterable[float | None]) -> Scale:
        """A linear one between round numbers around the values, over at least a tenth of them; 0 need not be on it."""
        known = _positive(values) or [1.0]
        low, high = min(known), max(known)
        missing = max(0.0, high * 0.1 - (high - low))
        step = _neighbours((high - low + missing) / 4)[1]
        low, high = floor((low - missing / 2) / step) * step, ceil((high + missing / 2) / step) * step
        return cls(max(0.0, low), high)

    def place(self, value: float) -> float:
        """The share of the axis below a value; outside of 0 to 1 where it is off the scale."""
        if not self.is_log:
            return (value - self.low) / (self.high - self.low)
        return log10(max(value, _SMALLEST) / self.low) / log10(self.high / self.low)

    def ticks(self, rows: int) -> dict[int, float]:
        """Round values by the row that they lie in, from the top, at least one row apart from each other."""
        found: dict[int, float] = {0: self.high, rows - 1: self.low} if rows > 1 else {0: self.high}
        for value in self._between():
            row = row_of(self.place(value), rows)
            if all(abs(row - other) > 1 for other in found):
                found[row] = value
        return found

    def _between(self) -> Iterable[float]:
        if not self.is_log and self.low > 0:
            step = _neighbours((self.high - self.low) / 4)[1]
            yield from (self.low + place * step for place in range(1, ceil((self.high - self.low) / step)))
            return
        if not self.is_log:
            yield from (self.high / 2, self.high / 4, self.high * 3 / 4)
            return
        value = self.low
        while (value := _neighbours(value * 1.01)[1]) < self.high * 0.999:
            yield value


def row_of(share: float, rows: int) -> int:
    """The row, from the top, in which a share of the axis lies."""
    return min(rows - 1, int((1 - min(1.0, max(0.0, share))) * rows))
