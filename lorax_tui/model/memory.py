"""The target's memory, told apart by the worker that answered: figures of several processes are never averaged."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field

from lorax_tui.model.blocks import Blocks
from lorax_tui.model.growth import Growth
from lorax_tui.model.records import TargetSample
from lorax_tui.model.target_view import PidView, TargetView

KEPT_SAMPLES = 120
KEPT_BLOCKS = 240
"""Of the whole run, whatever its length: they become longer where it does."""
KEPT_MARKS = 100
MOST_PIDS = 64
_POLLS_TO_BE_GONE = 5
_SILENT_S = 15.0
"""Polls and seconds for each worker that answers which must miss a pid before it counts as gone: whoever shares the
connections out does not do it evenly."""

_NO_GROWTH = Growth()


def _history() -> Blocks:
    return Blocks(1.0, KEPT_BLOCKS)


@dataclass(slots=True)
class _Worker:
    first: TargetSample
    last: TargetSample
    last_poll: int
    min_mb: float
    max_mb: float
    is_new: bool
    """Whether it was started during the run, and is not only seen late."""
    gone_s: float | None = None
    points: deque[tuple[float, float]] = field(default_factory=lambda: deque(maxlen=KEPT_SAMPLES))
    resident: Blocks = field(default_factory=_history)
    virtual: Blocks = field(default_factory=_history)
    cached: Blocks = field(default_factory=_history)
    seen: PidView | None = None
    """The latest view, as long as it is true."""

    @property
    def may_be_new(self) -> bool:
        """Whether nothing says that it was there from the beginning."""
        return self.is_new or self.first.age_s is None

    def push(self, sample: TargetSample, rss_mb: float, poll: int) -> None:
        self.last, self.last_poll, self.gone_s, self.seen = sample, poll, None, None
        self.min_mb, self.max_mb = min(self.min_mb, rss_mb), max(self.max_mb, rss_mb)
        self.points.append((sample.at_s, rss_mb))
        self.resident.push(sample.at_s, rss_mb)
        if sample.vms_mb is not None:
            self.virtual.push(sample.at_s, sample.vms_mb)
        if sample.file_cache_size is not None:
            self.cached.push(sample.at_s, sample.file_cache_size)

    def view(self, pid: int, growth: Growth) -> PidView:
        if self.seen is None or self.seen.growth is not growth:
            self.seen = self._view(pid, growth)
        return self.seen

    def _view(self, pid: int, growth: Growth) -> PidView:
        return PidView(
            pid=pid,
            rss_mb=self.last.rss_mb or 0.0,
            first_mb=self.first.rss_mb or 0.0,
            min_mb=self.min_mb,
            max_mb=self.max_mb,
            growth=growth,
            first_s=self.first.at_s,
            last_s=self.last.at_s,
            points=tuple(self.points),
            gone=self.gone_s is not None,
            vms_mb=self.last.vms_mb,
            file_cache_size=self.last.file_cache_size,
            artifacts=self.last.artifacts,
            resident=self.resident.blocks(),
            virtual=self.virtual.blocks(),
            cached=self.cached.blocks(),
        )


class Memory:
    """Folds the samples of `/memory_status`."""

    def __init__(self) -> None:
        self.marks: deque[tuple[float, str]] = deque(maxlen=KEPT_MARKS)
        """When a worker was found to have ended or to be a new one; for ever."""
        self.marked = 0
        """How many marks there have been."""
        self._workers: dict[int, _Worker] = {}
        self._polls = 0
        self._first_s = 0.0
        self._last: TargetSample | None = None
        self._round_trips = _history()
        self._error: str | None = None

    def fold(self, sample: TargetSample) -> None:
        """Take in a poll; the workers that have ended are known from it or, in time, from who does not answer."""
        self._error = sample.error
        for pid in sample.ended:
            self._end(pid, sample.at_s, "has ended")
        if sample.error is not None:
            return
        self._polls += 1
        self._first_s = sample.at_s if self._polls == 1 else self._first_s
        self._last = sample
        if sample.round_trip_ms is not None:
            self._round_trips.push(sample.at_s, sample.round_trip_ms)
        if sample.pid is not None and sample.rss_mb is not None:
            worker = self._workers.get(sample.pid) or self._begin(sample, sample.pid, sample.rss_mb)
            worker.push(sample, sample.rss_mb, self._polls)
        for pid, worker in self._workers.items():
            if worker.gone_s is None and self._is_missed(worker, sample.at_s):
                self._end(pid, sample.at_s, "answers no more")

    def view(self, growths: Mapping[int, Growth] | None = None) -> TargetView:
        """How things stand; `growths` are those of the current phase, by pid."""
        last, growths = self._last, growths or {}
        return TargetView(
            samples=self._polls,
            last_s=None if last is None else last.at_s,
            round_trip_ms=None if last is None else last.round_trip_ms,
            pids=tuple(worker.view(pid, growths.get(pid, _NO_GROWTH)) for pid, worker in sorted(self._workers.items())),
            restarts=self._restarts(),
            error=self._error,
            round_trips=self._round_trips.blocks(),
            marks=tuple(self.marks),
        )

    def _begin(self, sample: TargetSample, pid: int, rss_mb: float) -> _Worker:
        is_new = self._is_new(sample)
        if is_new:
            self._mark(sample.at_s, f"pid {pid} is new")
        if len(self._workers) >= MOST_PIDS:
            del self._workers[min(self._workers.items(), key=lambda item: item[1].last.at_s)[0]]
        worker = self._workers[pid] = _Worker(sample, sample, self._polls, rss_mb, rss_mb, is_new)
        return worker

    def _is_new(self, sample: TargetSample) -> bool:
        """Whether the worker was not there from the beginning; for sure where its age is told."""
        if not self._workers:
            return False
        if sample.age_s is not None:
            return sample.age_s < sample.at_s
        known, watched_s = len(self._workers), sample.at_s - self._first_s
        is_late = self._polls > _POLLS_TO_BE_GONE * (1 + known) and watched_s >= _SILENT_S * known
        return is_late or any(worker.gone_s is not None for worker in self._workers.values())

    def _end(self, pid: int, at_s: float, how: str) -> None:
        worker = self._workers.get(pid)
        if worker is not None and worker.gone_s is None:
            worker.gone_s, worker.seen = at_s, None
            self._mark(at_s, f"pid {pid} {how}")

    def _mark(self, at_s: float, text: str) -> None:
        self.marks.append((at_s, text))
        self.marked += 1

    def _is_missed(self, worker: _Worker, now_s: float) -> bool:
        """Whether it must be gone; of one whose end would be told, silence says nothing."""
        missed = self._polls - worker.last_poll
        if worker.last.age_s is not None or missed < _POLLS_TO_BE_GONE:
            return False
        others = sum(other.last_poll > worker.last_poll for other in self._workers.values())
        return missed >= _POLLS_TO_BE_GONE * (1 + others) and now_s - worker.last.at_s >= _SILENT_S * others

    def _restarts(self) -> int:
        """Workers that are gone and for which another has come since."""
        gone = sorted(worker.last.at_s for worker in self._workers.values() if worker.gone_s is not None)
        came = sorted(worker.first.at_s for worker in self._workers.values() if worker.may_be_new)
        replaced = 0
        for last_s in gone:
            while came and came[0] <= last_s:
                came.pop(0)
            if came:
                came.pop(0)
                replaced += 1
        return replaced
