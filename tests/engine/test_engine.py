"""The engine against a server that keeps its own count: switching, stopping, and not one ask lost."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import gevent
import psutil
import pytest

from tests.counting_server import CountingServer, counting_server
from tests.engine.driver import Driver, manned
from tests.engine.ledger import Ledger, ledger_in
from tests.waiting import wait_until

USERS = Path(__file__).with_name("counted_users.py")


@pytest.fixture(scope="module")
def server() -> Iterator[CountingServer]:
    with counting_server() as running:
        yield running


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    with ledger_in(tmp_path_factory.mktemp("ledger")) as kept:
        yield kept


@pytest.fixture(scope="module", params=[None, 2], ids=["one process", "two workers"])
def engine(request: pytest.FixtureRequest, server: CountingServer, ledger: Ledger) -> Iterator[Driver]:
    with manned(server.url, USERS, request.param) as driven:
        yield driven


@pytest.fixture
def driven(engine: Driver, server: CountingServer, ledger: Ledger) -> Iterator[Driver]:
    ledger.clear()
    server.served.clear()
    engine.begin()
    yield engine
    engine.stop()


def watch(driven: Driver, until: dict[str, int], deadline_s: float) -> tuple[list[int], float]:
    """The totals that were seen on the way to the counts `until`, and how long it took."""
    began_s = time.monotonic()
    totals: list[int] = []

    def arrived() -> bool:
        users = driven.users()
        totals.append(sum(users.values()))
        return users == until

    wait_until(arrived, f"{until}, the last were {driven.users()}", deadline_s)
    return totals, time.monotonic() - began_s


def test_an_equal_total_with_another_mix_converges_at_the_spawn_rate(driven: Driver) -> None:
    driven.apply(50, 100, Quick=8, Slow=1, Other=1)
    watch(driven, {"Quick": 40, "Slow": 5, "Other": 5}, 5)
    driven.apply(50, 20, Quick=1, Slow=8, Other=1)
    totals, took_s = watch(driven, {"Quick": 5, "Slow": 40, "Other": 5}, 35 / 20 + 1)
    assert set(totals) == {50}
    assert took_s > 1


def test_a_second_switch_replaces_a_ramp_under_way(driven: Driver) -> None:
    driven.apply(40, 100, Quick=1)
    watch(driven, {"Quick": 40}, 5)
    driven.apply(40, 10, Slow=1)
    wait_until(lambda: driven.users().get("Slow", 0) >= 5, "the first switch is under way")
    driven.apply(40, 20, Quick=3, Other=1)
    totals, _ = watch(driven, {"Quick": 30, "Other": 10}, 3)
    assert set(totals) == {40}


def test_changes_in_a_row_keep_to_the_spawn_rate(driven: Driver) -> None:
    began_s = time.monotonic()
    users = 0
    while time.monotonic() - began_s < 1.5:
        users = 60 if users == 50 else 50
        driven.apply(users, 10, Quick=1)
    assert sum(driven.users().values()) <= (time.monotonic() - began_s) * 10 + 2


def test_every_ask_has_one_outcome_and_the_server_agrees(
    driven: Driver, server: CountingServer, ledger: Ledger
) -> None:
    driven.apply(20, 100, Quick=3, Slow=1)
    wait_until(lambda: len(ledger.ended("/slow")) > 20, "answers of both kinds")
    driven.apply(5, 50, Slow=1)
    watch(driven, {"Slow": 5}, 5)
    driven.stop()
    for row in driven.run.totals():
        path = row.name.removeprefix("GET ")
        served = server.served[path]
        asked, ended = ledger.asked(path), ledger.ended(path)
        assert row.asks == len(asked) == row.ok + row.bad + row.interrupted
        assert row.ok == len(ended)
        assert set(ended) <= set(served) <= set(asked)
        assert len(served) == len(set(served))
        assert row.in_flight == 0 and row.bad == 0


def test_a_surviving_user_loses_no_request_in_a_switch(driven: Driver, ledger: Ledger) -> None:
    driven.apply(10, 100, Slow=1)
    wait_until(lambda: len(ledger.ended("/slow")) >= 10, "every user has an answer")
    driven.apply(20, 50, Slow=1)
    watch(driven, {"Slow": 20}, 3)
    seen = set(ledger.asked("/slow"))
    wait_until(lambda: seen <= set(ledger.ended("/slow")), "all that was asked before is answered")


def test_a_phase_knows_when_it_settled_and_whose_asks_are_its_own(driven: Driver, ledger: Ledger) -> None:
    driven.apply(10, 20, Quick=1)
    driven.settled()
    driven.apply(20, 20, Quick=1)
    wait_until(
        lambda: driven.intervals[-1].phase == 2 and driven.intervals[-1].settled_s, "the second phase has settled"
    )
    wait_until(lambda: driven.run.phases[1].protocols["HTTP"].settled.ok > 50, "answers in the second phase")
    driven.stop()
    first, second = driven.run.phases
    assert first.settled_s is not None and second.settled_s is not None
    assert first.start_s < first.settled_s < second.start_s < second.settled_s
    assert 0.2 < second.settled_s - second.start_s < 3
    asks = [phase.protocols["HTTP"].count("asks") for phase in driven.run.phases]
    assert sum(asks) == sum(row.asks for row in driven.run.totals()) == len(ledger.asked("/quick"))


def test_users_that_hang_do_not_hold_up_a_ramp_and_are_interrupted(driven: Driver, server: CountingServer) -> None:
    driven.apply(20, 100, Hanging=1)
    wait_until(lambda: server.hanging == 20, "all users hang")
    driven.apply(4, 20, Quick=1)
    _, took_s = watch(driven, {"Quick": 4}, 3)
    assert took_s < 20 / 20 + 1
    wait_until(lambda: server.hanging == 0, "the server has lost all that hung", 5)
    driven.stop()
    row = next(row for row in driven.run.totals() if row.name == "GET /hang")
    assert (row.asks, row.interrupted, row.ok, row.bad) == (20, 20, 0, 0)
    assert row.max_ms is None


def test_stopping_users_that_hang_takes_the_stop_timeout(driven: Driver, server: CountingServer) -> None:
    driven.apply(50, 100, Hanging=1)
    wait_until(lambda: server.hanging == 50, "all users hang")
    began_s = time.monotonic()
    driven.stop()
    assert time.monotonic() - began_s < 2 + 1
    assert driven.users() == {}
    assert sum(row.interrupted for row in driven.run.totals()) == 50


@pytest.mark.parametrize("workers", [None, 2], ids=["one process", "two workers"])
def test_closing_leaves_nothing_behind_even_in_a_ramp_and_twice(
    server: CountingServer, ledger: Ledger, workers: int | None
) -> None:
    threads, children = set(threading.enumerate()), set(psutil.Process().children())
    with manned(server.url, USERS, workers) as driven:
        driven.begin()
        driven.apply(200, 50, Quick=1, Hanging=1)
        wait_until(lambda: sum(driven.users().values()) > 20, "the ramp is under way")
        driven.engine.close()
        driven.engine.close()
    assert {thread for thread in threading.enumerate() if thread.name == "engine"} <= threads
    assert set(psutil.Process().children()) <= children
    wait_until(lambda: not server.hanging, "the server has lost all that hung", 1)
    sockets = [kept for kept in psutil.Process().net_connections() if kept.raddr and kept.status == "ESTABLISHED"]
    port = int(server.url.rpartition(":")[2])
    assert not [kept for kept in sockets if kept.raddr.port == port]


def test_a_mistake_in_a_user_class_does_not_end_the_run(driven: Driver, caplog: pytest.LogCaptureFixture) -> None:
    driven.apply(5, 50, Dying=1)
    if not driven.is_manned:  # a worker has a log of its own
        wait_until(lambda: "a mistake in the user's own file" in caplog.text, "the mistake is logged")
    wait_until(lambda: driven.view().errors, "the mistake is counted")
    (error,) = driven.view().errors
    assert (error.protocol, error.name, error.kind) == ("task", "Dying.die", "exception")
    assert error.message == "RuntimeError: a mistake in the user's own file"
    driven.apply(5, 50, Quick=1)
    watch(driven, {"Quick": 5}, 3)


def test_a_phase_does_not_settle_with_users_that_die_at_once(driven: Driver) -> None:
    driven.apply(6, 50, Stillborn=1, Quick=1)
    wait_until(lambda: sum(driven.users().values()) == 3, "half of the users have died")
    seen = len(driven.intervals)
    wait_until(lambda: len(driven.intervals) >= seen + 2, "two more intervals")
    assert driven.intervals[-1].settled_s is None


def test_a_run_can_follow_a_run(driven: Driver, ledger: Ledger) -> None:
    driven.apply(5, 50, Quick=1)
    wait_until(lambda: len(ledger.ended("/quick")) > 5, "answers")
    driven.stop()
    asked = len(ledger.asked("/quick"))
    driven.begin()
    driven.apply(3, 50, Quick=1)
    wait_until(lambda: len(ledger.asked("/quick")) > asked + 5, "answers in the second run")
    driven.stop()
    second = sum(tally.asks for interval in driven.intervals for tally in interval.tallies)
    assert second == len(ledger.asked("/quick")) - asked
    assert driven.intervals[0].began_s < 0.5


def test_health_is_measured(driven: Driver) -> None:
    driven.apply(2, 10, Quick=1)
    wait_until(lambda: len(driven.intervals) >= 2, "two intervals")
    health = driven.intervals[-1].health
    assert health.lag_p99_ms is not None and health.lag_p50_ms is not None
    assert health.cpu_percent is not None and health.cpu_percent > 0
    assert health.http_connections == 2
    assert health.http_in_use in (0, 1, 2)  # an answer may be awaited at the very moment of the cut
    assert (health.sockets_connected, health.sockets_wanted) == (0, 0)
    driven.apply(2, 100, Hanging=1)
    wait_until(lambda: driven.intervals[-1].health.http_in_use == 2, "two connections on which an answer is awaited")
    assert health.open_files and health.file_limit and health.open_files < health.file_limit


def test_the_engine_does_not_patch_the_standard_library() -> None:
    assert not gevent.monkey.is_module_patched("socket")
    assert not gevent.monkey.is_module_patched("threading")
