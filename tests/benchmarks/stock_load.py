"""Locust's own users at work as Locust runs them, patched, with its statistics; only for processes of their own."""

from __future__ import annotations

import time
from collections.abc import Sequence

import locust
from locust.env import Environment

import gevent  # isort: skip

from tests.benchmarks.measured import Cost

WARM_S = 2.0
MEASURED_S = 4.0


def cost_of(user_class: type[locust.User], host: str, users: int, kinds: Sequence[str]) -> Cost:
    """What each request costs whose type in the statistics is one of `kinds`."""
    user_class.host = host
    environment = Environment(user_classes=[user_class], events=locust.events)
    runner = environment.create_local_runner()
    runner.start(users, 100)
    gevent.sleep(WARM_S)
    count, cpu_s, began = _count(environment, kinds), time.process_time(), time.perf_counter()
    gevent.sleep(MEASURED_S)
    cpu_s, lasted_s = time.process_time() - cpu_s, time.perf_counter() - began
    count = _count(environment, kinds) - count
    failures = environment.stats.total.num_failures
    runner.quit()
    if failures:
        raise SystemExit(f"{failures} of {count} failed: {list(environment.stats.errors.values())[:1]}")
    return Cost(cpu_s / count * 1e6, count / lasted_s)


def _count(environment: Environment, kinds: Sequence[str]) -> int:
    """Of what has ended; a Socket.IO call is in the statistics twice, as what was emitted and as the call."""
    return sum(entry.num_requests for (_, kind), entry in environment.stats.entries.items() if kind in kinds)
