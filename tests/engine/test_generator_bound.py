"""A generator that others leave no CPU says so instead of blaming the target."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from lorax_tui.errors import ExitCode
from lorax_tui.runs.summary import summary, verdict_exit
from lorax_tui.users import LoraxUser, constant, task
from tests.counting_server import CountingServer, counting_server
from tests.engine.driver import Driver, driver
from tests.waiting import wait_until

pytestmark = pytest.mark.alone

NOTICED_S = 5.0
"""By when it has to be told."""

NOISE_S = 5.0
"""More time for machines on which other things run too."""


class Quiet(LoraxUser):
    wait_time = constant(0.1)

    @task
    def ask(self) -> None:
        self.client.get("/quick")


@pytest.fixture(scope="module")
def server() -> Iterator[CountingServer]:
    with counting_server() as running:
        yield running


@contextmanager
def burning_cores() -> Iterator[None]:
    """A process for every core that does nothing but use it."""
    spinning = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(os.cpu_count() or 1)]
    try:
        yield
    finally:
        for process in spinning:
            process.kill()
            process.wait()


def noticed_after_s(driven: Driver, since_s: float) -> float:
    """When the run was told to be generator-bound, on its own clock."""
    wait_until(lambda: driven.run.generator.is_bound, "generator-bound", 30)
    return driven.run.elapsed_s - since_s


def assert_told(driven: Driver) -> None:
    """On every road: the view that is drawn, the summary, the verdict, the exit code."""
    view = driven.run.view()
    assert view.was_bound and view.phases[-1].bound
    assert summary(driven.run)["generator"]["bound"] is True
    assert summary(driven.run)["phases"][-1]["generator_bound"] is True
    assert verdict_exit(view) is ExitCode.INCONCLUSIVE


def test_cpu_burnt_by_other_processes_is_noticed(server: CountingServer) -> None:
    with driver(server.url, Quiet) as driven:
        driven.apply(2, 10, Quiet=1)
        wait_until(lambda: driven.intervals, "an interval")
        since_s = driven.run.elapsed_s
        with burning_cores():
            assert noticed_after_s(driven, since_s) < NOTICED_S + NOISE_S
        assert_told(driven)
