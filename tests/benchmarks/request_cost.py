"""What one request costs the generator in CPU: this client beside Locust's two, each through a Locust user's task.

    python -m tests.benchmarks.request_cost [rounds]

Prints microseconds of CPU per request and the ratio to `FastHttpUser`; the target is a bare-bones server in a process
of its own. Not a test: it asserts nothing.
"""

from __future__ import annotations

import sys
import time
from statistics import median

import lorax_tui.engine  # noqa: F401  (before locust, which would patch the standard library)

# isort: split
import gevent
from locust import FastHttpUser, HttpUser, User, constant, task
from locust.env import Environment

from lorax_tui.engine.http import HttpSession, ask_json
from lorax_tui.engine.recorder import Recorder
from tests.benchmarks.fast_server import fast_server

USERS = 20
WARM_S = 1.0
MEASURED_S = 3.0


class Lean(User):
    """This program's client, counted by this program's recorder."""

    wait_time = constant(0)

    def __init__(self, environment: Environment) -> None:
        super().__init__(environment)
        self.client = HttpSession(self.host, environment.recorder)

    @task
    def health(self) -> None:
        self.client.get("/health")


class LeanJudged(Lean):
    """The same, with the body judged as the shipped tasks do."""

    @task
    def health(self) -> None:
        ask_json(self.client, "GET", "/health", expect="ok")


class Fast(FastHttpUser):
    wait_time = constant(0)

    @task
    def health(self) -> None:
        self.client.get("/health")


class Stock(HttpUser):
    wait_time = constant(0)

    @task
    def health(self) -> None:
        self.client.get("/health")


def cpu_us_per_request(user_class: type[User], host: str) -> tuple[float, float]:
    """CPU of this process per request, and requests a second."""
    user_class.host = host
    environment = Environment(user_classes=[user_class])
    environment.recorder = recorder = Recorder()
    runner = environment.create_local_runner()
    runner.start(USERS, 100)
    gevent.sleep(WARM_S)
    recorder.cut()
    requests, cpu_s, began = environment.stats.total.num_requests, time.process_time(), time.perf_counter()
    gevent.sleep(MEASURED_S)
    cpu_s, lasted_s = time.process_time() - cpu_s, time.perf_counter() - began
    requests = environment.stats.total.num_requests - requests + sum(tally.ok for tally in recorder.cut())
    runner.quit()
    return cpu_s / requests * 1e6, requests / lasted_s


def main(rounds: int) -> None:
    with fast_server() as host:
        classes = (Lean, LeanJudged, Fast, Stock)
        found = {user_class: [] for user_class in classes}
        for _ in range(rounds):
            for user_class in classes:
                found[user_class].append(cpu_us_per_request(user_class, host))
        fast_us = median(us for us, _ in found[Fast])
        for user_class, figures in found.items():
            us, rate = (median(column) for column in zip(*figures, strict=True))
            print(f"{user_class.__name__:11} {us:7.1f} us {rate:8.0f} req/s  {us / fast_us:5.2f} x FastHttpUser")


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else 2)
