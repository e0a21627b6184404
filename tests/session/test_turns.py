"""Commands that come while another is still being carried out."""

from __future__ import annotations

import pytest

from lorax_tui.session import Session, State
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
    session.switch(LOOKING.name).result(60)
    texts = [event.text for event in session.view.run.events]
    assert any(text.startswith(WARMING_UP) for text in texts)
    seen(
        session,
        lambda view: any(row.name == "process_postorder_layout" for row in view.run.phases[-1].operations),
        "trees are looked at",
    )
    session.switch(FEW.name).result(LIMIT_S)
    session.switch(LOOKING.name).result(LIMIT_S)
    again = [event.text for event in session.view.run.events if event.text.startswith(WARMING_UP)]
    assert len(again) == 1
