"""Commands that come while another is still being carried out."""

from __future__ import annotations

import gevent
import pytest

from lorax_tui.engine import thread
from lorax_tui.session import Session, SessionView, State
from lorax_tui.session.scout import WARMING_UP
from tests.session.opened import FEW, LIMIT_S, LOOKING, MORE, in_state, seen, with_users

pytestmark = pytest.mark.backend


def test_a_number_pressed_while_the_load_stops_starts_the_next_run(session: Session) -> None:
    session.switch(FEW.name).result(LIMIT_S)
    with_users(session, 3)
    first = session.view.folder
    stopped = session.stop()
    session.switch(MORE.name).result(LIMIT_S)
    assert stopped.done()
    with_users(session, 6)
    assert session.view.folder != first


def test_a_stop_stops_what_still_waits_for_its_turn(session: Session) -> None:
    started, waiting = session.switch(FEW.name), session.switch(MORE.name)
    in_state(session, State.STARTING)
    session.stop().result(LIMIT_S)
    started.result(LIMIT_S)
    waiting.result(LIMIT_S)
    assert session.view.state is State.IDLE


def test_a_switch_to_users_that_look_at_trees_warms_the_target_up_first(session: Session) -> None:
    session.switch(FEW.name).result(LIMIT_S)
    with_users(session, 3)
    session.switch(LOOKING.name).result(LIMIT_S)
    seen(
        session,
        lambda view: any(row.name == "process_postorder_layout" for row in view.run.phases[-1].operations),
        "trees are looked at",
    )
    assert len(_warmings_up(session)) == 1
    session.switch(FEW.name).result(LIMIT_S)
    session.switch(LOOKING.name).result(LIMIT_S)
    assert len(_warmings_up(session)) == 1


def test_a_key_pressed_while_the_target_warms_up_is_obeyed_at_once(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(thread, "warm_up", lambda context: gevent.sleep(600))
    session.switch(FEW.name).result(LIMIT_S)
    with_users(session, 3)
    session.switch(LOOKING.name).result(LIMIT_S)
    seen(session, _warmings_up_in, "the target warms up")
    session.adjust(1).result(LIMIT_S)
    with_users(session, 4)
    session.switch(MORE.name).result(LIMIT_S)
    with_users(session, 6)
    assert session.view.scenario == MORE.name
    monkeypatch.setattr(thread, "warm_up", lambda context: None)
    session.switch(LOOKING.name).result(LIMIT_S)
    seen(session, lambda view: view.scenario == LOOKING.name, "the load is the one that was warmed up for")
    assert LOOKING.name not in [phase.scenario for phase in session.view.run.phases[:-1]]


def test_of_numbers_pressed_in_a_row_the_last_one_is_meant(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(thread, "warm_up", lambda context: gevent.sleep(600))
    session.switch(FEW.name).result(LIMIT_S)
    for name in (LOOKING.name, MORE.name, LOOKING.name, FEW.name, LOOKING.name, MORE.name):
        last = session.switch(name)
    last.result(LIMIT_S)
    with_users(session, 6)
    assert session.view.scenario == MORE.name
    session.switch(LOOKING.name).result(LIMIT_S)
    seen(session, _warmings_up_in, "the target warms up")
    session.stop().result(LIMIT_S)
    assert session.view.state is State.ENDED
    assert LOOKING.name not in [phase.scenario for phase in session.view.run.phases]


def _warmings_up(session: Session) -> list[str]:
    return _warmings_up_in(session.view)


def _warmings_up_in(view: SessionView) -> list[str]:
    return [event.text for event in view.run.events if event.text.startswith(WARMING_UP)]
