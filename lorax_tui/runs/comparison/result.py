"""What a comparison found; frozen, and without a word about how it is shown."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from lorax_tui.errors import ExitCode
from lorax_tui.runs.comparison.limits import Limits

MISSED_FROM = 20
"""Answers of the base from which on none in the run is no chance."""


class Change(StrEnum):
    """What became of a figure."""

    SAME = "same"
    WORSE = "worse"
    BETTER = "better"
    UNJUDGED = "not judged"
    """Too little to tell, or told for information only."""


class Result(StrEnum):
    """What became of the whole; worse is a regression whatever else is better."""

    REGRESSION = "regression"
    IMPROVEMENT = "improvement"
    SAME = "same"
    INCONCLUSIVE = "inconclusive"
    """Nothing could be judged, or what the base answered was never answered."""


_EXIT_CODES = {Result.REGRESSION: ExitCode.REGRESSION, Result.INCONCLUSIVE: ExitCode.INCONCLUSIVE}


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of both runs, in the unit that its name ends in; `None` is unknown or too few answers."""

    metric: str
    """`p50_ms`, `p95_ms`, `p99_ms`, `rps`, `failed` (a share of 1) or `slope_mb_per_min`."""
    base: float | None
    run: float | None
    noise: float | None
    """How far the two can be apart, in the direction of the change, by what each of them varies."""
    change: Change

    @property
    def delta(self) -> float | None:
        """The absolute change."""
        return None if self.base is None or self.run is None else self.run - self.base

    @property
    def share(self) -> float | None:
        """The change relative to the base; `None` where that is 0."""
        return None if self.delta is None or not self.base else self.delta / abs(self.base)


@dataclass(frozen=True, slots=True)
class Row:
    """The figures of one operation; of a whole phase where both names are empty."""

    protocol: str
    name: str
    base_answers: int
    run_answers: int
    """Asks that ended other than by us, in the settled part."""
    figures: tuple[Figure, ...]

    @property
    def is_missing(self) -> bool:
        """Whether what was answered all along in the base was never answered in the run."""
        return self.base_answers >= MISSED_FROM and not self.run_answers

    @property
    def label(self) -> str:
        """The operation's name, as reports write it."""
        return f"{self.protocol} {self.name}".strip() or "all operations"

    @property
    def change(self) -> Change:
        """The worst of its figures."""
        return _worst(figure.change for figure in self.figures)


@dataclass(frozen=True, slots=True)
class ComparedPhase:
    """Two phases of the same scenario."""

    scenario: str
    users: int
    is_paced: bool
    """Whether latencies count from the intended start."""
    base_number: int
    run_number: int
    doubt: str
    """Why nothing of it is judged; empty where it is."""
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Worker:
    """Memory of one worker of the target, in one of the runs."""

    pid: int
    slope_mb_per_min: float | None
    low: float | None
    high: float | None
    """The smallest and the largest slope of its halves: the first, the middle and the last."""
    change: Change
    """Against all workers of the base, for a worker of the run."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two runs, held against each other."""

    base: str
    run: str
    phases: tuple[ComparedPhase, ...]
    base_workers: tuple[Worker, ...]
    run_workers: tuple[Worker, ...]
    warnings: tuple[str, ...]
    """What differs, beside the figures, and what was left out."""
    limits: Limits

    def figures(self) -> Iterator[tuple[ComparedPhase, Row, Figure]]:
        """All of them, in their order."""
        for phase in self.phases:
            for row in phase.rows:
                for figure in row.figures:
                    yield phase, row, figure

    @property
    def result(self) -> Result:
        """What to say of the whole in a word."""
        changes = {figure.change for _, _, figure in self.figures()} | {worker.change for worker in self.run_workers}
        if Change.WORSE in changes:
            return Result.REGRESSION
        if any(row.is_missing for phase in self.phases for row in phase.rows):
            return Result.INCONCLUSIVE
        if Change.BETTER in changes:
            return Result.IMPROVEMENT
        return Result.SAME if Change.SAME in changes else Result.INCONCLUSIVE

    @property
    def exit_code(self) -> ExitCode:
        """What the shell is told."""
        return _EXIT_CODES.get(self.result, ExitCode.PASSED)


def _worst(changes: Iterator[Change]) -> Change:
    found = set(changes)
    order = (Change.WORSE, Change.BETTER, Change.SAME)
    return next((change for change in order if change in found), Change.UNJUDGED)
