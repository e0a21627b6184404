"""The target's memory in both runs: how fast each worker grew, worker by worker, never averaged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from lorax_tui.model.trend import slope_per_min
from lorax_tui.runs.comparison.limits import Limits
from lorax_tui.runs.comparison.result import Change, Worker

SHORTEST_S = 60.0
"""Under this a slope is told, but judged by nobody: a target that warms up grows."""

Samples = Mapping[int, Sequence[tuple[float, float]]]
"""(seconds, resident MB) by pid."""


def workers(base: Samples, run: Samples, limits: Limits) -> tuple[tuple[Worker, ...], tuple[Worker, ...]]:
    """The workers of both runs; those of the run are held against all of the base, because pids mean nothing later."""
    before = tuple(_worker(pid, points) for pid, points in sorted(base.items()))
    highest = max((worker.high for worker in before if worker.high is not None), default=None)
    lowest = min((worker.low for worker in before if worker.low is not None), default=None)
    after = tuple(_judged(_worker(pid, points), lowest, highest, limits) for pid, points in sorted(run.items()))
    return before, after


def _worker(pid: int, points: Sequence[tuple[float, float]]) -> Worker:
    slope = slope_per_min(points)
    halves: list[float] = []
    if slope is not None and points[-1][0] - points[0][0] >= SHORTEST_S:
        quarter = len(points) // 4
        parts = (points[: 2 * quarter], points[quarter : 3 * quarter], points[2 * quarter :])
        halves = [found for part in parts if (found := slope_per_min(part)) is not None]
    known = len(halves) == 3
    return Worker(pid, slope, min(halves) if known else None, max(halves) if known else None, Change.UNJUDGED)


def _judged(worker: Worker, lowest: float | None, highest: float | None, limits: Limits) -> Worker:
    """Worse: even its slowest half grew faster than the fastest half of any worker of the base; better: the reverse."""
    if worker.low is None or worker.high is None or lowest is None or highest is None:
        return worker
    change = Change.SAME
    if worker.low - highest > limits.slope_mb_per_min:
        change = Change.WORSE
    elif lowest - worker.high > limits.slope_mb_per_min:
        change = Change.BETTER
    return Worker(worker.pid, worker.slope_mb_per_min, worker.low, worker.high, change)
