"""A target that answers nothing from one moment on, seen through the session's view."""

from __future__ import annotations

from pathlib import Path

from lorax_tui.model.records import HTTP
from lorax_tui.model.scenario import Scenario
from tests.script_server import ScriptServer, script_server
from tests.session.opened import LIMIT_S, WEB, opened, read_back, seen, with_users

CROWD = Scenario("crowd", 10, 20, 60, WEB, thresholds={HTTP: ["p95 < 30s"]})


def healthy(server: ScriptServer) -> None:
    """Answer what a backend is asked before and during a run over HTTP."""
    server.pages |= {
        "/health": {"ok": True, "redis": True},
        "/projects": {"projects": {}},
        "/memory_status": {"rss_MB": 100.0, "vms_MB": 200.0, "file_cache_size": 0, "pid": 1, "csr_artifacts": {}},
        "/init-session": {"sid": "abc-1"},
    }


def test_in_flight_and_the_oldest_age_are_there_within_two_intervals(tmp_path: Path) -> None:
    with script_server() as server:
        healthy(server)
        with opened(server.url, tmp_path, scenarios=(CROWD,)) as session:
            session.switch(CROWD.name).result(LIMIT_S)
            with_users(session, CROWD.users)
            server.hangs = True
            hung_s = session.view.elapsed_s
            waiting = seen(session, lambda view: (view.run.oldest_s or 0) > 0.5, "somebody waits").run
            intervals = [point for point in waiting.points if point.at_s > hung_s]
            assert len(intervals) <= 2 and waiting.in_flight > 0
            # The last to ask may have had an answer in the same second.
            all_wait = seen(
                session, lambda view: view.run.in_flight == CROWD.users and view.run.is_stalled, "all wait"
            ).run
            assert all_wait.points[-1].ok_rate == 0
            assert all_wait.points[-1].oldest_s[HTTP, ""] == all_wait.oldest_s
            session.stop().result(LIMIT_S)
        view = session.view
        (phase,) = view.run.phases
        interrupted = sum(row.interrupted for row in phase.operations)
        assert interrupted == CROWD.users and not sum(row.in_flight for row in phase.operations)
        assert all(row.asks == row.ok + row.bad + row.interrupted for row in phase.operations)
        assert max(row.interrupted_oldest_s or 0 for row in phase.operations) > 1
        assert all((row.max_ms or 0) < 1000 * (all_wait.oldest_s or 0) for row in phase.operations), "in no percentile"
        assert read_back(view)[1].view() == view.run
