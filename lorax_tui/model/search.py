"""Where the breaking point is looked for next. Pure: knows what was tried and how it went, not what a load is.

    start ─×1.5─×1.5─► ... ──► ceiling       climb, while everything holds
    held ├──────mid──────┤ broken            halve the bracket until it is narrow enough
         ◄─ recover ─────┘                   after each break, back to a load that held
         hold it once more                   confirm

What could not be decided for want of answers alone is no wall: a larger load is asked more, and tells more. Whatever
else could not is tried again, and is a wall like a broken load if it stays undecided. A later grade of the same load
replaces an earlier one, so a load that breaks when it is confirmed has not held. A target that answers nothing while it
is to recover is gone, and the search over.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from msgspec import Meta, Struct

CLIMB = 1.5
"""How many times the load that held is tried next, while nothing has broken."""

NARROW = 0.05
"""Share of the broken load at which the bracket is narrow enough; one user is always."""

RECOVERY = 0.5
"""A recovery takes at most this share of a hold."""

LEAD = 0.25
"""Share of a hold for which all users are there before it counts: what they ask as they come is a burst."""

TRIES = 3
"""So often a load may end undecided before it is a wall: a machine may be busy with something else for a moment."""

_Users = Annotated[int, Meta(ge=1, le=1 << 53)]


class SearchPlan(Struct, frozen=True):
    """What a search keeps to."""

    start: _Users
    """Users to begin with."""
    ceiling: _Users
    """Never more than these."""
    hold_s: Annotated[float, Meta(gt=0, le=1e9)]
    """How long each load is held."""


class Purpose(StrEnum):
    """What a load of a search is for."""

    CLIMB = "climb"
    BISECT = "bisect"
    RECOVER = "recover"
    """The target gets over a break; this load proves nothing."""
    CONFIRM = "confirm"


class Grade(StrEnum):
    """How a load went."""

    HELD = "held"
    BROKEN = "broken"
    UNDECIDED = "undecided"


class SearchStep(Struct, frozen=True):
    """The mark of a phase that is a part of a search."""

    plan: SearchPlan
    purpose: Purpose

    @property
    def lead_s(self) -> float:
        """How long its users are there before what they ask counts."""
        return 0.0 if self.purpose is Purpose.RECOVER else LEAD * self.plan.hold_s


@dataclass(frozen=True, slots=True)
class Try:
    """A load to be tried."""

    users: int
    purpose: Purpose


@dataclass(frozen=True, slots=True)
class Tried:
    """A load that was tried."""

    users: int
    purpose: Purpose
    grade: Grade
    is_thin: bool = False
    """Whether it is undecided for want of answers alone, so that a larger load would tell more."""
    is_dead: bool = False
    """Whether the target answered nothing at all."""

    is_bound: bool = False
    """Whether the generator was at its own limit."""

    @property
    def is_end(self) -> bool:
        """Whether nothing can be learned of the target any more: it did not get well again."""
        return self.is_dead and self.purpose is Purpose.RECOVER


@dataclass(frozen=True, slots=True)
class Bracket:
    """Between which loads the breaking point lies, as far as is known."""

    held: int | None = None
    """The most users that held, with none fewer that broke."""
    broken: int | None = None
    """The fewest that broke."""
    wall: int | None = None
    """The fewest at which nothing could be decided, however often it was tried, above those that held."""
    is_confirmed: bool = False
    """Whether `held` was held twice."""
    thin: int | None = None
    """The most at which there were too few answers to decide anything, above those that held and below the rest."""

    @classmethod
    def of(cls, tried: Sequence[Tried]) -> Bracket:
        """What all loads that were tried say together."""
        proofs = [one for one in tried if one.purpose is not Purpose.RECOVER]
        decided = {one.users: one.grade for one in proofs if one.grade is not Grade.UNDECIDED}
        broken = min((users for users, grade in decided.items() if grade is Grade.BROKEN), default=None)
        held = max(
            (u for u, grade in decided.items() if grade is Grade.HELD and (broken is None or u < broken)), default=None
        )
        times = [one.grade for one in proofs if one.users == held]
        open_above = [one for one in proofs if one.users not in decided and one.users > (held or 0)]
        walls = [one.users for one in open_above if _times(proofs, one.users) >= TRIES]
        wall = min((users for users in walls if broken is None or users < broken), default=None)
        top = broken if wall is None else wall
        thins = [one.users for one in open_above if one.is_thin and (top is None or one.users < top)]
        return cls(held, broken, wall, times.count(Grade.HELD) >= 2, max(thins, default=None))

    @property
    def top(self) -> int | None:
        """The fewest users that are not to be tried; `None`: nothing is in the way."""
        return self.broken if self.wall is None else self.wall

    @property
    def bottom(self) -> int:
        """The most users of which nothing speaks against more."""
        return max(self.held or 0, self.thin or 0)

    @property
    def is_narrow(self) -> bool:
        """Whether the breaking point is known closely enough."""
        return self.top is not None and self.top - self.bottom <= max(1, int(NARROW * self.top))


def next_try(plan: SearchPlan, tried: Sequence[Tried], left_s: float, spawn_rate: float) -> Try | None:
    """The load to try now; `None`: the search is over.

    Args:
        left_s: how much of its time is left; no load is begun that cannot be held to its end and confirmed.
        spawn_rate: users started or stopped a second.
    """
    if not tried:
        return Try(min(plan.start, plan.ceiling), Purpose.CLIMB)
    last, bracket = tried[-1], Bracket.of(tried)
    if last.is_end or _is_busy_anyway(tried, bracket):
        return None
    base = bracket.held or 1
    must_recover = last.purpose is not Purpose.RECOVER and last.grade is not Grade.HELD and not last.is_thin
    recovery_s = RECOVERY * plan.hold_s

    def cost_s(before: int, users: int) -> float:
        return (LEAD + 1) * plan.hold_s + abs(users - before) / spawn_rate

    before, budget_s = last.users, left_s
    if must_recover:
        before, budget_s = base, left_s - recovery_s - abs(last.users - base) / spawn_rate
    further, confirm = _further(plan, tried, bracket), _confirming(tried, bracket)
    # Whatever is tried must leave the time to confirm what holds.
    wanted = further
    if further is None or cost_s(before, further.users) + recovery_s + cost_s(further.users, base) > budget_s:
        wanted = confirm if confirm is not None and cost_s(before, base) <= budget_s else None
    return Try(base, Purpose.RECOVER) if must_recover and wanted is not None else wanted


def _is_busy_anyway(tried: Sequence[Tried], bracket: Bracket) -> bool:
    """Whether this machine is at its limit under the first load as well as without it: none smaller would tell more."""
    if bracket.wall is None or bracket.held is not None or tried[-1].purpose is not Purpose.RECOVER:
        return False
    return all(one.is_bound for one in tried)


def _further(plan: SearchPlan, tried: Sequence[Tried], bracket: Bracket) -> Try | None:
    """A load that would narrow the bracket."""
    proofs = [one for one in tried if one.purpose is not Purpose.RECOVER]
    last = proofs[-1]
    is_open = last.grade is Grade.UNDECIDED and not last.is_thin and last.purpose is not Purpose.CONFIRM
    if is_open and _times(proofs, last.users) < TRIES:
        return Try(last.users, last.purpose)
    bottom = bracket.bottom
    if bracket.top is None:
        users = min(plan.ceiling, max(bottom + 1, round(bottom * CLIMB)))
        return Try(users, Purpose.CLIMB) if users > bottom else None
    if bracket.is_narrow:
        return None
    return Try((bottom + bracket.top) // 2, Purpose.BISECT)


def _confirming(tried: Sequence[Tried], bracket: Bracket) -> Try | None:
    """Holding what held once more, where that was not done, nor tried twice in vain."""
    in_vain = sum(one.purpose is Purpose.CONFIRM and one.users == bracket.held for one in tried)
    if bracket.held is None or bracket.is_confirmed or in_vain >= 2:
        return None
    return Try(bracket.held, Purpose.CONFIRM)


def _times(proofs: Sequence[Tried], users: int) -> int:
    """How often a load could not be decided, though not for want of answers."""
    return sum(one.users == users and one.grade is Grade.UNDECIDED and not one.is_thin for one in proofs)
