"""How much a figure varies by itself: what it is in resamples of the run's own intervals.

A bootstrap: the settled part of a phase is cut into slices, as many of them are drawn as there are, with
replacement, and the figure is computed anew; the smallest and the largest of 200 such figures are its range, which is
made wider where there are few slices. Drawing slices and not asks keeps together what was slow together. The draws are
seeded, so that a comparison is the same whenever it is made.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from math import ceil, sqrt
from operator import mul
from random import Random
from sys import byteorder

from lorax_tui.model.histogram import GROWTH, Histogram
from lorax_tui.model.tally import Tally

RESAMPLES = 200
FEWEST_SLICES = 5
"""With fewer than that nothing can be said about how much they vary."""

_SEED = 4
_MERGED = 10
"""Buckets of a histogram that are one here: 2 % is fine enough for a range, and ten times as fast."""
_MOST = 1 << 40
"""Answers in one bucket of one slice; nothing has more, and the sums of so many fit."""
_Z = 3.0
_NS_PER_MS = 1_000_000


@dataclass(frozen=True, slots=True)
class Range:
    """What a figure could just as well have been."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Spread:
    """The ranges of one operation's figures; `None`: too little to tell."""

    latencies: tuple[Range | None, ...]
    """In the order of the shares."""
    rate: Range | None
    bad_share: Range | None


def spread(
    tallies: Sequence[Tally], latencies: Sequence[Histogram], lasted_s: Sequence[float], shares: Sequence[float]
) -> Spread:
    """The ranges of the figures of an operation.

    Args:
        tallies: what it did in each slice.
        latencies: those of its ok answers in each slice, however they are counted.
        lasted_s: how long each slice was.
        shares: ascending; 0.95 asks for the p95.
    """
    draws = _draws(len(tallies))
    answered = [max(0, tally.answered) for tally in tallies]
    bad = [max(0, tally.bad) for tally in tallies]
    return Spread(
        _latencies(latencies, draws, shares),
        _ratio(draws, answered, lasted_s),
        _ratio(draws, bad, answered),
    )


@lru_cache
def _draws(slices: int) -> list[list[int]]:
    """How often each slice is drawn, resample by resample."""
    if slices < FEWEST_SLICES:
        return []
    random = Random(_SEED)
    draws = []
    for _ in range(RESAMPLES):
        times = [0] * slices
        for place in random.choices(range(slices), k=slices):
            times[place] += 1
        draws.append(times)
    return draws


def _ratio(draws: list[list[int]], upper: Sequence[float], lower: Sequence[float]) -> Range | None:
    found = [sum(map(mul, times, upper)) / total for times in draws if (total := sum(map(mul, times, lower))) > 0]
    return _widened(found, sum(upper) / sum(lower), len(upper)) if found else None


def _latencies(parts: Sequence[Histogram], draws: list[list[int]], shares: Sequence[float]) -> tuple[Range | None, ...]:
    if sum(part.total > 0 for part in parts) < FEWEST_SLICES:
        return (None,) * len(shares)
    merged = [_merged(part) for part in parts]
    buckets = sorted(set().union(*merged))
    packed = [_packed(accumulate(counts.get(bucket, 0) for bucket in buckets)) for counts in merged]
    found = [values for times in draws if (values := _percentiles(buckets, packed, times, shares))]
    whole = _percentiles(buckets, packed, [1] * len(parts), shares)
    ranges = zip(whole, zip(*found, strict=True), strict=False)
    return tuple(_widened(each, middle, len(parts)) for middle, each in ranges) or (None,) * len(shares)


def _merged(part: Histogram) -> dict[int, int]:
    counts: dict[int, int] = {}
    for bucket, count in part.counts.items():
        counts[bucket // _MERGED] = counts.get(bucket // _MERGED, 0) + min(count, _MOST)
    return counts


def _packed(numbers: Iterable[int]) -> int:
    """All numbers in one, 64 bits each: to add up slices is then to add up numbers, thirty times as fast."""
    return int.from_bytes(array("Q", numbers).tobytes(), byteorder)


def _percentiles(
    buckets: Sequence[int], packed: Sequence[int], times: Sequence[int], shares: Sequence[float]
) -> list[float]:
    """Percentiles of slices drawn so many times each, from how many answers each had up to every bucket."""
    drawn = sum(map(mul, times, packed)).to_bytes(8 * len(buckets), byteorder)
    seen = memoryview(drawn).cast("Q")
    if not seen[-1]:
        return []
    return [_middle_ms(buckets[bisect_left(seen, ceil(share * seen[-1] - 1e-9))]) for share in shares]


def _widened(found: Sequence[float], middle: float, slices: int) -> Range:
    """Few slices know little of how much they vary: what Student's distribution is to the normal one."""
    factor = 1 + 3 / (slices - 1)
    return Range(middle - (middle - min(found)) * factor, middle + (max(found) - middle) * factor)


def _middle_ms(merged: int) -> float:
    return float(GROWTH ** ((merged + 0.5) * _MERGED - 1)) / _NS_PER_MS


def likely_share(hits: int, asks: int) -> Range:
    """Wilson's interval, three standard errors wide, for the share of asks that go as `hits` of `asks` went."""
    if asks <= 0:
        return Range(0.0, 1.0)
    share = min(1.0, max(0.0, hits / asks))
    square = _Z * _Z / asks
    middle = (share + square / 2) / (1 + square)
    half = _Z * sqrt(share * (1 - share) / asks + square / (4 * asks)) / (1 + square)
    return Range(max(0.0, middle - half), min(1.0, middle + half))
