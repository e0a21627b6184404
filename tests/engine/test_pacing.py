"""Paced load against a server that keeps its own times: what was meant to start, what did, and how late."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from math import ceil

import pytest

from lorax_tui.model.arrivals import Pacing
from lorax_tui.model.phase_view import PhaseView
from lorax_tui.model.records import HTTP
from lorax_tui.model.schedule import Schedule
from lorax_tui.model.thresholds import Verdict
from lorax_tui.users import LoraxUser, constant, task
from tests.engine.driver import Driver, driver
from tests.freezing_server import FreezingServer, freezing_server
from tests.waiting import wait_until

pytestmark = pytest.mark.alone


class Browsing(LoraxUser):
    """Makes two asks in a task, and gets ready with a third; paced, it must not think."""

    wait_time = constant(0.2)

    def on_start(self) -> None:
        super().on_start()
        self.client.get("/start")

    @task
    def look(self) -> None:
        self.client.get("/first")
        self.client.get("/second")


class Brooding(Browsing):
    """Thinks for longer than any test takes."""

    wait_time = constant(600)


class Idle(LoraxUser):
    """Asks nothing at all."""

    wait_time = constant(0.05)
    turns = 0

    @task
    def nothing(self) -> None:
        Idle.turns += 1


@pytest.fixture
def server() -> Iterator[FreezingServer]:
    with freezing_server() as running:
        yield running


@pytest.fixture
def driven(server: FreezingServer) -> Iterator[Driver]:
    with driver(server.url, Browsing, Brooding, Idle) as driven:
        yield driven


def settled(driven: Driver) -> PhaseView:
    def phase() -> PhaseView | None:
        found = driven.view().phase
        return found if found is not None and found.settled_s is not None else None

    found = wait_until(phase, "the phase has settled")
    assert found is not None
    return found


def due(pacing: Pacing | None, until_s: float) -> list[float]:
    """What the schedule offers by then, worked out from its seed."""
    assert pacing is not None
    schedule, found = Schedule(pacing), []
    while schedule.next_s <= until_s:
        found.append(schedule.advance())
    return found


def test_asks_are_paced_whatever_the_tasks_and_getting_ready_is_not(driven: Driver, server: FreezingServer) -> None:
    start = driven.apply(10, 100, 50, Browsing=1)
    wait_until(lambda: driven.now_s() > 6, "six seconds of load")
    driven.stop()
    view = driven.view()
    (phase,) = view.phases
    assert phase.pace is not None and not view.closed_loop
    assert phase.pace.offered == phase.pace.started + phase.pace.never_started
    offered = due(start.pacing, driven.now_s())
    assert len(due(start.pacing, 5)) < phase.pace.offered <= len(offered)
    served = Counter(request.path for request in server.served)
    assert served["/start"] == 10
    assert served["/first"] + served["/second"] == phase.pace.started
    assert phase.pace.started >= phase.pace.offered - 2
    rows = {row.name: row for row in phase.operations}
    assert rows["GET /start"].intended_p50_ms is None
    assert rows["GET /first"].p50_ms is not None
    assert rows["GET /first"].intended_p50_ms is not None
    assert rows["GET /first"].intended_p50_ms >= rows["GET /first"].p50_ms


def test_a_frozen_target_is_in_the_percentiles_from_the_intended_start(driven: Driver, server: FreezingServer) -> None:
    freeze_s = 4.0
    driven.rules = {HTTP: ["p95 < 1s", "p99 < 2s", "error_rate < 1%"]}
    start = driven.apply(10, 100, 100, Browsing=1)
    began_s, settled_s = driven.began_s, settled(driven).settled_s
    assert settled_s is not None
    wait_until(lambda: driven.now_s() > 5, "five seconds of load")
    server.freeze(freeze_s)
    wait_until(lambda: (pace := driven.view().phases[0].pace) and pace.waiting > 100, "arrivals wait", freeze_s)
    wait_until(lambda: driven.now_s() > 15, "fifteen seconds of load", 20)
    driven.stop()
    (phase,) = driven.view().phases
    (protocol,) = phase.protocols

    paced = [request for request in server.served if request.path != "/start"]
    paced.sort(key=lambda request: request.received_s)
    offered = due(start.pacing, driven.now_s())[: len(paced)]
    exact_ms = sorted(
        (request.answered_s - began_s - due_s) * 1e3
        for request, due_s in zip(paced, offered, strict=True)
        if due_s >= settled_s
    )
    exact_p99_ms = exact_ms[ceil(0.99 * len(exact_ms)) - 1]
    assert exact_p99_ms > 3000
    assert protocol.intended_p99_ms == pytest.approx(exact_p99_ms, rel=0.1)
    exact_p95_ms = exact_ms[ceil(0.95 * len(exact_ms)) - 1]
    assert protocol.intended_p95_ms == pytest.approx(exact_p95_ms, rel=0.1)
    assert protocol.p99_ms is not None and protocol.p99_ms < 1000, "which is what the stall hides from"
    assert [(judgement.rule.metric, judgement.verdict, judgement.is_intended) for judgement in phase.judgements] == [
        ("p95", Verdict.FAILED, True),
        ("p99", Verdict.FAILED, True),
        ("error_rate", Verdict.PASSED, False),
    ]
    print(f"p99 {protocol.p99_ms} ms, intended {protocol.intended_p99_ms} ms, exact {exact_p99_ms} ms")

    asked = Counter(request.path for request in server.served)
    for row in phase.operations:
        outcomes = row.ok + row.bad + row.interrupted
        assert (row.asks, row.in_flight) == (outcomes, 0)
        assert row.asks == asked[row.name.removeprefix("GET ")]
    assert phase.pace is not None and phase.pace.late > 300
    assert phase.pace.offered == phase.pace.started + phase.pace.never_started


def test_too_few_users_are_not_blamed_on_the_target(driven: Driver, server: FreezingServer) -> None:
    driven.rules = {HTTP: ["p95 < 300ms"]}
    server.takes_s = 0.1
    driven.apply(1, 100, 40, Browsing=1)
    settled(driven)
    wait_until(lambda: (phase := driven.view().phases[0]).pace and phase.pace.waiting > 40, "arrivals wait")
    driven.stop()
    (phase,) = driven.view().phases
    (judgement,) = phase.judgements
    assert judgement.value is not None and judgement.value > 300
    assert judgement.verdict is phase.verdict is Verdict.INCONCLUSIVE
    assert phase.pace is not None and phase.pace.is_unmet and phase.pace.never_started > 40
    assert phase.pace.late > 10
    assert phase.pace.offered == phase.pace.started + phase.pace.never_started


def test_the_loop_can_be_closed_and_paced_again_mid_run(driven: Driver, server: FreezingServer) -> None:
    driven.apply(10, 100, Brooding=1)
    settled(driven)
    driven.apply(10, 100, 40, Brooding=1)
    wait_until(lambda: len(server.served) > 70, "users that were thinking follow the schedule", 6)
    driven.apply(6, 100, 40, Brooding=1)
    wait_until(lambda: len(server.served) > 140, "fewer users follow another one", 6)
    driven.apply(6, 100, Brooding=1)
    time.sleep(0.3)
    asked = len(server.served)
    time.sleep(0.7)
    assert len(server.served) == asked, "users think again before they ask"
    driven.apply(8, 100, 20, Brooding=1)
    wait_until(lambda: len(server.served) > asked + 20, "and follow a schedule again", 6)
    driven.stop()
    phases = driven.view().phases
    assert [phase.pace is None for phase in phases] == [True, False, False, True, False]
    for phase in phases:
        if phase.pace is not None:
            assert phase.pace.offered == phase.pace.started + phase.pace.never_started
            assert phase.pace.never_started <= 2
    starts = sum(phase.pace.started for phase in phases if phase.pace is not None)
    first = sum(row.asks for row in phases[0].operations)
    assert len(server.served) == starts + first + 2  # the two users of the last phase got ready


def test_users_that_wait_for_their_turn_are_stopped_at_once(driven: Driver, server: FreezingServer) -> None:
    driven.apply(20, 100, 0.001, Browsing=1)
    wait_until(lambda: len(server.served) == 20, "all users are ready")
    assert driven.users() == {"Browsing": 20}
    driven.apply(5, 100, 0.001, Browsing=1)
    wait_until(lambda: driven.users() == {"Browsing": 5}, "fifteen users have left", 2)
    assert not driven.engine._abode.runner.draining, "and none of them has anything to finish"
    began_s = time.monotonic()
    driven.stop()
    assert time.monotonic() - began_s < 1
    assert len(server.served) == 20
    assert sum(row.asks for row in driven.run.totals()) == 20


def test_a_task_that_asks_nothing_does_not_spin(driven: Driver) -> None:
    Idle.turns = 0
    driven.apply(1, 100, 100, Idle=1)
    wait_until(lambda: Idle.turns > 5, "some turns")
    wait_until(lambda: len(driven.intervals) >= 2, "two intervals")
    driven.stop()
    assert Idle.turns < 100
