"""Latencies as a sparse histogram whose percentiles are within 0.1 % of the exact ones.

Bucket `i` holds the values in (GROWTH ** (i - 1), GROWTH ** i] nanoseconds and stands for the point whose
relative distance to both ends is equal (the bucket shape of DDSketch, Masson et al., VLDB 2019). Counts, the sum
and both extremes are exact, so that a merge loses nothing and is commutative and associative.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import ceil, exp, inf, log
from typing import Annotated

from msgspec import Meta, Struct, field

RELATIVE_ERROR = 0.000_95
"""Largest distance of a percentile from the exact one, as a share of it; the rest of 0.1 % is for rounding."""

GROWTH = (1 + RELATIVE_ERROR) / (1 - RELATIVE_ERROR)
_LOG_GROWTH = log(GROWTH)
_PER_LOG = 1 / _LOG_GROWTH
_MIDDLE = 2 / (GROWTH + 1)
_NS_PER_MS = 1_000_000
_LAST_BUCKET = 20_000
"""Holds a year; whatever a file says is beyond it is no latency."""
_LONGEST_NS = 1 << 56
_MOST = 1 << 53


class Histogram(Struct, omit_defaults=True):
    """How often each latency was seen. All arguments and results are milliseconds.

    A value under a nanosecond counts as one nanosecond: a clock cannot tell less.
    """

    counts: dict[Annotated[int, Meta(ge=0, le=_LAST_BUCKET)], Annotated[int, Meta(ge=1, le=_MOST)]] = field(
        default_factory=dict
    )
    """Bucket number to how many values fell into it."""
    total: int = 0
    """How many values there are."""
    sum_ns: Annotated[int, Meta(ge=0, le=1 << 62)] = 0
    """Exact sum in whole nanoseconds: integers add up to the same in any order."""
    min_ns: Annotated[int, Meta(ge=0, le=_LONGEST_NS)] = 0
    """Smallest value; 0 while there is none."""
    max_ns: Annotated[int, Meta(ge=0, le=_LONGEST_NS)] = 0
    """Largest value; 0 while there is none."""

    def __post_init__(self) -> None:
        if self.total != sum(self.counts.values()):
            raise ValueError("the buckets of a histogram do not add up to its total")

    def record(self, value_ms: float) -> None:
        """Count one latency."""
        ns = int(value_ms * _NS_PER_MS) or 1
        bucket = ceil(log(ns) * _PER_LOG)
        self.counts[bucket] = self.counts.get(bucket, 0) + 1
        self.total += 1
        self.sum_ns += ns
        if ns > self.max_ns:
            self.max_ns = ns
        if ns < self.min_ns or not self.min_ns:
            self.min_ns = ns

    def merge(self, other: Histogram) -> None:
        """Add all of `other`'s values."""
        if not other.total:
            return
        counts = self.counts
        for bucket, count in other.counts.items():
            counts[bucket] = counts.get(bucket, 0) + count
        self.min_ns = min(self.min_ns, other.min_ns) if self.total else other.min_ns
        self.max_ns = max(self.max_ns, other.max_ns)
        self.total += other.total
        self.sum_ns += other.sum_ns

    @property
    def mean_ms(self) -> float | None:
        return self.sum_ns / self.total / _NS_PER_MS if self.total else None

    @property
    def min_ms(self) -> float | None:
        return self.min_ns / _NS_PER_MS if self.total else None

    @property
    def max_ms(self) -> float | None:
        return self.max_ns / _NS_PER_MS if self.total else None

    def percentiles(self, shares: Sequence[float]) -> list[float | None]:
        """The nearest-rank percentile for each of `shares`, in one pass.

        Args:
            shares: ascending, each in (0, 1]; 0.95 asks for the p95.

        Returns:
            For each share the value at rank ceil(share * n), or `None` where n < 1 / (1 - share): a p99 of fifty
            values is no p99. The share 1 is the exact maximum.
        """
        total, counts = self.total, self.counts
        found: list[float | None] = [None] * len(shares)
        ranks: list[tuple[float, int]] = []
        for place, share in enumerate(shares):
            rank = ceil(share * total - 1e-9)
            if enough(total, share) and rank >= total:
                found[place] = self.max_ms
            elif enough(total, share):
                ranks.append((rank, place))
        ranks.append((inf, -1))
        seen, at, due = 0, 0, ranks[0][0]
        for bucket in sorted(counts) if len(ranks) > 1 else ():
            seen += counts[bucket]
            while seen >= due:
                found[ranks[at][1]] = self._middle_ms(bucket)
                at += 1
                due = ranks[at][0]
        return found

    def percentile(self, share: float) -> float | None:
        """One of `percentiles`."""
        return self.percentiles([share])[0]

    def above(self, limit_ms: float) -> int:
        """How many values are over a limit; those within 0.1 % of it may be taken for either."""
        limit = ceil(log(max(limit_ms * _NS_PER_MS, 1)) * _PER_LOG)
        return sum(count for bucket, count in self.counts.items() if bucket > limit)

    def _middle_ms(self, bucket: int) -> float:
        ns = exp(bucket * _LOG_GROWTH) * _MIDDLE
        return min(max(ns, self.min_ns), self.max_ns) / _NS_PER_MS


def enough(samples: int, share: float) -> bool:
    """Whether a percentile at `share` of `samples` values says anything: n >= 1 / (1 - share)."""
    return samples > 0 and samples * (1 - share) >= 1 - 1e-9 if share < 1 else samples > 0


def merged(histograms: Iterable[Histogram]) -> Histogram:
    """A new histogram with the values of all."""
    result = Histogram()
    for histogram in histograms:
        result.merge(histogram)
    return result
