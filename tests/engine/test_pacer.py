"""The line that paced users stand in, and what happens to an arrival whose user goes away."""

from __future__ import annotations

from collections.abc import Iterator
from time import monotonic

import gevent
import pytest

from lorax_tui.engine.context import Context
from lorax_tui.engine.pacing import Pacer
from lorax_tui.model.arrivals import Arrivals, Pacing
from lorax_tui.model.records import PhaseStart
from lorax_tui.model.scenario import Target
from lorax_tui.model.schedule import Schedule
from lorax_tui.users import LoraxSocketUser
from tests.engine.test_users import Watch, eager, pong, running
from tests.hub import run_until
from tests.script_server import ScriptServer, Wire, script_server


def phase(number: int, requests_per_second: float | None, start_s: float = 0.0) -> PhaseStart:
    pacing = None if requests_per_second is None else Pacing(requests_per_second, 11, start_s)
    return PhaseStart(number, "paced", 5, 5, {"A": 1.0}, pacing=pacing)


def dues(requests_per_second: float, count: int) -> list[float]:
    schedule = Schedule(Pacing(requests_per_second, 11, 0.0))
    return [schedule.advance() for _ in range(count)]


def added_up(cuts: list[Arrivals]) -> tuple[int, int, int]:
    """Offered, started, never started."""
    return sum(a.offered for a in cuts), sum(a.started for a in cuts), sum(a.never_started for a in cuts)


class Line:
    """Greenlets that take an arrival each, in the order in which they came."""

    def __init__(self, pacer: Pacer) -> None:
        self.pacer = pacer
        self.got: list[tuple[str, float | None]] = []
        self.greenlets: dict[str, gevent.Greenlet] = {}

    def join(self, *names: str) -> None:
        for name in names:
            self.greenlets[name] = gevent.spawn(self._take, name)
        gevent.sleep(0)

    def _take(self, name: str) -> None:
        self.got.append((name, self.pacer.take()))


@pytest.fixture
def line() -> Line:
    return Line(Pacer(monotonic()))


def test_who_came_first_goes_first_and_each_gets_the_next_arrival(line: Line) -> None:
    line.pacer.change(phase(1, 50))
    line.join("a", "b", "c", "d")
    run_until(lambda: len(line.got) == 4, "all have got one")
    assert line.got == list(zip("abcd", dues(50, 4), strict=True))
    for _, due_s in line.got:
        arrival = line.pacer.start(due_s or 0.0)
        assert arrival is not None and arrival.delay_ms >= 0


def test_an_overdue_arrival_is_taken_at_once_and_keeps_its_intended_start(line: Line) -> None:
    line.pacer.change(phase(1, 50))
    gevent.sleep(0.3)
    due_s = line.pacer.take()
    assert due_s == dues(50, 1)[0]
    arrival = line.pacer.start(due_s)
    assert arrival is not None and arrival.delay_ms > 100
    [cut] = line.pacer.cut()
    assert (cut.started, cut.missed) == (1, 1)
    assert cut.waiting == cut.offered - 1 > 5
    assert 0 < cut.oldest_s < 0.3


def test_a_killed_user_loses_no_arrival(line: Line) -> None:
    line.pacer.change(phase(1, 20))
    line.join("a", "b", "c")
    line.greenlets["a"].kill()
    run_until(lambda: len(line.got) == 2, "the others have got one")
    assert line.got == list(zip("bc", dues(20, 2), strict=True))
    line.pacer.give_back(line.got[0][1] or 0.0)
    line.join("d", "e")
    run_until(lambda: len(line.got) == 4, "the one that was given back, and the next")
    assert line.got[2:] == list(zip("de", (dues(20, 1)[0], dues(20, 3)[2]), strict=True))


def test_a_closed_loop_lets_everybody_go_and_gives_up_what_was_taken(line: Line) -> None:
    line.pacer.change(phase(1, 1000))
    due_s = line.pacer.take()
    assert due_s is not None
    line.pacer.change(phase(2, 0.001, monotonic()))
    assert line.pacer.start(due_s) is None
    line.pacer.give_back(due_s)
    line.join("a", "b")
    line.pacer.change(phase(3, None))
    run_until(lambda: len(line.got) == 2, "they have gone")
    assert line.got == [("a", None), ("b", None)]
    offered, started, never_started = added_up(line.pacer.cut())
    assert offered == never_started > 0 and started == 0


def test_who_thinks_is_woken_by_a_paced_phase(line: Line) -> None:
    thinking = [gevent.spawn(line.pacer.think, 600) for _ in range(3)]
    gevent.sleep(0)
    line.pacer.change(phase(1, 10))
    gevent.joinall(thinking, timeout=5, raise_error=True)
    assert all(greenlet.ready() for greenlet in thinking)


def test_the_settled_part_is_what_was_due_in_it(line: Line) -> None:
    line.pacer.change(phase(1, 100))
    gevent.sleep(0.2)
    line.pacer.settle(0.1)
    cuts = {cut.settled: cut for cut in line.pacer.cut()}
    assert cuts[False].offered == sum(due_s < 0.1 for due_s in dues(100, 100))
    assert cuts[True].offered > 0
    first = line.pacer.take()
    assert first is not None
    arrival = line.pacer.start(first)
    assert arrival is not None and not arrival.settled


@pytest.fixture
def server() -> Iterator[ScriptServer]:
    with script_server() as running_server:
        running_server.pages = {"/init-session": {"sid": "abc-1"}}
        yield running_server


def test_a_socket_that_is_lost_in_the_line_is_made_again_before_the_ask(server: ScriptServer) -> None:
    async def pong_and_hang_up(wire: Wire, number: int, payload: dict[str, object]) -> None:
        await pong(wire, number, payload)
        await wire.hang_up()

    server.on["ping"] = pong_and_hang_up
    context = Context(Target(host=server.url), pacer=Pacer(monotonic()))
    context.pacer.change(phase(1, 4))
    watch = Watch(context)
    with running(context, 1, eager(LoraxSocketUser)):
        run_until(lambda: watch.count("ping") >= 3, "three pings")
    assert watch.count("connect") >= 3
    assert watch.count("ping", "disconnected") == 0


def test_a_user_that_forgets_its_base_is_paced_all_the_same(server: ScriptServer) -> None:
    class Careless(LoraxSocketUser):
        def on_start(self) -> None:
            """No `super()` here."""

    server.on["ping"] = pong
    context = Context(Target(host=server.url), pacer=Pacer(monotonic()))
    context.pacer.change(phase(1, 20))
    watch = Watch(context)
    with running(context, 1, eager(Careless)):
        run_until(lambda: watch.count("ping") >= 5, "it asks")
    _, started, _ = added_up(context.pacer.cut())
    assert started == watch.count("ping", "asks")
