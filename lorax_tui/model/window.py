"""The sliding window behind the latency chart and the limits: long enough to mean something, short enough to be now."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from lorax_tui.model.histogram import Histogram
from lorax_tui.model.point import Latency

SHORTEST_S = 10.0
ENOUGH_ANSWERS = 100
LONGEST_INTERVALS = 600
CHART_SHARES = (0.50, 0.95, 0.99)


@dataclass(frozen=True, slots=True)
class _Part:
    """One interval."""

    began_s: float
    end_s: float
    latency: Histogram
    bad: int
    answered: int

    @property
    def size(self) -> int:
        """How much it tells."""
        return max(self.latency.total, self.answered)


class Window:
    """The shortest stretch of at least 10 s that holds 100 answers, of one operation or protocol in one phase."""

    def __init__(self) -> None:
        self._parts: deque[_Part] = deque()
        self._counts: dict[int, int] = {}
        self._total = self._bad = self._answered = self._size = 0
        self._answered_s = float("-inf")

    def push(self, began_s: float, end_s: float, latency: Histogram, bad: int = 0, answered: int = 0) -> None:
        """Move on by one interval.

        Args:
            latency: of its ok answers.
            bad: asks that ended badly, among the `answered` that ended other than by us.
        """
        self._parts.append(_Part(began_s, end_s, latency, bad, answered))
        self._bad += bad
        self._answered += answered
        self._size += self._parts[-1].size
        if latency.total:
            self._answered_s = end_s
            self._total += latency.total
            for bucket, count in latency.counts.items():
                self._counts[bucket] = self._counts.get(bucket, 0) + count
        while self._is_long(end_s):
            self._drop(self._parts.popleft())

    @property
    def length_s(self) -> float:
        return self._parts[-1].end_s - self._parts[0].began_s if self._parts else 0.0

    @property
    def error_rate(self) -> float | None:
        """The share that ended badly; `None` where nothing ended."""
        return self._bad / self._answered if self._answered else None

    @property
    def rps(self) -> float | None:
        """Answers a second; `None` before the window is as long as it has to be."""
        return self._answered / self.length_s if self.length_s >= SHORTEST_S * 0.95 else None

    def latency(self) -> Latency | None:
        """Percentiles of the window; `None` where nothing was answered in the last 10 s: a gap, not a flat line."""
        whole = self._whole()
        return None if whole is None else Latency(*whole.percentiles(CHART_SHARES))

    def percentile(self, share: float) -> float | None:
        """One percentile, in milliseconds; `None` where there are too few answers."""
        whole = self._whole()
        return None if whole is None else whole.percentile(share)

    def _whole(self) -> Histogram | None:
        if not self._total or self._parts[-1].end_s - self._answered_s >= SHORTEST_S:
            return None
        answered = [part.latency for part in self._parts if part.latency.total]
        return Histogram(
            self._counts,
            self._total,
            0,
            min(latency.min_ns for latency in answered),
            max(latency.max_ns for latency in answered),
        )

    def _is_long(self, end_s: float) -> bool:
        if len(self._parts) < 2:
            return False
        rest = self._size - self._parts[0].size
        spare = end_s - self._parts[1].began_s >= SHORTEST_S and rest >= ENOUGH_ANSWERS
        return spare or len(self._parts) > LONGEST_INTERVALS

    def _drop(self, part: _Part) -> None:
        self._bad -= part.bad
        self._answered -= part.answered
        self._size -= part.size
        self._total -= part.latency.total
        for bucket, count in part.latency.counts.items():
            left = self._counts[bucket] - count
            if left:
                self._counts[bucket] = left
            else:
                del self._counts[bucket]
