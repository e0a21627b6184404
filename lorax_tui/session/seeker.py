"""Watches the load that a search holds, and tells what it tries next as soon as that load has told enough.

Keeps nothing of its own: what was tried, and how it went, is in the run. Starts and stops nothing itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

from lorax_tui.model.finding import CLEAR_AFTER_S, grade_of, is_clearly_broken, is_dead, step_of
from lorax_tui.model.phase_view import PhaseView
from lorax_tui.model.point import Point
from lorax_tui.model.run import Run
from lorax_tui.model.scenario import Scenario
from lorax_tui.model.search import RECOVERY, Purpose, SearchPlan, SearchStep, Tried, Try, next_try
from lorax_tui.model.thresholds import Verdict

LONGEST_RAMP_S = 15.0
"""Users that are not there so long after the last should have been started will not come."""

PATIENCE = 2.0
"""What is still undecided is held for so many times as long."""

WELL_FOR = 3
"""Intervals in a row in which nothing is wrong, after which a target has recovered."""

DEAD_S = 15.0
"""A target that answers nothing has at least so long to come back."""

SLOW_S = 1.0
"""While an ask has waited for so long, the target has not recovered."""


@dataclass(frozen=True, slots=True)
class Move:
    """What to do now."""

    users: int
    step: SearchStep
    text: str


class Seeker:
    """One search."""

    def __init__(self, scenario: Scenario) -> None:
        assert scenario.search is not None
        self._scenario = scenario
        self._plan = SearchPlan(
            min(scenario.search.start, scenario.users), scenario.users, min(scenario.search.hold_s, 1e9)
        )
        self._asked = 0
        """The phase that has told enough already."""

    def first(self) -> SearchStep:
        """What the load that the search begins with is for."""
        return SearchStep(self._plan, Purpose.CLIMB)

    def has_told_enough(self, run: Run) -> bool:
        """Whether the load need not be held any longer; true once for each load."""
        phase = run.phases.current
        if phase is None or phase.start.search is None or phase.start.phase == self._asked:
            return False
        if not _is_enough(phase.view(run.elapsed_s), run):
            return False
        self._asked = phase.start.phase
        return True

    def move(self, run: Run, end_s: float | None) -> Move | None:
        """What to try next; `None`: the search is over."""
        view = run.view()
        search, phase = view.search, view.phase
        assert search is not None and phase is not None and phase.search is not None
        tried = [*search.tried(), step_of(phase).tried(grade_of(phase))]
        left_s = inf if end_s is None else end_s - run.elapsed_s
        wanted = next_try(self._plan, tried, left_s, self._scenario.spawn_rate)
        if wanted is None:
            return None
        return Move(wanted.users, SearchStep(self._plan, wanted.purpose), _text(self._scenario.name, wanted, tried))


def _is_enough(phase: PhaseView, run: Run) -> bool:
    assert phase.search is not None
    hold_s, held_s = phase.search.plan.hold_s, phase.settled_for_s
    if held_s is None:
        ramp_s = phase.users_wanted / phase.spawn_rate if phase.spawn_rate else 0.0
        return run.elapsed_s - phase.start_s > ramp_s + phase.search.lead_s + LONGEST_RAMP_S
    if phase.search.purpose is Purpose.RECOVER:
        recent = list(run.charts.points)[-WELL_FOR:]
        is_well = not run.generator.is_bound and all(_is_well(point, phase) for point in recent)
        return is_well or held_s >= (max(RECOVERY * hold_s, DEAD_S) if is_dead(phase) else RECOVERY * hold_s)
    if is_clearly_broken(phase):
        return True
    if phase.bound:  # then nothing that is still to come decides anything
        return held_s >= min(CLEAR_AFTER_S, hold_s)
    return held_s >= (PATIENCE * hold_s if phase.verdict is Verdict.INCONCLUSIVE else hold_s)


def _is_well(point: Point, phase: PhaseView) -> bool:
    assert phase.settled_s is not None
    is_quick = all(age_s < SLOW_S for age_s in point.oldest_s.values())
    return point.at_s - point.lasted_s >= phase.settled_s and not point.bad_rate and point.ok_rate > 0 and is_quick


def _text(scenario: str, wanted: Try, tried: list[Tried]) -> str:
    last = tried[-1]
    match wanted.purpose:
        case Purpose.RECOVER:
            where = "back to" if wanted.users < last.users else "still"
            return f"{scenario}: {_users(last.users)} {last.grade}, {where} {wanted.users} until the target is well"
        case Purpose.CONFIRM:
            return f"{scenario}: {_users(wanted.users)} once more, to confirm that they hold"
        case _:
            before = "" if last.purpose is Purpose.RECOVER else f"{_users(last.users)} {last.grade}, "
            return f"{scenario}: {before}now {wanted.users}"


def _users(count: int) -> str:
    return f"{count} user{'' if count == 1 else 's'}"
