"""How a search for the breaking point stands, or what it found: the loads that were tried, and how they went."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from math import inf

from lorax_tui.model.search import Bracket, Grade, Purpose, SearchPlan, Tried
from lorax_tui.model.thresholds import Judgement, Verdict


@dataclass(frozen=True, slots=True)
class Break:
    """A limit that a load broke."""

    judgement: Judgement
    operations: tuple[str, ...]
    """Those that were over it by themselves, the worst first; none where only all together were."""
    is_all: bool
    """Whether they are all that were asked of the protocol."""


@dataclass(frozen=True, slots=True)
class StepView:
    """One load of a search."""

    phase: int
    users: int
    purpose: Purpose
    grade: Grade | None
    """`None` while it goes on."""
    start_s: float
    held_s: float | None
    """How long its users were there; `None`: never."""
    rate: float | None
    """Answers a second meanwhile."""
    p95_ms: dict[str, float]
    """By protocol; missing where there were too few answers."""
    breaks: tuple[Break, ...] = ()
    """The limits that were broken, the worst first."""
    bound: bool = False
    """Whether the generator was at its own limit."""
    doubts: tuple[str, ...] = ()
    """Why it could not be decided."""
    is_thin: bool = False
    """Whether only for want of answers."""
    is_dead: bool = False
    """Whether the target answered nothing at all."""

    def tried(self, grade: Grade) -> Tried:
        """The same as the search looks back on it."""
        return Tried(self.users, self.purpose, grade, self.is_thin, self.is_dead, self.bound)


def tried(steps: Iterable[StepView]) -> list[Tried]:
    """The loads that are over, as the search looks back on them."""
    return [step.tried(step.grade) for step in steps if step.grade is not None]


@dataclass(frozen=True, slots=True)
class CapacityView:
    """How a search stands, or what it found."""

    scenario: str
    plan: SearchPlan
    steps: tuple[StepView, ...]
    bracket: Bracket
    goes_on: bool
    limits_ms: dict[str, float] = field(default_factory=dict)
    """Limits of p95 by protocol; missing where there is none."""

    @property
    def held(self) -> StepView | None:
        """The largest load that held, the last time that it was held."""
        return self._proof(self.bracket.held, Grade.HELD)

    @property
    def broken(self) -> StepView | None:
        """The smallest load that broke."""
        return self._proof(self.bracket.broken, Grade.BROKEN)

    @property
    def undecided(self) -> StepView | None:
        """The load between those that held and those that broke of which least is known, the last time it was tried.

        That is the smallest; of those that only had too few answers the largest.
        """
        held, broken = self.bracket.held or 0, self.bracket.broken
        decided = {one.users for one in self.tried() if one.grade is not Grade.UNDECIDED}
        proofs = [step for step in self.steps if step.purpose is not Purpose.RECOVER and step.grade is Grade.UNDECIDED]
        between = [one for one in proofs if held < one.users < (broken or inf) and one.users not in decided]
        other = [step for step in between if not step.is_thin]
        found = min(other, key=lambda step: (step.users, -step.start_s), default=None)
        return found or max(between, key=lambda step: (step.users, step.start_s), default=None)

    @property
    def is_gone(self) -> bool:
        """Whether the search ended because the target did not get well again."""
        return any(one.is_end for one in self.tried()[-1:])

    @property
    def trying(self) -> StepView | None:
        """The load that is held now."""
        return self.steps[-1] if self.goes_on else None

    @property
    def is_at_ceiling(self) -> bool:
        """Whether the most that was allowed has held."""
        return self.bracket.held == self.plan.ceiling

    @property
    def verdict(self) -> Verdict:
        """Passed: it is known what holds, and what does not or that no more was allowed. Failed: nothing holds."""
        if self.goes_on:
            return Verdict.INCONCLUSIVE
        if self.bracket.held is None:
            return Verdict.INCONCLUSIVE if self.bracket.broken != 1 else Verdict.FAILED
        is_found = self.is_at_ceiling or self.bracket.broken is not None
        return Verdict.PASSED if is_found and self.bracket.is_confirmed else Verdict.INCONCLUSIVE

    @property
    def protocol(self) -> str | None:
        """The protocol whose latency tells most: the one that broke, else the slowest at the largest load."""
        if self.broken is not None and self.broken.breaks:
            return self.broken.breaks[0].judgement.protocol
        known = [step for step in self.steps if step.p95_ms]
        largest = max(known, key=lambda step: step.users, default=None)
        return max(largest.p95_ms, key=lambda name: largest.p95_ms[name]) if largest else None

    @property
    def knee(self) -> list[StepView]:
        """The loads that prove something and have a latency to show, the smallest first; of each the last time."""
        protocol = self.protocol
        proofs = [step for step in self.steps if step.purpose is not Purpose.RECOVER and step.grade is not None]
        last = {step.users: step for step in proofs if protocol in step.p95_ms}
        return [last[users] for users in sorted(last)]

    def tried(self) -> list[Tried]:
        """The loads that are over, in their order."""
        return tried(self.steps)

    def _proof(self, users: int | None, grade: Grade) -> StepView | None:
        proofs = (step for step in reversed(self.steps) if step.purpose is not Purpose.RECOVER)
        return next((step for step in proofs if step.users == users and step.grade is grade), None)
