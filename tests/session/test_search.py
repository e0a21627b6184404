"""A search against a target whose capacity is known: it finds it, and what it tells is in the records."""

from __future__ import annotations

from pathlib import Path

import pytest

from lorax_tui.errors import ExitCode, UsageError
from lorax_tui.model.capacity import CapacityView
from lorax_tui.model.rule import OnBreach
from lorax_tui.model.scenario import OnEnd, Scenario, Search
from lorax_tui.model.search import Grade, Purpose
from lorax_tui.model.thresholds import Verdict
from lorax_tui.runs.summary import summary, verdict_exit
from lorax_tui.session import State
from tests.queueing_server import queueing_server
from tests.session.opened import LIMIT_S, WEB, opened, read_back, seen
from tests.waiting import wait_until

pytestmark = pytest.mark.alone

LIMITS = {"HTTP": ["p95 < 1s", "p99 < 2s", "error_rate < 1%"]}
BREAKING = Scenario("breaking", 100, 60, 26, WEB, thresholds=LIMITS, on_breach=OnBreach.MARK, search=Search(40, 2.0))
CALM = Scenario("calm", 4, 20, 30, WEB, thresholds=LIMITS, search=Search(3, 1.0), on_end=OnEnd.HOLD)


def _unless_too_busy(search: CapacityView) -> None:
    if any(step.bound for step in search.steps):
        pytest.skip("this machine was too busy to find the limits of anything else")


def test_it_finds_the_known_capacity_of_a_queue(tmp_path: Path) -> None:
    capacity = 1 / 0.04
    with queueing_server(1, 40) as url, opened(url, tmp_path, scenarios=(BREAKING,)) as session:
        session.run([BREAKING]).result(LIMIT_S)
        with pytest.raises(UsageError, match="the search decides"):
            session.adjust(1).result(LIMIT_S)
        view = wait_until(lambda: v if (v := session.view).state is State.ENDED else None, "the search ends", 60)
    [search] = view.run.searches
    _unless_too_busy(search)
    assert search.held is not None and search.held.rate is not None
    # Its time is short; how close a search comes that has time is seen in the unit tests.
    assert 0.8 * capacity <= search.held.rate <= 1.05 * capacity
    assert search.verdict is Verdict.PASSED and verdict_exit(view.run) is ExitCode.PASSED
    assert search.broken is not None and search.broken.breaks[0].judgement.protocol == "HTTP"
    _, run = read_back(view)
    assert run.view() == view.run
    [told] = summary(run)["searches"]
    assert told["users_held"] == search.bracket.held and told["finding"].startswith("holds ")
    assert len(told["steps"]) == len(view.run.phases) == len(search.steps)


def test_what_holds_at_its_ceiling_is_confirmed_and_goes_on(tmp_path: Path) -> None:
    with queueing_server(4, 5) as url, opened(url, tmp_path, scenarios=(CALM,)) as session:
        session.run([CALM]).result(LIMIT_S)
        held = lambda: session.view.scenario_end_s is None and session.view.run.search  # noqa: E731
        search = wait_until(held, "the search is over and its load is held", 28)
        assert session.view.state is State.RUNNING and session.view.run.users_actual
        session.adjust(1).result(LIMIT_S)
        session.stop().result(LIMIT_S)
        [search] = session.view.run.searches
    proofs = [(step.users, step.purpose) for step in search.steps if step.grade is Grade.HELD]
    _unless_too_busy(search)
    assert proofs[0] == (3, Purpose.CLIMB) and proofs[-2:] == [(4, Purpose.CLIMB), (4, Purpose.CONFIRM)]
    assert search.is_at_ceiling and search.verdict is Verdict.PASSED


def test_a_search_that_is_stopped_has_decided_nothing(tmp_path: Path) -> None:
    with queueing_server(4, 5) as url, opened(url, tmp_path, scenarios=(BREAKING,)) as session:
        session.run([BREAKING]).result(LIMIT_S)
        seen(session, lambda view: view.run.phase and view.run.phase.settled_s, "its first users are there")
        session.stop("enough").result(LIMIT_S)
        view = session.view
    [search] = view.run.searches
    assert [step.grade for step in search.steps] == [Grade.UNDECIDED]
    assert verdict_exit(view.run) is ExitCode.INCONCLUSIVE
    assert read_back(view)[1].view() == view.run
