"""However a run ends, or does not begin: it is whole on disk, and no user is left."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable
from concurrent.futures import Future, wait
from functools import partial
from pathlib import Path

import pytest

from lorax_tui.errors import RunError, TargetError
from lorax_tui.model.thresholds import Verdict
from lorax_tui.session import Session, State
from tests.backend import free_port, running_backend
from tests.session.opened import FEW, LIMIT_S, SLOW, in_state, opened, read_back, seen, with_users

pytestmark = pytest.mark.backend


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
    moments: list[Callable[[Future[None]], object]] = [
        *(partial(_after, delay_s) for delay_s in (0.0, 0.01, 0.02, 0.03, 0.04, 0.05, 0.07, 0.1, 0.15)),
        *5 * [lambda _: _when_it_runs(session)],
    ]
    states = set()
    for moment in moments:
        started = session.switch(FEW.name)
        moment(started)
        session.stop().result(LIMIT_S)
        started.result(LIMIT_S)
        view = seen(session, lambda view: not view.is_loaded, "the load has ended")
        states.add(view.state)
        assert not sum(session._engine.users().result(LIMIT_S).values())
        if view.state is State.ENDED:
            assert read_back(view)[1].view() == view.run
    assert State.IDLE in states


def _after(delay_s: float, started: Future[None]) -> None:
    wait([started], delay_s)


def _when_it_runs(session: Session) -> None:
    """Between the first word of a run and its first user."""
    view = session.view
    while view.state is not State.RUNNING:
        view = session.wait(view, LIMIT_S)


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
    assert "its folder was removed" in view.trouble
    assert b'"ended": "stopped"' in session.summary().result(LIMIT_S)
