"""Whether a worker's memory grows, levels off after a cache has filled, or was watched too briefly to tell.

    growing    the whole series rises for certain, and so does its last third at a third of that pace or more, and so
               do the parts before and after its largest step: what rises only there is a step, and no leak
    flat       not growing, and a growth as large as the limit is ruled out, at least over the last third
    too short  neither

Judges the settled part of a phase, one worker at a time; several are never averaged.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from math import isfinite

from lorax_tui.model.blocks import Block, Blocks
from lorax_tui.model.records import TargetSample
from lorax_tui.model.thresholds import Verdict
from lorax_tui.model.trend import Points, Slope, inflation, largest_step, theil_sen

MAX_GROWTH_MB_PER_MIN = 1.0
"""What a scenario allows that does not say; also what "flat" rules out where nothing is limited."""

CONFIDENCE = 0.995
"""Of the interval that is shown, and of the word "growing"."""

SHORTEST_S = 300.0
FEWEST_BLOCKS = 12
"""Under these nothing is certain, whatever it looks like."""

BLOCK_S = 5.0
MOST_BLOCKS = 200
"""More would cost more than they tell: the work grows with their square."""

MOST_WORKERS = 64

ABSENT_S = 60.0
"""A worker that has not answered for so long, while others did, has no say any more unless it was growing."""

_PART_CONFIDENCE = 0.9
"""Of what is asked of a part of the series, which has fewer samples."""

_FEWEST_FOR_A_SLOPE = 6


class Standing(StrEnum):
    """What is known of a worker's memory."""

    FLAT = "flat"
    GROWING = "growing"
    SHORT = "too short to tell"


@dataclass(frozen=True, slots=True)
class Growth:
    """How the memory of one worker stands."""

    standing: Standing = Standing.SHORT
    mb_per_min: float | None = None
    """`None`: too few samples for a slope."""
    low_mb_per_min: float | None = None
    high_mb_per_min: float | None = None
    """The true slope lies between these with 99.5 % confidence; `None`: there is no such bound yet."""
    watched_s: float = 0.0


def judge_growth(blocks: tuple[Block, ...], limit_mb_per_min: float) -> Growth:
    """Tell from a series how it stands; `limit_mb_per_min` is what a flat one must rule out."""
    points = [(block.at_s, block.mean) for block in blocks]
    watched_s = points[-1][0] - points[0][0] if points else 0.0
    whole = _slope(points, CONFIDENCE) if len(points) >= _FEWEST_FOR_A_SLOPE else None
    if whole is None:
        return Growth(watched_s=watched_s)
    standing = Standing.SHORT
    if watched_s >= SHORTEST_S and len(points) >= FEWEST_BLOCKS:
        standing = _standing(points, whole, limit_mb_per_min)
    return Growth(standing, whole.per_min, _bound(whole.low), _bound(whole.high), watched_s)


def _standing(points: Points, whole: Slope, limit: float) -> Standing:
    last_third_s = points[-1][0] - (points[-1][0] - points[0][0]) / 3
    tail = _slope([point for point in points if point[0] >= last_third_s], _PART_CONFIDENCE)
    if tail is None:
        return Standing.SHORT
    if whole.low > 0 and tail.low > 0 and tail.per_min >= whole.per_min / 3:
        beside = _slope(points, _PART_CONFIDENCE, largest_step([value for _, value in points]))
        if beside is not None and beside.low > 0:
            return Standing.GROWING
    is_ruled_out = tail.high < limit or (whole.high < limit and tail.low <= 0)
    return Standing.FLAT if is_ruled_out else Standing.SHORT


def _slope(points: Points, confidence: float, *cuts: int) -> Slope | None:
    """With an interval as wide as the likeness of neighbouring points demands."""
    first = theil_sen(points, confidence, cuts)
    if first is None:
        return None
    return first.widened(inflation(points, first.per_min, cuts))


def _bound(value: float) -> float | None:
    return value if isfinite(value) else None


@dataclass(slots=True)
class _Worker:
    blocks: Blocks = field(default_factory=lambda: Blocks(BLOCK_S, MOST_BLOCKS))
    last_s: float = 0.0
    judged_at: int = -1
    """How many blocks were closed when it was judged."""
    growth: Growth = Growth()


class Watch:
    """Folds the samples of a phase's settled part, worker by worker."""

    def __init__(self, limit_mb_per_min: float | None) -> None:
        """`limit_mb_per_min`: what the scenario allows; `None`: it judges no memory."""
        self.limit_mb_per_min = limit_mb_per_min
        self._workers: dict[int, _Worker] = {}
        self._last_s = 0.0
        self._final: tuple[dict[int, Growth], float | None, Verdict] | None = None

    def fold(self, sample: TargetSample) -> None:
        """Take in a sample; one that does not tell its worker's size says nothing."""
        if sample.pid is None or sample.rss_mb is None or self._final is not None:
            return
        if sample.pid not in self._workers:
            if len(self._workers) >= MOST_WORKERS:
                return
            self._workers[sample.pid] = _Worker()
        worker = self._workers[sample.pid]
        worker.blocks.push(sample.at_s, sample.rss_mb)
        worker.last_s = self._last_s = sample.at_s

    def clear(self) -> None:
        """What was seen so far was not of the settled part after all."""
        self._workers = {}

    def close(self) -> None:
        """The phase is over: keep what it comes to, and let the samples go."""
        if self._final is None:
            for worker in self._workers.values():
                worker.growth = self._judge(worker.blocks.blocks())
            self._final = (self._growths(), *self._verdict())
            self.clear()

    def growths(self) -> dict[int, Growth]:
        """By pid; judged anew only when a block of samples has been closed, because that costs milliseconds."""
        if self._final is not None:
            return self._final[0]
        self._catch_up()
        return self._growths()

    def verdict(self) -> tuple[float | None, Verdict]:
        """The largest slope, and what all of them mean against the limit.

        A worker that grows over it fails, whatever the others do and whether or not it is still there. One that is
        there and cannot be told leaves doubt; so does having none.
        """
        if self._final is not None:
            return self._final[1:]
        self._catch_up()
        return self._verdict()

    def _catch_up(self) -> None:
        for worker in self._workers.values():
            if worker.judged_at != worker.blocks.closed:
                worker.judged_at = worker.blocks.closed
                worker.growth = self._judge(worker.blocks.blocks(closed_only=True))

    def _growths(self) -> dict[int, Growth]:
        return {pid: worker.growth for pid, worker in self._workers.items()}

    def _verdict(self) -> tuple[float | None, Verdict]:
        judged = [
            (worker.growth, self._verdict_on(worker.growth))
            for worker in self._workers.values()
            if self._last_s - worker.last_s <= ABSENT_S or worker.growth.standing is Standing.GROWING
        ]
        slopes = [growth.mb_per_min for growth, _ in judged if growth.mb_per_min is not None]
        return max(slopes, default=None), Verdict.over([verdict for _, verdict in judged])

    def _verdict_on(self, growth: Growth) -> Verdict:
        if growth.standing is Standing.SHORT or growth.mb_per_min is None:
            return Verdict.INCONCLUSIVE
        over = growth.standing is Standing.GROWING and growth.mb_per_min >= self._flat_limit
        return Verdict.FAILED if over else Verdict.PASSED

    @property
    def _flat_limit(self) -> float:
        return MAX_GROWTH_MB_PER_MIN if self.limit_mb_per_min is None else self.limit_mb_per_min

    def _judge(self, blocks: tuple[Block, ...]) -> Growth:
        return judge_growth(blocks, self._flat_limit)
