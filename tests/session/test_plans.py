"""What follows what, and when, with nobody at the keys."""

from __future__ import annotations

import pytest

from lorax_tui.model.records import EventKind
from lorax_tui.session import Session, State
from tests.session.opened import BRIEF, HELD, LAST, LEADING, LIMIT_S, STAGED, in_state, read_back, seen

pytestmark = pytest.mark.backend


def test_a_run_follows_a_run_in_a_folder_of_its_own(session: Session) -> None:
    folders = []
    for users in (2, 5):
        session.run([BRIEF if users == 2 else STAGED]).result(LIMIT_S)
        view = in_state(session, State.ENDED)
        folders.append(view.folder)
        assert view.run.ended == "finished"
        assert view.run.phases[0].scenario == ("brief" if users == 2 else "staged")
        assert read_back(view)[1].view() == view.run
        assert view.run.phases[0].start_s < 0.5
    assert folders[0] != folders[1]


def test_stages_follow_each_other_under_one_clock(session: Session) -> None:
    session.run([STAGED]).result(LIMIT_S)
    view = seen(session, lambda view: len(view.run.phases) == 2, "the second stage")
    assert view.scenario_start_s is not None and view.scenario_end_s is not None
    assert view.scenario_end_s - view.scenario_start_s == pytest.approx(3)
    view = in_state(session, State.ENDED)
    assert [phase.users_wanted for phase in view.run.phases] == [2, 4]
    assert view.run.elapsed_s >= 3


def test_a_scenario_can_hold_its_load(session: Session) -> None:
    session.run([HELD]).result(LIMIT_S)
    view = seen(session, lambda view: view.elapsed_s > 1 and view.scenario_end_s is None, "its time is over")
    seen(session, lambda later: later.run.elapsed_s > view.run.elapsed_s + 1, "the load goes on")
    assert (session.view.state, session.view.run.users_actual) == (State.RUNNING, 2)


def test_a_scenario_can_lead_to_the_next(session: Session) -> None:
    session.run([LEADING]).result(LIMIT_S)
    view = in_state(session, State.ENDED)
    assert [phase.scenario for phase in view.run.phases] == [LEADING.name, LAST.name]
    assert view.scenario_start_s is not None and view.scenario_start_s > 0.9
    assert [event.text for event in view.run.events if event.kind is EventKind.SWITCH] == [
        "leading: 2 users at 10/s",
        "leading → last, 2 → 4 users at 10/s",
    ]


def test_a_switch_takes_the_place_of_all_that_was_to_follow(session: Session) -> None:
    session.run([BRIEF, LAST]).result(LIMIT_S)
    session.switch(STAGED.name).result(LIMIT_S)
    view = in_state(session, State.ENDED)
    assert [phase.scenario for phase in view.run.phases] == ["brief", "staged", "staged"]
