"""Whether a worker's memory grows, levels off after a cache has filled, or was watched too briefly to tell.

    growing    the whole series rises for certain, and so does its last third at a third of that pace or more, and so
               do the parts before and after its largest step: what rises only there is a step, and no leak
    flat       not growing, and a growth as large as the limit is ruled out, at least over the last third
    too short  neither

Judges the settled part of a phase, one worker at a time; several are never averaged.
"""

from __future__ import annotations

from dataclasses import dataclass
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


class Watch:
    """Folds the samples of a phase's settled part, worker by worker."""

    def __init__(self, limit_mb_per_min: float | None) -> None:
        """`limit_mb_per_min`: what the scenario allows; `None`: it judges no memory."""
        self.limit_mb_per_min = limit_mb_per_min
        self._workers: dict[int, Blocks] = {}
        self._judged: dict[int, tuple[int, Growth]] = {}
        self._final: dict[int, Growth] | None = None

    def fold(self, sample: TargetSample) -> None:
        """Take in a sample; one that does not tell its worker's size says nothing."""
        if sample.pid is None or sample.rss_mb is None or self._final is not None:
            return
        if sample.pid not in self._workers:
            if len(self._workers) >= MOST_WORKERS:
                return
            self._workers[sample.pid] = Blocks(BLOCK_S, MOST_BLOCKS)
        self._workers[sample.pid].push(sample.at_s, sample.rss_mb)

    def clear(self) -> None:
        """What was seen so far was not of the settled part after all."""
        self._workers, self._judged = {}, {}

    def close(self) -> None:
        """The phase is over: keep what it comes to, and let the samples go."""
        if self._final is None:
            self._final = {pid: self._judge(blocks.blocks()) for pid, blocks in self._workers.items()}
            self.clear()

    def growth(self) -> dict[int, Growth]:
        """By pid; judged anew only when a block of samples has been closed, because that costs milliseconds."""
        if self._final is not None:
            return self._final
        for pid, blocks in self._workers.items():
            if pid not in self._judged or self._judged[pid][0] != blocks.closed:
                self._judged[pid] = (blocks.closed, self._judge(blocks.blocks(closed_only=True)))
        return {pid: growth for pid, (_, growth) in self._judged.items()}

    def _judge(self, blocks: tuple[Block, ...]) -> Growth:
        limit = self.limit_mb_per_min
        return judge_growth(blocks, MAX_GROWTH_MB_PER_MIN if limit is None else limit)


def verdict(growths: list[Growth], limit_mb_per_min: float) -> tuple[float | None, Verdict]:
    """The largest slope of several workers, and what it means against a limit.

    One that grows over the limit fails, even if another does not; one that cannot be told leaves doubt.
    """
    slopes = [growth.mb_per_min for growth in growths if growth.mb_per_min is not None]
    return max(slopes, default=None), Verdict.over([_verdict(growth, limit_mb_per_min) for growth in growths])


def _verdict(growth: Growth, limit: float) -> Verdict:
    if growth.standing is Standing.SHORT or growth.mb_per_min is None:
        return Verdict.INCONCLUSIVE
    over = growth.standing is Standing.GROWING and growth.mb_per_min >= limit
    return Verdict.FAILED if over else Verdict.PASSED
