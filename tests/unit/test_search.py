"""The search for the breaking point: it ends, keeps below its ceiling, and is right about whatever can be right."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from lorax_tui.model.search import NARROW, Bracket, Grade, Purpose, SearchPlan, Tried, Try, next_try

LONG_S = 1e6
HELD, BROKEN, UNDECIDED = Grade.HELD, Grade.BROKEN, Grade.UNDECIDED


def searched(
    plan: SearchPlan,
    grade: Callable[[int], Grade],
    budget_s: float = LONG_S,
    spawn_rate: float = 10.0,
    is_thin: Callable[[int], bool] = lambda _: False,
) -> list[Tried]:
    """All loads that were tried of a target that answers with `grade`, each costing its ramp and its hold."""
    tried: list[Tried] = []
    left_s = budget_s
    while (wanted := next_try(plan, tried, left_s, spawn_rate)) is not None:
        before = tried[-1].users if tried else 0
        share = 0.5 if wanted.purpose is Purpose.RECOVER else 1.25
        left_s -= share * plan.hold_s + abs(wanted.users - before) / spawn_rate
        graded = grade(wanted.users)
        tried.append(Tried(wanted.users, wanted.purpose, graded, graded is UNDECIDED and is_thin(wanted.users)))
        assert len(tried) < 500
    return tried


def holding(most: int) -> Callable[[int], Grade]:
    return lambda users: HELD if users <= most else BROKEN


@st.composite
def plans(draw: st.DrawFn) -> SearchPlan:
    ceiling = draw(st.integers(1, 2000))
    return SearchPlan(draw(st.integers(1, ceiling)), ceiling, 20.0)


@given(plans(), st.integers(0, 2500))
def test_it_finds_where_any_target_breaks_and_confirms_it(plan: SearchPlan, most: int) -> None:
    tried = searched(plan, holding(most))
    bracket = Bracket.of(tried)
    assert all(1 <= one.users <= plan.ceiling for one in tried)
    if most >= plan.ceiling:
        assert (bracket.held, bracket.broken) == (plan.ceiling, None)
    else:
        assert bracket.broken is not None and (bracket.held or 0) <= most < bracket.broken
        assert bracket.broken - (bracket.held or 0) <= max(1, NARROW * bracket.broken)
    if bracket.held is not None:
        assert bracket.is_confirmed and tried[-1].users == bracket.held and tried[-1].purpose is Purpose.CONFIRM


@given(plans(), st.data())
def test_it_ends_and_is_honest_whatever_the_target_does(plan: SearchPlan, data: st.DataObject) -> None:
    tried = searched(
        plan, lambda _: data.draw(st.sampled_from(list(Grade))), is_thin=lambda _: data.draw(st.booleans())
    )
    bracket = Bracket.of(tried)
    assert all(1 <= one.users <= plan.ceiling for one in tried)
    proofs = [one for one in tried if one.purpose is not Purpose.RECOVER]
    last = {one.users: one.grade for one in proofs if one.grade is not UNDECIDED}
    if bracket.held is not None:
        assert last[bracket.held] is HELD
        assert not any(grade is BROKEN and users <= bracket.held for users, grade in last.items())
    if bracket.is_confirmed:
        assert [one.grade for one in proofs if one.users == bracket.held].count(HELD) >= 2


@given(plans(), st.integers(0, 2500), st.floats(1, 600))
def test_it_keeps_to_its_time_and_never_says_more_than_it_saw(plan: SearchPlan, most: int, budget_s: float) -> None:
    tried = searched(plan, holding(most), budget_s)
    bracket = Bracket.of(tried)
    assert (bracket.held or 0) <= most and (bracket.broken is None or bracket.broken > most)
    spent_s = sum(
        (0.5 if one.purpose is Purpose.RECOVER else 1.25) * plan.hold_s + abs(one.users - before) / 10
        for one, before in zip(tried, [0, *(one.users for one in tried)], strict=False)
    )
    assert len(tried) == 1 or spent_s <= budget_s + 1e-6
    if len(tried) > 1 and bracket.held is not None:
        assert bracket.is_confirmed


def test_a_break_is_recovered_from_at_a_load_that_held() -> None:
    tried = searched(SearchPlan(10, 150, 20.0), holding(60))
    for broken, after in pairwise(tried):
        if broken.grade is BROKEN and broken.purpose is not Purpose.RECOVER:
            assert after.purpose is Purpose.RECOVER and after.users <= 60
    assert [one.users for one in tried if one.purpose is Purpose.CLIMB] == [10, 15, 22, 33, 50, 75]


def test_what_stays_undecided_is_a_wall_and_not_a_break() -> None:
    tried = searched(SearchPlan(10, 150, 20.0), lambda users: HELD if users <= 40 else UNDECIDED)
    bracket = Bracket.of(tried)
    assert bracket.broken is None and bracket.wall is not None and bracket.held is not None
    assert bracket.held <= 40 < bracket.wall and bracket.is_narrow and bracket.is_confirmed


def test_a_load_is_no_wall_before_it_was_undecided_three_times() -> None:
    seen: list[int] = []

    def grade(users: int) -> Grade:
        seen.append(users)
        return UNDECIDED if users == 10 and seen.count(10) < 3 else holding(60)(users)

    tried = searched(SearchPlan(10, 150, 20.0), grade)
    assert [one.users for one in tried if one.purpose is Purpose.CLIMB][:4] == [10, 10, 10, 15]
    bracket = Bracket.of(tried)
    assert (bracket.wall, bracket.held) == (None, tried[-1].users)


def test_want_of_answers_sends_it_up_at_once_and_not_down() -> None:
    tried = searched(
        SearchPlan(10, 150, 20.0), lambda users: UNDECIDED if users < 30 else holding(60)(users), is_thin=lambda _: True
    )
    assert [one.users for one in tried][:5] == [10, 15, 22, 33, 50]
    bracket = Bracket.of(tried)
    assert bracket.thin is None and bracket.held is not None and 57 <= bracket.held <= 60 and bracket.is_confirmed


@given(plans(), st.integers(1, 2500), st.integers(0, 2500))
def test_it_closes_in_on_what_breaks_from_loads_of_too_few_answers(plan: SearchPlan, enough: int, most: int) -> None:
    grade: Callable[[int], Grade] = lambda users: UNDECIDED if users < enough else holding(most)(users)  # noqa: E731
    bracket = Bracket.of(searched(plan, grade, is_thin=lambda _: True))
    assert bracket.wall is None
    if bracket.broken is not None:
        assert bracket.broken - bracket.bottom <= max(1, NARROW * bracket.broken)
    else:
        assert bracket.bottom == plan.ceiling


def test_a_load_that_breaks_when_it_is_confirmed_has_not_held() -> None:
    seen: list[int] = []

    def grade(users: int) -> Grade:
        seen.append(users)
        return HELD if users < 50 or (users == 50 and seen.count(50) == 1) else BROKEN

    bracket = Bracket.of(searched(SearchPlan(50, 50, 20.0), grade))
    assert bracket.broken == 50 and bracket.held is not None and bracket.held < 50 and bracket.is_confirmed


def test_a_load_that_breaks_at_one_user_holds_nothing() -> None:
    tried = searched(SearchPlan(10, 150, 20.0), holding(0))
    assert Bracket.of(tried) == Bracket(None, 1, None, False)


def test_a_target_that_answers_nothing_while_it_is_to_recover_ends_the_search() -> None:
    plan = SearchPlan(10, 150, 20.0)
    tried = [Tried(10, Purpose.CLIMB, HELD), Tried(15, Purpose.CLIMB, BROKEN, is_dead=True)]
    assert next_try(plan, tried, LONG_S, 10.0) == Try(10, Purpose.RECOVER)
    assert next_try(plan, [*tried, Tried(10, Purpose.RECOVER, BROKEN, is_dead=True)], LONG_S, 10.0) is None
    assert next_try(plan, [*tried, Tried(10, Purpose.RECOVER, BROKEN)], LONG_S, 10.0) == Try(12, Purpose.BISECT)


def test_a_machine_that_is_busy_without_the_load_is_not_asked_to_bear_less() -> None:
    plan = SearchPlan(10, 150, 20.0)
    load, rest = Tried(10, Purpose.CLIMB, UNDECIDED, is_bound=True), Tried(1, Purpose.RECOVER, UNDECIDED, is_bound=True)
    assert next_try(plan, [load, rest, load, rest, load], LONG_S, 10.0) == Try(1, Purpose.RECOVER)
    assert next_try(plan, [load, rest, load, rest, load, rest], LONG_S, 10.0) is None
    well = Tried(1, Purpose.RECOVER, UNDECIDED)
    assert next_try(plan, [load, rest, load, well, load, rest], LONG_S, 10.0) == Try(5, Purpose.BISECT)
