"""What the session tells of a generator that is not well, and of what its screen costs."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from lorax_tui.engine.classes import user_classes
from lorax_tui.errors import ExitCode, UsageError
from lorax_tui.model.records import EventKind
from lorax_tui.model.scenario import Guard, Scenario, Target
from lorax_tui.runs.summary import summary, verdict_exit
from lorax_tui.session import Session, Setup, pulse
from lorax_tui.users import LoraxUser, constant, task
from tests.backend import Backend
from tests.session.opened import FEW, LIMIT_S, read_back, seen, with_users
from tests.waiting import wait_until

pytestmark = [pytest.mark.backend, pytest.mark.alone]

NOTICED_S = 5.0
"""By when a generator at its limit has to be told."""

NOISE_S = 5.0
"""More time for machines on which other things run too."""


class Spinning(LoraxUser):
    """A task of a user's own file that computes instead of asking; Locust turns to nothing else for a long time."""

    wait_time = constant(0)

    @task
    def spin(self) -> None:
        end = time.perf_counter() + 0.15
        while time.perf_counter() < end:
            pass


def test_cpu_burnt_by_a_user_of_ones_own_is_noticed_while_it_burns(backend: Backend, tmp_path: Path) -> None:
    spin = Scenario("spin", 1, 10, 60, {"Spinning": 1.0}, thresholds={"HTTP": ["p95 < 1s"]})
    session = Session(Setup(Target(host=backend.url), (spin,), {"Spinning": Spinning}, tmp_path, Guard()))
    session.open()
    try:
        session.switch("spin").result(LIMIT_S)
        bound = seen(session, lambda view: view.run.bound, "generator-bound")
        assert bound.run.phase is not None and bound.run.phase.bound
        assert bound.elapsed_s - bound.run.phase.start_s < NOTICED_S + NOISE_S
        session.stop().result(4 * LIMIT_S)
    finally:
        session.close()
    view = session.view.run
    assert view.was_bound and verdict_exit(view) is ExitCode.INCONCLUSIVE
    run = read_back(session.view)[1]
    assert run.view() == view and summary(run)["generator"]["bound"] is True
    assert [event.kind for event in view.events].count(EventKind.STALL) <= 2


class Holding(LoraxUser):
    """A task that never gives way, until it is told to from outside."""

    wait_time = constant(0)
    over = threading.Event()

    @task
    def hold(self) -> None:
        while not self.over.is_set():
            pass


@pytest.fixture
def held(backend: Backend, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Session]:
    """A session whose only user keeps the generator for itself, and that soon gives up on it."""
    monkeypatch.setattr(pulse, "GIVEN_UP_AFTER", 2)
    Holding.over.clear()
    hold = Scenario("hold", 1, 10, 60, {"Holding": 1.0})
    classes = user_classes() | {"Holding": Holding}
    session = Session(Setup(Target(host=backend.url), (hold, FEW), classes, tmp_path, Guard()))
    session.open()
    try:
        session.switch("hold").result(LIMIT_S)
        seen(session, lambda view: view.run.bound, "generator-bound")
        yield session
    finally:
        Holding.over.set()
        session.close()


def test_a_task_that_never_gives_way_holds_up_no_end_and_no_other_run(held: Session) -> None:
    held.stop().result(LIMIT_S)
    assert held.is_stuck and read_back(held.view)[1].end
    with pytest.raises(UsageError, match="never gives way"):
        held.switch(FEW.name).result(LIMIT_S)
    assert held.view.run.ended == "stopped"
    Holding.over.set()
    wait_until(lambda: not held.is_stuck, "the generator is back")
    held.switch(FEW.name).result(LIMIT_S)
    with_users(held, FEW.users)
    held.switch(FEW.name).result(LIMIT_S)
    held.stop().result(LIMIT_S)


def test_a_switch_while_a_task_never_gives_way_ends_the_run(held: Session) -> None:
    held.switch(FEW.name).result(LIMIT_S)
    assert held.view.run.ended == "the generator does not answer"


def test_a_generator_that_is_well_is_not_bound_and_knows_its_sockets(session: Session) -> None:
    session.switch("more").result(LIMIT_S)
    view = seen(
        session,
        lambda view: view.run.health.sockets_wanted == view.run.health.sockets_connected == 3,
        "the users that want a socket have one",
    )
    assert EventKind.STALL not in [event.kind for event in view.run.events]


def test_what_a_tick_of_the_screen_costs_is_in_the_record_while_it_is_news(session: Session) -> None:
    session.switch(FEW.name).result(LIMIT_S)
    seen(session, lambda view: view.run.points, "an interval")
    assert session.view.run.health.ui_tick_ms is None
    session.drawn(12.5)
    seen(session, lambda view: view.run.health.ui_tick_ms == 12.5, "the cost of a tick")
    seen(session, lambda view: view.run.health.ui_tick_ms is None, "nothing is known of a screen that stands still")
    assert session.view.run.peaks.ui_tick_ms == 12.5
