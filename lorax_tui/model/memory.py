"""The target's memory, told apart by the worker that answered: figures of several processes are never averaged."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from lorax_tui.model.records import TargetSample
from lorax_tui.model.trend import slope_per_min
from lorax_tui.model.view import PidView, TargetView

KEPT_SAMPLES = 600
MOST_PIDS = 64
_POLLS_TO_BE_GONE = 5
"""Polls for each worker that answers which must miss a pid before it counts as gone: a proxy picks at random."""


@dataclass(slots=True)
class _Worker:
    pid: int
    first_s: float
    first_mb: float
    last_s: float
    last_poll: int
    min_mb: float
    max_mb: float
    points: deque[tuple[float, float]] = field(default_factory=lambda: deque(maxlen=KEPT_SAMPLES))
    seen: PidView | None = None
    """The latest view, as long as it is true."""

    def view(self, gone: bool) -> PidView:
        if self.seen is None or self.seen.gone != gone:
            self.seen = self._view(gone)
        return self.seen

    def _view(self, gone: bool) -> PidView:
        points = tuple(self.points)
        return PidView(
            pid=self.pid,
            rss_mb=points[-1][1],
            first_mb=self.first_mb,
            min_mb=self.min_mb,
            max_mb=self.max_mb,
            slope_mb_per_min=slope_per_min(points),
            last_s=self.last_s,
            points=points,
            gone=gone,
        )


class Memory:
    """Folds the samples of `/memory_status`."""

    def __init__(self) -> None:
        self._workers: dict[int, _Worker] = {}
        self._polls = 0
        self._last: TargetSample | None = None
        self._error: str | None = None

    def fold(self, sample: TargetSample) -> None:
        self._error = sample.error
        if sample.error is not None:
            return
        self._polls += 1
        self._last = sample
        if sample.pid is None or sample.rss_mb is None:
            return
        worker = self._workers.get(sample.pid)
        if worker is None:
            if len(self._workers) >= MOST_PIDS:
                del self._workers[min(self._workers.values(), key=lambda worker: worker.last_s).pid]
            worker = self._workers[sample.pid] = _Worker(
                sample.pid, sample.at_s, sample.rss_mb, sample.at_s, self._polls, sample.rss_mb, sample.rss_mb
            )
        worker.last_s, worker.last_poll = sample.at_s, self._polls
        worker.min_mb = min(worker.min_mb, sample.rss_mb)
        worker.max_mb = max(worker.max_mb, sample.rss_mb)
        worker.points.append((sample.at_s, sample.rss_mb))
        worker.seen = None

    def view(self) -> TargetView:
        last = self._last
        return TargetView(
            samples=self._polls,
            last_s=None if last is None else last.at_s,
            round_trip_ms=None if last is None else last.round_trip_ms,
            pids=tuple(worker.view(self._is_gone(worker)) for _, worker in sorted(self._workers.items())),
            restarts=self._restarts(),
            error=self._error,
        )

    def _is_gone(self, worker: _Worker) -> bool:
        missed = self._polls - worker.last_poll
        if missed < _POLLS_TO_BE_GONE:
            return False
        others = sum(other.last_poll > worker.last_poll for other in self._workers.values())
        return missed >= _POLLS_TO_BE_GONE * (1 + others)

    def _restarts(self) -> int:
        """Workers that are gone and for which another has come since."""
        gone = sorted(worker.last_s for worker in self._workers.values() if self._is_gone(worker))
        came = sorted(worker.first_s for worker in self._workers.values())
        replaced = 0
        for last_s in gone:
            while came and came[0] <= last_s:
                came.pop(0)
            if came:
                came.pop(0)
                replaced += 1
        return replaced
