"""When a part of ours fails that nobody waits for: the run ends at once as a crash, and what was measured is kept."""

from __future__ import annotations

from typing import Any

import pytest

from lorax_tui.errors import ExitCode
from lorax_tui.model.records import CRASH, End, Interval, Record
from lorax_tui.runs.summary import verdict_exit
from lorax_tui.session import Session, State
from tests.session.opened import FEW, LIMIT_S, in_state, read_back, with_users

pytestmark = pytest.mark.backend


def assert_crashed(session: Session, why: str) -> None:
    view = in_state(session, State.ENDED)
    assert view.notice == f"unexpected failure: {why}; the log says more"
    assert view.run.ended == CRASH and verdict_exit(view.run) is ExitCode.UNEXPECTED
    records, _ = read_back(view)
    last = records[-1]
    assert isinstance(last, End) and last.reason == CRASH
    assert [record for record in records if isinstance(record, Interval)]
    run = session._steering._run
    assert run is not None and run.pulse._timer is None, "it would tell of silence in the place of the notice"


def test_a_fold_that_fails(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    session.switch(FEW.name).result(LIMIT_S)
    with_users(session, 3)
    run = session._steering._run
    assert run is not None
    recording = run.recording
    fold = recording.run.fold

    def failing(record: Record) -> None:
        if isinstance(record, Interval):
            raise ZeroDivisionError("no interval")
        fold(record)

    monkeypatch.setattr(recording.run, "fold", failing)
    assert_crashed(session, "ZeroDivisionError: no interval")


def test_an_engine_that_cannot_measure_any_more(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    session.switch(FEW.name).result(LIMIT_S)
    with_users(session, 3)

    def failing(*_: Any) -> None:
        raise MemoryError("no health")

    monkeypatch.setattr(session._engine._abode.beat._health, "read", failing)
    assert_crashed(session, "MemoryError: no health")


def test_a_timer_that_fails(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    session.switch("brief").result(LIMIT_S)
    with_users(session, 2)

    def failing(*_: Any) -> None:
        raise KeyError("coming")

    run = session._steering._run
    assert run is not None
    monkeypatch.setattr(run.load.plan, "coming", failing)
    assert_crashed(session, "KeyError: 'coming'")


def test_after_a_crash_another_run_can_be_started(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    session.switch(FEW.name).result(LIMIT_S)
    with_users(session, 3)
    session._loop.call_soon_threadsafe(session._fail, RuntimeError("once"), "something")
    assert_crashed(session, "RuntimeError: once")
    session.switch(FEW.name).result(LIMIT_S)
    assert with_users(session, 3).notice == ""
