"""A real backend is frozen, killed and restarted under load: the run goes on, and every ask is told as what it was."""

from __future__ import annotations

import os
import signal
from collections import Counter
from contextlib import ExitStack
from pathlib import Path

import pytest

from lorax_tui.model.phase_view import OperationView
from lorax_tui.model.scenario import Scenario
from lorax_tui.model.tally import SESSION_LOST
from lorax_tui.model.thresholds import Verdict
from lorax_tui.model.view import RunView
from lorax_tui.session import Session, SessionView, State
from tests.backend import free_port, running_backend
from tests.session.opened import LIMIT_S, opened, read_back, seen, with_users
from tests.waiting import wait_until

pytestmark = [pytest.mark.backend, pytest.mark.alone]

USERS, SOCKETS = 8, 6
CROWD = Scenario(
    "crowd",
    USERS,
    20,
    120,
    {"LoraxHttpUser": 2.0, "LoraxSocketUser": 2.0, "LoraxMixedUser": 3.0, "LoraxLoadUser": 1.0},
    thresholds={"HTTP": ["p95 < 30s"], "Socket.IO": ["p95 < 30s"]},
)
RESTART_LIMIT_S = 60.0


def verdicts(view: SessionView) -> set[Verdict]:
    return {judgement.verdict for judgement in view.run.phase.judgements} if view.run.phase else set()


def started(session: Session) -> None:
    """The crowd at work, within its limits, over both protocols."""
    session.switch(CROWD.name).result(RESTART_LIMIT_S)
    with_users(session, USERS)
    seen(session, lambda view: verdicts(view) == {Verdict.PASSED}, "its limits are kept")


def ended(session: Session) -> RunView:
    """The run, whole on disk, with every ask in exactly one outcome."""
    session.stop().result(LIMIT_S)
    view = session.view
    assert view.state is State.ENDED
    _, run = read_back(view)
    assert run.view() == view.run
    for rows in (run.totals(), *(phase.operations for phase in view.run.phases)):
        for row in rows:
            assert row.asks == row.ok + row.bad + row.interrupted and row.in_flight == 0, row
            assert sum(row.kinds.values()) == row.failed
    for phase in run.phases:
        for total in phase.operations.values():
            for part in (total.settling, total.settled):
                assert part.ok_latency.total == part.ok, "percentiles are over the ok answers alone"
                assert part.failed_latency.total == part.failed + part.timeout
    return view.run


def test_a_frozen_target_is_seen_while_it_is_frozen(tmp_path: Path) -> None:
    with running_backend(tmp_path) as backend, opened(backend.url, tmp_path / "runs", scenarios=(CROWD,)) as session:
        started(session)
        os.kill(backend.pid, signal.SIGSTOP)
        try:
            view = seen(session, lambda view: view.run.is_stalled and view.run.oldest_s > 3, "nothing is answered")
            point = view.run.points[-1]
            assert (point.ok_rate, point.bad_rate) == (0, 0)
            assert max(point.oldest_s.values()) == view.run.oldest_s and view.run.in_flight > 1
            stalled = {waiting.protocol for waiting in view.run.waiting}
            assert view.run.phase is not None and all(
                judgement.verdict is Verdict.INCONCLUSIVE
                for judgement in view.run.phase.judgements
                if judgement.protocol in stalled
            )
        finally:
            os.kill(backend.pid, signal.SIGCONT)
        seen(session, lambda view: not view.run.is_stalled and view.run.points[-1].ok_rate, "answers again")
        run = ended(session)
        assert max(row.max_ms or 0 for row in operations(run)) > 2000, "what was answered late was answered"
        assert not any(row.timeout or row.late for row in operations(run))
        told = [event.text for event in run.events]
        assert sum("answers nothing" in text for text in told) == sum("answers again" in text for text in told) == 1


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_a_target_that_ends_under_load_and_comes_back(tmp_path: Path, number: signal.Signals) -> None:
    port = free_port()
    with ExitStack() as stack:
        first = stack.enter_context(running_backend(made(tmp_path / "first"), port=port))
        session = stack.enter_context(opened(first.url, tmp_path / "runs", scenarios=(CROWD,)))
        started(session)
        os.kill(first.pid, signal.SIGSTOP)  # so that asks are on their way when it ends, and sockets open
        seen(session, lambda view: len(view.run.waiting) == 2, "somebody waits over either protocol")
        os.kill(first.pid, number)
        os.kill(first.pid, signal.SIGCONT)
        first.process.wait(20)
        down = seen(session, lambda view: kinds(operations(view.run, "HTTP"))["refused"] > 3, "nobody listens").run
        (hint,) = {error.hint for error in down.errors if error.kind == "refused"}
        assert "is the backend up" in hint
        still = seen(session, lambda view: kinds(operations(view.run, "HTTP"))["refused"] > 9, "more are refused").run
        assert figures(down).items() <= figures(still).items(), "what is refused moves no figure of what was answered"

        second = stack.enter_context(running_backend(made(tmp_path / "second"), port=port))
        wait_until(lambda: is_back(session.view.run), "all are connected again, with new sessions", RESTART_LIMIT_S)
        seen(session, lambda view: any(str(second.pid) in text for _, text in view.run.marks), "the restart is marked")
        run = ended(session)
        assert any(str(first.pid) in text for _, text in run.marks)
        assert kinds(operations(run, "HTTP")).keys() <= {"refused", "reset", "truncated", SESSION_LOST}
        (connect,) = [row for row in operations(run, "Socket.IO") if row.name == "connect"]
        assert {"refused", SESSION_LOST} <= connect.kinds.keys() <= {"refused", "reset", "status", SESSION_LOST}
        assert connect.asks < 20 * SOCKETS, "they wait longer and longer between their tries"
        if number == signal.SIGKILL:  # asked to end, it may answer first what it was asked
            assert sum(row.disconnected for row in operations(run, "Socket.IO"))
        lost = [error.hint for error in run.errors if error.kind == SESSION_LOST]
        assert lost and all("restarted" in hint for hint in lost)


def is_back(run: RunView) -> bool:
    """Whether every socket is there again, and both protocols have told of sessions that were lost."""
    lost = [kinds(operations(run, protocol))[SESSION_LOST] for protocol in ("HTTP", "Socket.IO")]
    return run.health.sockets_connected == SOCKETS and all(lost) and run.points[-1].ok_rate > 0


def operations(run: RunView, protocol: str = "") -> list[OperationView]:
    assert run.phase is not None
    return [row for row in run.phase.operations if protocol in ("", row.protocol)]


def figures(run: RunView) -> dict[str, tuple[float | None, ...]]:
    """What is told of the answers of each operation that has any, and was asked since its users are all there."""
    rows = [row for row in operations(run) if row.ok and not row.settling]
    return {row.name: (row.ok, row.p50_ms, row.p95_ms, row.p99_ms, row.max_ms) for row in rows}


def kinds(rows: list[OperationView]) -> Counter[str]:
    return sum((Counter(row.kinds) for row in rows), Counter[str]())


def made(folder: Path) -> Path:
    folder.mkdir()
    return folder
