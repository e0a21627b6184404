"""The sliding window behind the latency chart: long enough to mean something, short enough to be now."""

from __future__ import annotations

from collections import deque

from lorax_tui.model.histogram import Histogram
from lorax_tui.model.view import Latency

SHORTEST_S = 10.0
ENOUGH_ANSWERS = 100
LONGEST_INTERVALS = 600
CHART_SHARES = (0.50, 0.95, 0.99)


class Window:
    """The shortest stretch of at least 10 s that holds 100 answers, of one operation or protocol in one phase."""

    def __init__(self) -> None:
        self._parts: deque[tuple[float, float, Histogram]] = deque()
        self._counts: dict[int, int] = {}
        self._total = 0
        self._answered_s = float("-inf")

    def push(self, began_s: float, end_s: float, latency: Histogram) -> None:
        """Move on by one interval."""
        self._parts.append((began_s, end_s, latency))
        if latency.total:
            self._answered_s = end_s
            self._total += latency.total
            for bucket, count in latency.counts.items():
                self._counts[bucket] = self._counts.get(bucket, 0) + count
        while self._is_long(end_s):
            self._drop(self._parts.popleft()[2])

    @property
    def length_s(self) -> float:
        return self._parts[-1][1] - self._parts[0][0] if self._parts else 0.0

    def latency(self) -> Latency | None:
        """Percentiles of the window; `None` where nothing was answered in the last 10 s: a gap, not a flat line."""
        if not self._total or self._parts[-1][1] - self._answered_s >= SHORTEST_S:
            return None
        answered = [latency for _, _, latency in self._parts if latency.total]
        window = Histogram(
            self._counts,
            self._total,
            0,
            min(latency.min_ns for latency in answered),
            max(latency.max_ns for latency in answered),
        )
        return Latency(*window.percentiles(CHART_SHARES))

    def _is_long(self, end_s: float) -> bool:
        if len(self._parts) < 2:
            return False
        rest = self._total - self._parts[0][2].total
        spare = end_s - self._parts[1][0] >= SHORTEST_S and rest >= ENOUGH_ANSWERS
        return spare or len(self._parts) > LONGEST_INTERVALS

    def _drop(self, latency: Histogram) -> None:
        self._total -= latency.total
        for bucket, count in latency.counts.items():
            left = self._counts[bucket] - count
            if left:
                self._counts[bucket] = left
            else:
                del self._counts[bucket]
