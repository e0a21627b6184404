"""What the load's own processes reach: requests a second and sockets held by one process, 1, 2 and 4 workers.

    python -m tests.benchmarks.scale [users with a socket]

And how far the one that puts their parts together is from its own limit: the made-up parts of 50 workers with 20
operations each, second for second. Each staff loads a bare-bones server that shares the machine with it, so that more
workers than cores show only what that costs. Not a test: it asserts nothing.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from threading import Event as Flag

import psutil

from lorax_tui.engine.classes import own_classes
from lorax_tui.engine.thread import Engine
from lorax_tui.model.crew import CrewPlan
from lorax_tui.model.health import Health
from lorax_tui.model.records import Interval, PhaseStart
from lorax_tui.model.scenario import Target
from tests.benchmarks.fast_server import fast_server
from tests.benchmarks.master_cost import master_cost
from tests.benchmarks.socket_server import socket_server

FILE = Path(__file__).with_name("scale_users.py")
STAFFS = (None, 1, 2, 4)
"""Workers; `None`: one process."""

USERS = 20
WARM_S, MEASURED_S = 2, 5
LIMIT_S = 120.0


class Load:
    """An engine at work, and what it has handed out."""

    def __init__(self, host: str, workers: int | None) -> None:
        classes = list(own_classes(FILE, in_workers=workers is not None).values())
        crew = None if workers is None else CrewPlan(workers, file=FILE)
        self._told = Flag()
        self._intervals: list[Interval] = []
        self.engine = Engine(Target(host=host), classes, self._take, crew=crew)

    def begin(self, user_class: str, users: int, spawn_rate: float) -> None:
        """Go to so many users of one class."""
        self.engine.start()
        self.engine.muster().result(LIMIT_S)
        self.engine.begin(time.monotonic()).result(LIMIT_S)
        self.engine.apply(PhaseStart(1, "scale", users, spawn_rate, {user_class: 1.0})).result(LIMIT_S)

    def next(self) -> Interval:
        """The next second."""
        self._told.clear()
        self._told.wait(LIMIT_S)
        return self._intervals[-1]

    def _take(self, interval: Interval) -> None:
        self._intervals.append(interval)
        self._told.set()


@contextmanager
def load(host: str, workers: int | None) -> Iterator[Load]:
    """An engine with so many workers; it ends with the block."""
    loading = Load(host, workers)
    try:
        yield loading
    finally:
        loading.engine.close()


def healths(interval: Interval) -> list[Health]:
    """Those of the processes that users live in."""
    return [part.health for part in interval.workers] or [interval.health]


def mean(values: Callable[[Interval], float], intervals: list[Interval]) -> float:
    """The middle one of some seconds."""
    return median(map(values, intervals))


def requests(host: str, workers: int | None) -> str:
    """One line about requests."""
    with load(host, workers) as loading:
        loading.begin("Hasty", USERS, 100.0)
        for _ in range(WARM_S + 1):
            loading.next()
        seen = [loading.next() for _ in range(MEASURED_S)]
    rate = mean(lambda one: sum(tally.ok for tally in one.tallies) / one.lasted_s, seen)
    cpu = mean(lambda one: sum(health.cpu_percent or 0.0 for health in healths(one)), seen)
    master = mean(lambda one: one.health.cpu_percent or 0.0, seen) if workers else 0.0
    lag_ms = mean(lambda one: max(health.lag_p99_ms or 0.0 for health in healths(one)), seen)
    return f"{rate:8.0f} {cpu / rate * 1e4:10.1f} {cpu:8.0f} {master:8.0f} {lag_ms:12.1f}"


def sockets(host: str, workers: int | None, users: int) -> str:
    """One line about sockets."""
    with load(host, workers) as loading:
        loading.begin("Idle", 0, 1.0)
        empty_mb = sum(health.rss_mb or 0.0 for health in healths(loading.next()))
        loading.engine.apply(PhaseStart(2, "scale", users, 100.0, {"Idle": 1.0})).result(LIMIT_S)
        began_s = time.monotonic()
        held = loading.next()
        while held.health.sockets_connected < users and time.monotonic() < began_s + LIMIT_S:
            held = loading.next()
        full_mb = sum(health.rss_mb or 0.0 for health in healths(held))
        lag_ms = max(health.lag_p99_ms or 0.0 for health in healths(loading.next()))
        took_s, connected = time.monotonic() - began_s, held.health.sockets_connected
    return f"{connected:8} {took_s:10.1f} {(full_mb - empty_mb) / users * 1000:16.1f} {lag_ms:12.1f}"


def main(users: int = 600) -> None:
    """Print all tables."""
    print(f"{psutil.cpu_count()} cores, shared with the server\n")
    with fast_server() as host:
        print(f"{'':12} {'req/s':>8} {'CPU us/req':>10} {'CPU %':>8} {'master %':>8} {'lag p99 ms':>12}")
        for workers in STAFFS:
            print(f"{_name(workers):12} {requests(host, workers)}", flush=True)
    with socket_server() as host:
        print(f"\n{'':12} {'sockets':>8} {'within s':>10} {'MB/1,000 users':>16} {'lag p99 ms':>12}")
        for workers in STAFFS:
            print(f"{_name(workers):12} {sockets(host, workers, users)}", flush=True)
    print(f"\n{master_cost()}")


def _name(workers: int | None) -> str:
    return "one process" if workers is None else f"{workers} worker{'s'[: workers > 1]}"


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
