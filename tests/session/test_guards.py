"""A target that falls ill under a run: the guards tell of it, end the run, or are silenced."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from lorax_tui.errors import ExitCode, UsageError
from lorax_tui.model.records import Event, EventKind, GuardLimits, GuardName
from lorax_tui.model.thresholds import Verdict
from lorax_tui.runs.summary import verdict_exit
from lorax_tui.session import State
from tests.script_server import ScriptServer, script_server
from tests.session.opened import BREAKING, FEW, LIMIT_S, LIMITED, in_state, opened, read_back, seen, with_users

PAGES: dict[str, object] = {
    "/health": {"ok": True},
    "/projects": {"projects": {}},
    "/memory_status": {"rss_MB": 100.0, "vms_MB": 100.0, "pid": 7},
    "/init-session": {"sid": "00000000-0000-4000-8000-000000000000"},
}
QUICK = GuardLimits(error_rate=0.5, errors_s=2, errors_asks=2, unreachable_s=60)


@pytest.fixture
def target() -> Iterator[ScriptServer]:
    """Well, until a test takes its pages away: then it answers everything with a status of 502."""
    with script_server() as server:
        server.pages = dict(PAGES)
        yield server


def test_a_target_that_only_fails_ends_the_run(target: ScriptServer, tmp_path: Path) -> None:
    with opened(target.url, tmp_path, QUICK) as session:
        session.switch(FEW.name).result(LIMIT_S)
        with_users(session, 3)
        target.pages.clear()
        view = in_state(session, State.ENDED)
    assert view.run.ended_by_guard and "errors" in (view.run.ended or "")
    assert verdict_exit(view.run) is ExitCode.GUARD
    records, run = read_back(view)
    assert run.view() == view.run
    [breach] = [record for record in records if isinstance(record, Event) and record.kind is EventKind.BREACH]
    assert breach.guard is GuardName.ERRORS
    told = [event.text for event in view.run.events]
    assert told.count(breach.text) == 1 and "the errors guard ends the run" in told and view.run.ended
    assert not view.run.users_actual


def test_a_load_that_is_made_to_break_things_goes_on(target: ScriptServer, tmp_path: Path) -> None:
    with opened(target.url, tmp_path, QUICK) as session:
        session.switch(BREAKING.name).result(LIMIT_S)
        with_users(session, 5)
        target.pages.clear()
        breach_s = seen(session, lambda view: any(g.has_tripped for g in view.run.guards), "it is told").elapsed_s
        view = seen(session, lambda view: view.elapsed_s > breach_s + 2, "two seconds more")
        assert view.state is State.RUNNING and view.run.users_actual == 5
        session.stop("enough").result(LIMIT_S)
        assert not session.view.run.ended_by_guard


def test_a_silenced_guard_ends_nothing_and_the_silence_is_kept(target: ScriptServer, tmp_path: Path) -> None:
    limits = GuardLimits(error_rate=0.5, errors_s=6, errors_asks=2)
    with opened(target.url, tmp_path, limits) as session:
        session.switch(FEW.name).result(LIMIT_S)
        with_users(session, 3)
        with pytest.raises(UsageError, match="no guard is about to end"):
            session.silence().result(LIMIT_S)
        target.pages.clear()
        session.adjust(1).result(
            LIMIT_S
        )  # errors are counted anew, so that what was well before is in no share of them
        seen(session, lambda view: view.run.guards, "the guard tells")
        assert "errors guard is silenced" in session.silence().result(LIMIT_S)
        view = seen(session, lambda view: any(guard.has_tripped for guard in view.run.guards), "it trips")
        assert view.state is State.RUNNING and not view.run.guards[0].stops
        session.stop("enough").result(LIMIT_S)
        records, run = read_back(session.view)
    assert run.view() == session.view.run
    silences = [record for record in records if isinstance(record, Event) and record.kind is EventKind.SILENCE]
    assert [silence.guard for silence in silences] == [GuardName.ERRORS]


def test_a_limit_that_is_written_to_stop_ends_the_run_as_failed(target: ScriptServer, tmp_path: Path) -> None:
    with opened(target.url, tmp_path) as session:
        session.switch(LIMITED.name).result(LIMIT_S)
        with_users(session, 3)
        target.pages.clear()
        view = in_state(session, State.ENDED)
    assert view.run.ended == "limit broken: HTTP error_rate < 5% for 2s then stop"
    [judgement] = view.run.phases[-1].judgements
    assert judgement.verdict is Verdict.FAILED and not view.run.ended_by_guard
    assert verdict_exit(view.run) is (ExitCode.INCONCLUSIVE if view.run.was_bound else ExitCode.THRESHOLDS)
