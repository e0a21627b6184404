"""An engine without a session: drives it, and folds what it hands out."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from lorax_tui.engine.classes import own_classes
from lorax_tui.engine.thread import Engine
from lorax_tui.engine.users.counted import CountedUser
from lorax_tui.model.arrivals import Pacing
from lorax_tui.model.crew import LOOPBACK, CrewPlan
from lorax_tui.model.phase_view import OperationView
from lorax_tui.model.records import Event, EventKind, Interval, PhaseStart
from lorax_tui.model.run import Run
from lorax_tui.model.scenario import Target
from lorax_tui.model.view import RunView
from tests.waiting import wait_until

LIMIT_S = 15.0
MUSTER_LIMIT_S = 60.0


class Driver:
    """Starts phases one after the other."""

    def __init__(self, host: str, classes: Sequence[type[CountedUser]], crew: CrewPlan | None = None) -> None:
        self.engine = Engine(
            Target(host=host), classes, self._take, crew=crew, on_news=lambda kind, text: self.news.append((kind, text))
        )
        self.is_manned = crew is not None
        """Whether users live in workers."""
        self.intervals: list[Interval] = []
        self.news: list[tuple[EventKind, str]] = []
        self.run = Run()
        self._lock = threading.Lock()
        self.rules: dict[str, list[str]] = {}
        """What all phases are held to."""
        self.began_s = 0.0
        self._phase = 0

    def open(self) -> None:
        """Start the engine, and wait for its workers where it has some."""
        self.engine.start()
        self.engine.muster().result(MUSTER_LIMIT_S)

    def begin(self) -> None:
        """Begin a run, the next one where there was one."""
        self.run, self._phase = Run(), 0
        self.intervals.clear()
        self.news.clear()
        self.began_s = time.monotonic()
        self.engine.begin(self.began_s).result(LIMIT_S)

    def apply(
        self, users: int, spawn_rate: float, requests_per_second: float | None = None, **mix: float
    ) -> PhaseStart:
        """Begin the next phase."""
        self._phase += 1
        pacing = None if requests_per_second is None else Pacing(requests_per_second, self._phase, self.now_s())
        start = PhaseStart(
            self._phase, f"phase {self._phase}", users, spawn_rate, mix, thresholds=self.rules, pacing=pacing
        )
        with self._lock:
            self.run.fold(Event(self.now_s(), EventKind.SWITCH, "", start))
        self.engine.apply(start).result(LIMIT_S)
        return start

    def now_s(self) -> float:
        """Seconds of the run."""
        return time.monotonic() - self.began_s

    def view(self) -> RunView:
        """How the run stands."""
        with self._lock:
            return self.run.view()

    def totals(self) -> dict[str, OperationView]:
        """Every operation over all phases, by its name."""
        with self._lock:
            return {row.name: row for row in self.run.totals()}

    def settled(self) -> None:
        """Wait until the phase has."""
        wait_until(lambda: self.intervals and self.intervals[-1].settled_s, "the phase has settled")

    def stop(self) -> None:
        self.engine.stop().result(LIMIT_S)

    def users(self) -> dict[str, int]:
        """How many of each class run now."""
        counts = self.engine.users().result(LIMIT_S)
        return {name: count for name, count in counts.items() if count}

    def _take(self, interval: Interval) -> None:
        with self._lock:
            self.intervals.append(interval)
            self.run.fold(interval)


@contextmanager
def driver(host: str, *classes: type[CountedUser]) -> Iterator[Driver]:
    """A driver whose engine has begun a run; it ends with the block."""
    driven = Driver(host, classes)
    driven.open()
    driven.begin()
    try:
        yield driven
    finally:
        driven.engine.close()


@contextmanager
def manned(
    host: str, file: Path, workers: int | None, expected: int = 0, port: int = 0, bind: str = LOOPBACK
) -> Iterator[Driver]:
    """A driver of the user classes of a file; its engine is open, and no run has begun.

    Args:
        workers: how many processes they live in; `None`: in this one.
        expected: how many more it waits for.
        port: where it listens for them.
        bind: at which address.
    """
    classes = list(own_classes(file, in_workers=workers is not None).values())
    plan = None if workers is None else CrewPlan(workers, expected, bind, port, file)
    driven = Driver(host, classes, plan)
    driven.open()
    try:
        yield driven
    finally:
        driven.engine.close()
