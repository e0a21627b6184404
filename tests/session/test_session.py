"""A session against a real backend: one run at a time, steered from any thread, kept whole."""

from __future__ import annotations

import json
import shutil
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future, wait
from pathlib import Path
from typing import Any

import pytest

from lorax_tui.errors import RunError, TargetError, UsageError
from lorax_tui.model.records import End, Event, EventKind
from lorax_tui.model.thresholds import Verdict
from lorax_tui.session import Session, State
from tests.backend import Backend, free_port, running_backend
from tests.session.opened import (
    BRIEF,
    FEW,
    HELD,
    LAST,
    LEADING,
    LIMIT_S,
    MORE,
    SLOW,
    STAGED,
    in_state,
    opened,
    read_back,
    seen,
    with_users,
)


@pytest.fixture
def session(backend: Backend, tmp_path: Path) -> Iterator[Session]:
    with opened(backend.url, tmp_path) as opened_session:
        yield opened_session


@pytest.fixture
def silent() -> Iterator[str]:
    """A target that takes connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


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
    change_s = session.view.run.marks[-1][0]
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
    assert view.folder is not None and view.saved == path
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
        (session.save_picture("<svg/>"), "there is no run yet"),
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


def test_a_stop_while_the_target_is_looked_at_leaves_no_run(silent: str, tmp_path: Path) -> None:
    with opened(silent, tmp_path) as session:
        for _ in range(2):
            started = session.switch(FEW.name)
            assert in_state(session, State.STARTING).notice == f"looking at {silent}"
            session.stop().result(LIMIT_S)
            started.result(LIMIT_S)
            view = session.view
            assert (view.state, view.notice) == (State.IDLE, "stopped before the load began")
            assert (view.folder, view.scenario) == (None, None)
    assert not list(tmp_path.iterdir())


def test_a_stop_at_any_moment_of_a_start_leaves_no_user(session: Session) -> None:
    """Stops ever later, from the first look at the target until users are there."""
    states = set()
    for delay_s in (0.0, 0.01, 0.02, 0.03, 0.04, 0.05, 0.07, 0.1, 0.15):
        started = session.switch(FEW.name)
        wait([started], delay_s)
        session.stop().result(LIMIT_S)
        started.result(LIMIT_S)
        view = seen(session, lambda view: not view.is_loaded, "the load has ended")
        states.add(view.state)
        assert not session._engine._call(lambda: session._engine._runner.user_count).result(LIMIT_S)
        if view.state is State.ENDED:
            assert read_back(view)[1].view() == view.run
    assert State.IDLE in states


def test_a_stop_in_the_middle_of_a_ramp(session: Session) -> None:
    session.switch(SLOW.name).result(LIMIT_S)
    seen(session, lambda view: 0 < view.run.users_actual < 10, "the ramp is under way")
    session.stop().result(LIMIT_S)
    view = session.view
    assert view.run.users_actual == 0
    assert (view.run.phases[0].settled_s, view.run.verdict) == (None, Verdict.INCONCLUSIVE)


def test_closing_stops_what_runs_and_keeps_it(session: Session) -> None:
    session.switch(SLOW.name).result(LIMIT_S)
    seen(session, lambda view: view.run.users_actual, "a user is there")
    session.close()
    session.close()
    view = session.view
    assert (view.state, view.run.ended) == (State.ENDED, "quit")
    assert read_back(view)[1].view() == view.run
    assert not {"engine", "session"} & {thread.name for thread in threading.enumerate()}


def test_closing_while_the_target_is_looked_at(silent: str, tmp_path: Path) -> None:
    with opened(silent, tmp_path) as session:
        started = session.switch(FEW.name)
        in_state(session, State.STARTING)
        session.close()
        assert started.done()
    assert not list(tmp_path.iterdir())
    assert not {"engine", "session"} & {thread.name for thread in threading.enumerate()}


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


def test_a_target_that_is_down_is_told_and_can_be_tried_again(tmp_path: Path) -> None:
    port = free_port()
    with opened(f"http://127.0.0.1:{port}", tmp_path / "runs") as session:
        for _ in range(2):
            with pytest.raises(TargetError, match="nothing answers"):
                session.switch(FEW.name).result(LIMIT_S)
            assert session.view.state is State.IDLE
            assert session.view.notice.startswith(f"nothing answers at http://127.0.0.1:{port} (connection refused)")
        assert not (tmp_path / "runs").exists()
        with running_backend(tmp_path, port=port):
            session.switch(FEW.name).result(LIMIT_S)
            assert with_users(session, 3).notice == ""
            session.stop().result(LIMIT_S)


def test_a_run_whose_folder_goes_away_ends_all_the_same(session: Session) -> None:
    session.switch(FEW.name).result(LIMIT_S)
    with_users(session, 3)
    folder = session.view.folder
    assert folder is not None
    shutil.rmtree(folder)
    with pytest.raises(RunError, match=str(folder)):
        session.snapshot().result(LIMIT_S)
    session.stop().result(LIMIT_S)
    view = session.view
    assert (view.state, view.run.ended) == (State.ENDED, "stopped")
    assert "summary.json: cannot be written" in view.trouble


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
