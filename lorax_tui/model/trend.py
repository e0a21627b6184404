"""How fast a series rises, and between which bounds for certain: Theil-Sen's slope with its interval by the variance of
Mann-Kendall's score, for ties, too, and for samples that resemble their neighbours.

Knows nothing of memory. Points are (seconds, value), oldest first; slopes are per minute. Costs the square of the
number of points: give it a few hundred at most.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise
from math import inf, sqrt
from statistics import NormalDist, fmean, median

Points = Sequence[tuple[float, float]]


class Slope:
    """The median of the slopes between any two points, and the interval in which the true one lies."""

    def __init__(self, slopes: list[float], variance: float, confidence: float, inflation: float = 1.0) -> None:
        """See `theil_sen`; `slopes` is sorted and not empty, `variance` is that of the Mann-Kendall score."""
        self._slopes = slopes
        self._variance = variance
        self._confidence = confidence
        self.per_min = median(slopes)
        self.low, self.high = -inf, inf
        """Infinite where there are too few points to say."""
        reach = NormalDist().inv_cdf((1 + confidence) / 2) * sqrt(variance * inflation)
        count = len(slopes)
        if reach < count:
            self.low = slopes[max(round((count - reach) / 2) - 1, 0)]
            self.high = slopes[min(round((count + reach) / 2), count - 1)]

    def widened(self, inflation: float) -> Slope:
        """The same with a variance so many times as large."""
        return Slope(self._slopes, self._variance, self._confidence, inflation)


def slope_per_min(points: Points) -> float | None:
    """Least-squares slope, a quick look; `None` under ten seconds or five points."""
    if len(points) < 5 or points[-1][0] - points[0][0] < 10:
        return None
    mean_s = fmean(at_s for at_s, _ in points)
    mean = fmean(value for _, value in points)
    spread = sum((at_s - mean_s) ** 2 for at_s, _ in points)
    return 60 * sum((at_s - mean_s) * (value - mean) for at_s, value in points) / spread


def theil_sen(points: Points, confidence: float, cuts: Iterable[int] = ()) -> Slope | None:
    """The line through points that a few odd ones cannot turn; `None` where there are no two.

    Args:
        points: what to put the line through.
        confidence: of the interval, as long as the points know nothing of each other.
        cuts: no slope is taken from a point before one of these places to one at or after it, so that a step of the
            whole level there counts for nothing.
    """
    parts = _parts(points, cuts)
    slopes = sorted(
        60 * (later - value) / (later_s - at_s)
        for part in parts
        for i, (at_s, value) in enumerate(part)
        for later_s, later in part[i + 1 :]
        if later_s > at_s
    )
    if not slopes:
        return None
    return Slope(slopes, sum(_variance([value for _, value in part]) for part in parts), confidence)


def inflation(points: Points, slope_per_min: float, cuts: Iterable[int] = ()) -> float:
    """By how much likeness of neighbours enlarges the variance of a trend; 1 where they know nothing of each other.

    It is 1 + 2 × the autocorrelations of what the line leaves over, up to the first that is not positive.
    """
    rest: list[float] = []
    for part in _parts(points, cuts):
        left = [value - slope_per_min * at_s / 60 for at_s, value in part]
        middle = fmean(left) if left else 0.0
        rest += [value - middle for value in left]
    count, power = len(rest), sum(value * value for value in rest)
    total = 1.0
    for lag in range(1, count - 1):
        alike = sum(a * b for a, b in zip(rest, rest[lag:], strict=False)) / power if power > 0 else 0.0
        if alike <= 0:
            break
        total += 2 * alike
    return total


def largest_step(values: Sequence[float]) -> int:
    """The place before which a value is best told from those at and after it, if each side were level."""
    total, count = sum(values), len(values)
    best, place, before = -inf, 0, 0.0
    for cut in range(1, count):
        before += values[cut - 1]
        explained = before * before / cut + (total - before) ** 2 / (count - cut)
        if explained > best:
            best, place = explained, cut
    return place


def _parts(points: Points, cuts: Iterable[int]) -> list[Points]:
    ends = [0, *sorted(cuts), len(points)]
    return [points[start:end] for start, end in pairwise(ends)]


def _variance(values: Sequence[float]) -> float:
    """Of how many pairs rise minus how many fall, where there is no trend; with account taken of ties."""
    ties = sum(_pairs(count) for count in Counter(values).values() if count > 1)
    return (_pairs(len(values)) - ties) / 18


def _pairs(count: int) -> int:
    return count * (count - 1) * (2 * count + 5)
