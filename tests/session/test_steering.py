"""A session against a real backend: steered from any thread, one command after the other."""

from __future__ import annotations

import json
import threading
import time
from concurrent.futures import Future, wait
from typing import Any

import pytest

from lorax_tui.errors import UsageError
from lorax_tui.model.records import End, Event, EventKind
from lorax_tui.session import Session, State
from tests.backend import Backend
from tests.session.opened import FEW, LIMIT_S, MORE, read_back, seen, with_users

pytestmark = pytest.mark.backend


def test_a_run_is_started_switched_adjusted_and_stopped(session: Session, backend: Backend) -> None:
    session.switch(FEW.name).result(LIMIT_S)
    with_users(session, 3)
    _leave_the_key(session)
    session.switch(MORE.name).result(LIMIT_S)
    assert session.view.scenario == MORE.name
    with_users(session, 6)
    _leave_the_key(session)
    session.adjust(-2).result(LIMIT_S)
    with_users(session, 4)
    seen(session, lambda view: view.run.target.samples >= 3, "the memory is watched")
    session.stop("enough").result(LIMIT_S)
    view = session.view
    assert (view.state, view.run.ended) == (State.ENDED, "enough")
    assert [(phase.scenario, phase.users_wanted) for phase in view.run.phases] == [("few", 3), ("more", 6), ("more", 4)]
    assert all(phase.settled_s for phase in view.run.phases)
    assert [mark for _, mark in view.run.marks] == ["few", "more", "more"]
    assert [pid.pid for pid in view.run.target.pids] == [backend.pid]
    records, run = read_back(view)
    assert run.view() == view.run
    assert records[-1] == End(view.run.elapsed_s, "enough")
    assert [record.kind for record in records if isinstance(record, Event) and record.start] == [
        EventKind.SWITCH,
        EventKind.SWITCH,
        EventKind.ADJUST,
    ]


def _leave_the_key(session: Session) -> None:
    """Until a key that is pressed now is a change of its own."""
    change_s = max(event.at_s for event in session.view.run.events if event.start)
    seen(session, lambda view: view.elapsed_s > change_s + 2, "the last key is two seconds old")


def test_keys_pressed_in_a_row_are_one_phase(session: Session) -> None:
    session.switch(FEW.name).result(LIMIT_S)
    session.switch(MORE.name).result(LIMIT_S)
    session.adjust(1).result(LIMIT_S)
    session.adjust(10).result(LIMIT_S)
    with_users(session, 17)
    _leave_the_key(session)
    session.adjust(-10).result(LIMIT_S)
    with_users(session, 7)
    session.stop().result(LIMIT_S)
    view = session.view
    assert [(phase.scenario, phase.users_wanted) for phase in view.run.phases] == [("more", 17), ("more", 7)]
    assert read_back(view)[1].view() == view.run


def test_users_stay_between_one_and_the_guard(session: Session) -> None:
    session.switch(FEW.name).result(LIMIT_S)
    session.adjust(-10).result(LIMIT_S)
    with pytest.raises(UsageError, match="at least 1: still 1 users"):
        session.adjust(-1).result(LIMIT_S)
    session.adjust(100).result(LIMIT_S)
    with pytest.raises(UsageError, match=r"at most 20 \(\[guard\] max_users\): still 20 users"):
        session.adjust(1).result(LIMIT_S)


def test_a_snapshot_is_the_run_as_it_stands(session: Session) -> None:
    session.switch(FEW.name).result(LIMIT_S)
    with_users(session, 3)
    path = session.snapshot("<svg/>").result(LIMIT_S)
    view = session.view
    assert view.folder is not None
    summary = json.loads(path.read_text())
    assert (summary["ended"], summary["phases"][0]["end_s"], summary["run"]) == (None, None, view.run.run)
    assert path.parent == view.folder / "snapshots"
    assert path.with_suffix(".svg").read_text() == (view.folder / "screen.svg").read_text() == "<svg/>"
    assert view.run.events[-1].kind is EventKind.SNAPSHOT
    session.stop().result(LIMIT_S)
    ended = session.view
    after = session.snapshot().result(LIMIT_S)
    assert json.loads(after.read_text()) == json.loads((view.folder / "summary.json").read_text())
    assert session.view.run == ended.run == read_back(ended)[1].view()


def test_what_makes_no_sense_is_refused_and_changes_nothing(session: Session) -> None:
    refused: list[tuple[Future[Any], str]] = [
        (session.adjust(1), "no load is running"),
        (session.snapshot(), "there is no run yet"),
        (session.switch("nothing"), "there is no scenario 'nothing'"),
    ]
    for future, why in refused:
        with pytest.raises(UsageError, match=why):
            future.result(LIMIT_S)
    session.stop().result(LIMIT_S)
    assert session.view.state is State.IDLE
    session.run([FEW]).result(LIMIT_S)
    with pytest.raises(UsageError, match="a run goes on already"):
        session.run([MORE]).result(LIMIT_S)
    assert session.view.scenario == FEW.name


def test_commands_of_many_threads_are_taken_one_after_the_other(session: Session) -> None:
    session.run([FEW]).result(LIMIT_S)
    futures: list[Future[None]] = []
    threads = [threading.Thread(target=lambda: futures.append(session.adjust(1))) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wait(futures, LIMIT_S).not_done
    with_users(session, 13)


def test_a_note_is_an_event_of_the_run_or_a_notice_without_one(session: Session) -> None:
    session.note(EventKind.NOTE, "before\x1b[2J all")
    seen(session, lambda view: view.notice.startswith("before"), "the notice")
    assert "\x1b" not in session.view.notice
    session.switch(FEW.name).result(LIMIT_S)
    session.note(EventKind.WARNING, "meanwhile")
    event = (EventKind.WARNING, "meanwhile")
    seen(session, lambda view: event in [(event.kind, event.text) for event in view.run.events], "the event")


def test_waiting_for_a_view_ends_with_the_next_one_or_with_the_time(session: Session) -> None:
    view = session.view
    began_s = time.monotonic()
    assert session.wait(view, 0.1) is view
    assert time.monotonic() - began_s >= 0.1
    session.note(EventKind.NOTE, "something new")
    assert session.wait(view, LIMIT_S) is not view
