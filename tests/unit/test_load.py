"""The load of a run: what each change of it says, and which changes are one phase."""

from __future__ import annotations

import pytest

from lorax_tui.errors import UsageError
from lorax_tui.model.records import EventKind
from lorax_tui.model.scenario import OnEnd, Scenario, Search
from lorax_tui.session.load import ONE_CHANGE_S, Load
from lorax_tui.session.plan import steps

WEB = {"LoraxHttpUser": 1.0}
FIRST = Scenario("first", 3, 10, 60, WEB, on_end=OnEnd.NEXT)
SECOND = Scenario("second", 6, 5, 30, WEB, requests_per_second=40)
SEARCH = Scenario("limit", 50, 5, 300, WEB, search=Search(start=10, hold_s=20))


def begun(*scenarios: Scenario) -> Load:
    load = Load([FIRST, SECOND], most_users=8)
    load.plan.replace(steps(scenarios))
    load.go_on(0.0, by_key=False)
    return load


def test_each_change_says_what_was_and_what_is() -> None:
    load = Load([FIRST, SECOND], most_users=8)
    load.plan.replace(steps([FIRST]))
    step, change = load.go_on(0.5, by_key=True)
    assert (step.scenario, change.kind, change.text) == (FIRST, EventKind.SWITCH, "first: 3 users at 10/s")
    assert (change.at_s, change.start.scenario_start_s, change.start.scenario_end_s) == (0.5, 0.5, 60.5)
    change = load.adjust(2, 10.0)
    assert (change.kind, change.text) == (EventKind.ADJUST, "first: 3 → 5 users at 10/s")
    assert (change.start.phase, change.start.users) == (2, 5)
    _, change = load.go_on(60.5, by_key=False)
    assert change.text == "first → second, 5 → 6 users at 5/s, 40 requests/s"
    assert load.coming() is None


def test_the_step_that_was_gone_to_is_the_one_that_is_held() -> None:
    load = begun(FIRST)
    step, _ = load.go_on(60.0, by_key=False)
    assert step is load.plan.step and step.scenario is SECOND


def test_keys_pressed_soon_after_each_other_are_one_phase() -> None:
    load = begun(FIRST)
    phases = [load.adjust(1, at_s).start.phase for at_s in (5.0, 5.0 + ONE_CHANGE_S, 5.1 + 2 * ONE_CHANGE_S)]
    assert phases == [2, 2, 3]


def test_what_happens_by_itself_is_a_phase_of_its_own() -> None:
    load = begun(FIRST)
    key = load.adjust(1, 59.9).start.phase
    _, change = load.go_on(60.0, by_key=False)
    assert change.start.phase == key + 1


@pytest.mark.parametrize(
    ("users_delta", "why"),
    [(-5, r"at least 1: still 1 users"), (9, r"at most 8 \(\[guard\] max_users\): still 8 users")],
)
def test_users_stay_between_one_and_the_guard(users_delta: int, why: str) -> None:
    load = begun(FIRST)
    load.adjust(users_delta, 5.0)
    with pytest.raises(UsageError, match=why):
        load.adjust(users_delta, 6.0)


def test_a_search_decides_how_many_users_there_are() -> None:
    load = begun(SEARCH)
    assert load.seeker is not None
    with pytest.raises(UsageError, match="the search decides"):
        load.adjust(1, 5.0)
    load.plan.replace(steps([FIRST]))
    load.go_on(6.0, by_key=True)
    assert load.seeker is None and load.adjust(1, 7.0).start.users == 4
