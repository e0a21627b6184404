"""What may go on for days: nothing of Locust's grows, and the wall clock moves no figure."""

from __future__ import annotations

import gc
import time
import weakref
from collections.abc import Iterator
from itertools import count, pairwise

import pytest
from locust.runners import Runner

from lorax_tui.users import LoraxUser, constant, task
from tests.counting_server import CountingServer, counting_server
from tests.engine.driver import LIMIT_S, Driver, driver
from tests.waiting import wait_until

_numbers = count()


class Hasty(LoraxUser):
    """Asks as fast as it can, and half of it in vain."""

    wait_time = constant(0.001)

    @task
    def ask(self) -> None:
        self.client.get("/quick", headers={"X-Request-Id": "hasty"})

    @task
    def ask_in_vain(self) -> None:
        with self.client.get("/quick", name="in vain", catch_response=True) as response:
            response.failure(f"{next(_numbers)} is not what was expected")

    @task
    def fail(self) -> None:
        raise RuntimeError(f"mistake number {next(_numbers)} in the user's own file")


@pytest.fixture(scope="module")
def server() -> Iterator[CountingServer]:
    with counting_server() as running:
        yield running


@pytest.fixture
def driven(server: CountingServer) -> Iterator[Driver]:
    with driver(server.url, Hasty) as driving:
        yield driving


def asked(driven: Driver) -> int:
    return sum(row.asks for row in driven.run.totals())


class Loop:
    """Garbage that only a collection finds."""

    def __init__(self) -> None:
        self.itself = self


def test_no_collection_looks_through_what_was_there_before_the_run(driven: Driver) -> None:
    assert gc.get_freeze_count() > 10_000
    assert len(gc.get_objects()) < gc.get_freeze_count() / 2
    loop = weakref.ref(Loop())
    driven.engine.muster().result(LIMIT_S)
    assert loop() is None, "and yet a run leaves nothing to the next"


def test_nothing_of_locust_grows_with_what_is_asked(driven: Driver) -> None:
    driven.apply(5, 50, Hasty=1)
    wait_until(lambda: asked(driven) > 1000, "a thousand requests")
    runner: Runner = driven.engine._abode.runner
    stats = runner.stats
    assert not stats.entries and not stats.errors and not stats.history
    assert stats.total.num_requests == stats.total.num_failures == 0
    assert not stats.total.num_reqs_per_sec and not stats.total.num_fail_per_sec and not stats.total.response_times
    assert stats.total.response_times_cache is None
    assert not runner.exceptions
    assert len(runner.custom_messages) == len(runner.errors) == 0
    view = driven.view()
    counts = {(error.message, error.kind): error.count for error in view.errors}
    in_vain, mistake = ("# is not what was expected", "application"), "mistake number # in the user's own file"
    assert sorted(counts) == [in_vain, (f"RuntimeError: {mistake}", "exception")]
    (phase,) = view.phases
    failed = {row.name: row.failed for row in phase.operations}
    assert counts[in_vain] == failed["GET in vain"] > 100
    assert counts[f"RuntimeError: {mistake}", "exception"] == phase.exceptions > 100


@pytest.mark.parametrize("step_s", [3600.0, -3600.0])
def test_a_step_of_the_wall_clock_moves_no_figure(
    driven: Driver, server: CountingServer, monkeypatch: pytest.MonkeyPatch, step_s: float
) -> None:
    began, before = time.monotonic(), len(server.served.get("/quick", []))
    driven.apply(3, 50, Hasty=1)
    wait_until(lambda: len(driven.intervals) >= 2, "two intervals")
    right_time = time.time
    monkeypatch.setattr(time, "time", lambda: right_time() + step_s)
    seen = len(driven.intervals)
    wait_until(lambda: len(driven.intervals) >= seen + 3, "three more intervals")
    driven.stop()
    view, passed_s = driven.run.view(), time.monotonic() - began
    assert all(0 < interval.lasted_s < passed_s for interval in driven.intervals)
    for interval, following in pairwise(driven.intervals):
        assert following.began_s == pytest.approx(interval.began_s + interval.lasted_s, abs=1e-6)
    assert view.elapsed_s <= passed_s + 0.1
    rows = {row.name: row for row in driven.run.totals()}
    assert rows["GET /quick"].ok + rows["GET in vain"].failed == len(server.served["/quick"]) - before
    assert rows["GET /quick"].max_ms is not None and rows["GET /quick"].max_ms < passed_s * 1e3
    assert all(0 <= point.ok_rate < 1e5 for point in view.points)
    assert all(latency.p50_ms is None or latency.p50_ms < 1e4 for p in view.points for latency in p.latency.values())
