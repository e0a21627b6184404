"""What a search has found, from the views of its phases."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lorax_tui.model import sentences
from lorax_tui.model.capacity import CapacityView
from lorax_tui.model.finding import capacities, grade_of, is_thin
from lorax_tui.model.phase_view import PhaseView
from lorax_tui.model.search import Grade, Purpose, SearchPlan, SearchStep
from lorax_tui.model.strain import Limit
from lorax_tui.model.thresholds import Verdict
from tests.ui import views

PLAN = SearchPlan(10, 150, 20.0)


def part(number: int, users: int, purpose: Purpose, verdict: Verdict, held_s: float = 20.0) -> PhaseView:
    """A phase of a search, over unless it is held for 0 s; one that failed did so on `load_file`."""
    start_s = 30.0 * number
    return replace(
        views.phase(number, "stress", users, start_s, failing=verdict is Verdict.FAILED),
        settled_s=start_s + 5,
        end_s=start_s + 5 + held_s,
        settled_for_s=held_s,
        verdict=verdict,
        search=SearchStep(PLAN, purpose),
        scenario_start_s=30.0,
    )


def found(*parts: tuple[int, Purpose, Verdict]) -> CapacityView:
    phases = [part(number, *one) for number, one in enumerate(parts, start=1)]
    [search] = capacities(phases)
    return search


PASSED, FAILED, OPEN = Verdict
CLIMB, BISECT, RECOVER, CONFIRM = Purpose


def test_it_holds_what_was_held_twice_and_breaks_where_a_rule_broke_first() -> None:
    search = found(
        (62, CLIMB, PASSED), (93, CLIMB, FAILED), (62, RECOVER, FAILED), (65, BISECT, FAILED), (62, CONFIRM, PASSED)
    )
    assert search.verdict is PASSED and search.bracket.is_confirmed
    assert search.held is not None and search.held.phase == 5
    assert search.broken is not None and search.broken.users == 65
    assert search.broken.breaks[0].operations == ("load_file",)
    assert sentences.finding(search).startswith("holds 62 users, 46.7/s; ")
    assert sentences.finding(search).endswith(" broke first at 65, on load_file")


def test_the_ceiling_that_holds_is_an_outcome() -> None:
    search = found((150, CLIMB, PASSED), (150, CONFIRM, PASSED))
    assert search.verdict is PASSED
    assert sentences.finding(search) == "holds 150 users, 46.7/s, the most that was allowed: not broken"


@pytest.mark.parametrize(
    ("parts", "verdict", "words"),
    [
        ([(150, CLIMB, PASSED)], OPEN, "(held once only)"),
        ([(62, CLIMB, PASSED), (62, CONFIRM, PASSED)], OPEN, "it ended before anything broke"),
        ([(1, CLIMB, FAILED)], FAILED, "holds not even 1 user; "),
        ([(10, CLIMB, FAILED)], OPEN, "held nothing that was tried; "),
        ([(10, CLIMB, OPEN)], OPEN, "nothing could be decided"),
        ([(9, CLIMB, PASSED), (10, CLIMB, OPEN), (9, CONFIRM, PASSED)], OPEN, "at 10 nothing could be decided: it was"),
    ],
)
def test_what_is_not_known_is_not_said(parts: list[tuple[int, Purpose, Verdict]], verdict: Verdict, words: str) -> None:
    search = found(*parts)
    assert search.verdict is verdict
    assert words in sentences.finding(search)


def test_a_load_holds_only_to_its_end_and_breaks_early_only_clearly() -> None:
    assert grade_of(part(1, 10, CLIMB, PASSED, held_s=19.0)) is Grade.UNDECIDED
    broken = part(1, 10, CLIMB, FAILED, held_s=6.0)
    assert grade_of(broken) is Grade.BROKEN
    assert grade_of(replace(broken, settled_for_s=4.0)) is Grade.UNDECIDED
    near = tuple(replace(j, value=j.rule.limit * 1.1) for j in broken.judgements)
    assert grade_of(replace(broken, judgements=near)) is Grade.UNDECIDED
    assert grade_of(replace(broken, judgements=near, settled_for_s=20.0)) is Grade.BROKEN


def test_while_it_goes_on_it_says_how_it_stands() -> None:
    phases = [part(1, 45, CLIMB, PASSED), part(2, 90, CLIMB, FAILED), replace(part(3, 68, BISECT, OPEN), end_s=None)]
    [search] = capacities(phases)
    assert search.goes_on and search.verdict is OPEN
    assert sentences.standing(search) == "trying 68, held 45, broken 90"


def test_the_highest_that_held_the_lowest_that_broke_and_what_is_open_between_are_told() -> None:
    parts = [part(1, 9, CLIMB, PASSED), part(2, 20, CLIMB, FAILED), part(4, 9, CONFIRM, PASSED)]
    bound = replace(part(3, 13, BISECT, OPEN, held_s=6.0), bound=True, bound_by=frozenset({Limit.LAG}))
    [search] = capacities([*parts[:2], bound, parts[2]])
    assert sentences.finding(search) == (
        "holds 9 users, 46.7/s; at 13 nothing could be decided: the generator was at its limit: its loop lagged by "
        "more than 50 ms; Socket.IO error_rate < 1% broke first at 20, on load_file"
    )
    assert search.verdict is PASSED


def open_rule(phase: PhaseView, **changes: object) -> PhaseView:
    """The phase, with a rule that is undecided, by default because there were too few answers."""
    rule = phase.judgements[0]
    undecided = {"value": rule.rule.limit * 2, "at_most": True} | changes
    judgement = replace(rule, verdict=OPEN, **undecided)  # type: ignore[arg-type]
    return replace(phase, verdict=OPEN, judgements=(judgement, *phase.judgements[1:]))


def test_a_load_with_too_few_answers_is_thin_and_says_so() -> None:
    phase = open_rule(part(1, 4, CLIMB, PASSED))
    assert is_thin(phase) and not is_thin(replace(phase, bound=True)) and not is_thin(replace(phase, settled_s=None))
    assert not is_thin(part(1, 4, CLIMB, PASSED, held_s=5.0))
    [search] = capacities([phase])
    assert (search.bracket.thin, search.bracket.wall) == (4, None)
    assert sentences.finding(search) == "at 4 nothing could be decided: HTTP p95 < 1s: too few answers"


def test_a_load_that_hangs_is_not_thin() -> None:
    assert not is_thin(open_rule(part(1, 4, CLIMB, PASSED), value=None, at_most=False))
    nothing = open_rule(part(1, 4, CLIMB, PASSED), value=None)
    idle = replace(nothing, protocols=tuple(replace(protocol, in_flight=0) for protocol in nothing.protocols))
    assert is_thin(idle)
    waits = replace(idle, protocols=tuple(replace(protocol, in_flight=1) for protocol in nothing.protocols))
    assert not is_thin(waits)


def test_a_target_that_is_gone_is_told_and_not_said_to_hold_nothing() -> None:
    gone = part(3, 9, RECOVER, FAILED, held_s=15.0)
    gone = replace(gone, operations=tuple(replace(operation, ok=0) for operation in gone.operations))
    parts = [part(1, 9, CLIMB, PASSED), part(2, 13, CLIMB, FAILED)]
    [search] = capacities([*parts, gone])
    assert search.verdict is OPEN and sentences.finding(search) == (
        "holds 9 users, 46.7/s; Socket.IO error_rate < 1% broke first at 13, on load_file; the target did not get well "
        "again (held once only)"
    )
    [cut] = capacities([*parts, replace(gone, settled_for_s=1.0)])
    [well] = capacities([*parts, part(3, 9, RECOVER, FAILED, held_s=15.0)])
    assert "well again" not in sentences.finding(cut) + sentences.finding(well)
