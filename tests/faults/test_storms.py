"""Many users lose their connections together, again and again; and asks that are answered as no ask should be."""

from __future__ import annotations

import asyncio
import signal
from collections import Counter
from collections.abc import Iterator
from random import Random
from time import monotonic

import pytest

from lorax_tui.engine.context import Context
from lorax_tui.engine.recorder import MOST_OPERATIONS
from lorax_tui.engine.sockets import LoraxSocket, requests
from lorax_tui.engine.users import LoraxSocketUser
from lorax_tui.model.phase_view import OperationView
from lorax_tui.model.scenario import Target
from lorax_tui.model.tally import OTHER, Outcome, Tally
from lorax_tui.users import between
from tests.e2e.program import Launcher
from tests.e2e.terminal import in_terminal
from tests.engine.driver import Driver, driver
from tests.faults.terminals import intervals
from tests.script_server import Answer, ScriptServer, Wire, script_server
from tests.unit.test_bounded import rss_mb
from tests.waiting import wait_until

USERS = 200
FEW = 20
LIVES = 5
PAGES: dict[str, object] = {"/init-session": {"sid": "00000000-0000-4000-8000-000000000000"}}
REPLACED = {"code": "CONNECTION_REPLACED", "message": "Opened in another tab."}


class HastySocketUser(LoraxSocketUser):
    """Thinks for a moment only, so that all of them soon wait for an answer."""

    wait_time = between(0.1, 0.6)


async def pong(wire: Wire, number: int, payload: dict[str, object]) -> None:
    await wire.event("pong", {"type": "pong", "time": "now"})
    await wire.ack(number)


async def silent(wire: Wire, number: int, payload: dict[str, object]) -> None:
    wire.kept.append(number)


async def throw_out(number: int, wire: Wire) -> None:
    """Every second one is told that another tab has taken its place, the others nothing."""
    if number % 2:
        await wire.event("connection-replaced", REPLACED)
        await wire.raw("41")
    else:
        await wire.hang_up()


@pytest.fixture
def server() -> Iterator[ScriptServer]:
    with script_server() as server:
        server.pages, server.on["ping"] = dict(PAGES), pong
        yield server


def told(driven: Driver, name: str) -> OperationView:
    """An operation so far, whose sum was checked; one of nothing where it was not asked."""
    row = driven.totals()[name]
    assert row.asks == sum(getattr(row, outcome) for outcome in Outcome) + row.in_flight
    return row


def test_row_49_two_hundred_that_are_thrown_out_together_do_not_come_back_together(server: ScriptServer) -> None:
    with driver(server.url, HastySocketUser) as driven:
        driven.apply(USERS, USERS, HastySocketUser=1.0)
        wait_until(lambda: server.connections == USERS, "all are connected", 30)
        server.on["ping"] = silent
        wait_until(lambda: sum(len(wire.kept) for wire in server.wires) == USERS, "all wait for an answer", 30)
        before, server.on["ping"] = len(server.accepted_s), pong
        thrown_s = monotonic()
        server.tell_all(throw_out)
        wait_until(lambda: len(server.accepted_s) - before >= USERS, "all have come back", 30)
        came_s = [at_s - thrown_s for at_s in server.accepted_s[before:]]
        assert min(came_s) > 0.1 and max(Counter(int(at_s * 10) for at_s in came_s).values()) < USERS / 2, came_s
        wait_until(lambda: told(driven, "connect").ok == 2 * USERS, "all are connected again", 30)

        server.welcome = ['44{"message":"not now"}']
        before, thrown_s = len(server.accepted_s), monotonic()
        server.tell_all(throw_out)
        wait_until(lambda: monotonic() - thrown_s > 5, "five seconds in which nobody is let in", 10)
        tries = Counter(int(at_s - thrown_s) for at_s in server.accepted_s[before:])
        assert sum(tries.values()) <= 7 * USERS and 0 < tries[4] < USERS, tries
        server.welcome = ScriptServer().welcome
        wait_until(lambda: server.connections == USERS, "all have come back", 30)
        driven.stop()
        wait_until(lambda: server.connections == 0, "nothing is left open")

        connect, ping = told(driven, "connect"), told(driven, "ping")
        assert connect.ok == 3 * USERS and connect.failed >= sum(tries.values()) - USERS and not connect.timeout
        assert ping.disconnected >= USERS and not ping.timeout and not ping.failed
        replaced = [error.count for error in driven.view().errors if "CONNECTION_REPLACED" in error.message]
        assert sum(replaced) >= USERS / 2
        assert driven.users() == {}


def test_row_48_a_target_that_restarts_in_a_loop_is_found_each_time(server: ScriptServer) -> None:
    answered = Counter[str]()

    async def answer(wire: Wire, number: int, payload: dict[str, object]) -> None:
        answered["ping"] += 1
        await pong(wire, number, payload)

    server.on["ping"] = answer
    with driver(server.url, HastySocketUser) as driven:
        driven.apply(FEW, FEW, HastySocketUser=1.0)
        wait_until(lambda: server.connections == FEW, "all are connected", 30)
        server.stop()
        for life in range(1, LIVES + 1):
            with script_server(server.port) as again:
                again.pages, again.on["ping"] = dict(PAGES), answer
                wait_until(lambda: again.connections == FEW, f"all are there in life {life}", 30)
                most = answered["ping"] + FEW
                wait_until(lambda most=most: answered["ping"] >= most, "they are at work", 30)  # type: ignore[misc]
        driven.stop()
        connect, ping = told(driven, "connect"), told(driven, "ping")
    assert connect.ok >= FEW * (1 + LIVES) and connect.kinds.keys() <= {"refused", "reset", "status"}
    assert ping.ok <= answered["ping"] <= ping.ok + ping.disconnected + ping.interrupted and not ping.kinds
    assert driven.engine.context.sockets_connected == driven.engine.context.http_connections == 0
    assert connect.asks < FEW * (1 + LIVES) * 8, "they wait longer and longer between their tries"


@pytest.mark.parametrize("seed", range(3))
def test_row_50_every_ask_has_one_outcome_whatever_the_target_does_with_it(server: ScriptServer, seed: int) -> None:
    chance = Random(seed)
    fates = [chance.choice(("well", "never", "twice", "late", "unasked", "acknowledged", "refused")) for _ in range(40)]

    async def answer(wire: Wire, number: int, payload: dict[str, object]) -> None:
        this = payload["this"]
        fate = fates[this]
        if fate == "late":
            await asyncio.sleep(0.5)
        if fate == "unasked":
            await wire.event("nobody-asked", {"time": this})
            await wire.ack(9999, {"time": this})
        if fate == "refused":
            await wire.event("error", {"code": "NO", "message": "no"})
        if fate not in ("never", "acknowledged", "refused"):
            await wire.event("pong", {"type": "pong", "time": this})
        if fate != "never":
            await wire.ack(number)
        if fate == "twice":
            await wire.ack(number)

    server.on["ping"] = answer
    context = Context(Target(host=server.url))
    socket = LoraxSocket(context)
    assert socket.connect("some-sid")
    for this, fate in enumerate(fates):
        answered = socket.ask("ping", {"this": this}, reply="pong", timeout_s=0.15 if fate in ("never", "late") else 20)
        if fate in ("well", "twice", "unasked"):
            assert answered == {"type": "pong", "time": this}
        else:
            assert answered is None
    tally = next(tally for tally in context.recorder.cut() if tally.name == "ping")
    socket.close()
    count = Counter(fates)
    assert tally.asks == len(fates) == sum(getattr(tally, outcome) for outcome in Outcome)
    assert tally.ok == count["well"] + count["twice"] + count["unasked"]
    assert tally.failed == count["acknowledged"] + count["refused"]
    assert tally.timeout == count["never"] + count["late"] and tally.late <= count["late"]
    assert tally.ok_latency.total == tally.ok


def test_row_51_a_flood_of_events_that_nobody_asked_for_costs_nothing(server: ScriptServer) -> None:
    async def flood(wire: Wire, number: int, payload: dict[str, object]) -> None:
        for event in range(10_000):
            await wire.event(f"event {event} " + "x" * 200, {"request_id": str(event), "much": "y" * 200})
        await pong(wire, number, payload)

    server.on["ping"] = flood
    context = Context(Target(host=server.url))
    socket = LoraxSocket(context)
    assert socket.connect("some-sid")
    assert requests.ping(socket) is not None
    before_mb = rss_mb()
    for _ in range(3):
        assert requests.ping(socket) is not None
    assert rss_mb() - before_mb < 20
    assert {tally.name: tally.ok for tally in context.recorder.cut()} == {"connect": 1, "ping": 4}
    socket.close()


FLOOD_FILE = """
from lorax_tui.users import SocketUser, constant, task

class Flooding(SocketUser):
    wait_time = constant(0)
    asked = 0

    @task
    def ask_anything(self):
        Flooding.asked += 1
        self.ask(f"this {Flooding.asked} " + "x" * 200)
"""


class Anything(dict[str, Answer]):
    """Whatever is asked has the same answer."""

    def __init__(self, answer: Answer) -> None:
        super().__init__()
        self._answer = answer

    def __contains__(self, name: object) -> bool:
        return True

    def __missing__(self, name: str) -> Answer:
        return self._answer


@pytest.mark.e2e
def test_row_51_a_flood_of_names_leaves_the_screen_as_it_is(server: ScriptServer, launcher: Launcher) -> None:
    async def flood(wire: Wire, number: int, payload: dict[str, object]) -> None:
        for event in range(20):
            await wire.event(f"event {number} {event} " + "x" * 200, {"much": "y" * 200})
        await wire.ack(number, {"fine": True})

    def corners(lines: list[str]) -> list[tuple[int, int]]:
        return [(row, column) for row, line in enumerate(lines) for column, sign in enumerate(line) if sign in "╭╮╰╯"]

    server.on = Anything(flood)
    server.pages |= {"/health": {"ok": True}, "/projects": {"projects": {}}}
    own = launcher.home / "own.py"
    own.write_text(FLOOD_FILE)
    load = ("--users", "3", "--spawn-rate", "10", "--duration", "5m")
    with in_terminal(launcher, "run", "-f", own, *load, "--host", server.url, columns=120, rows=40) as terminal:
        before = terminal.wait_until(lambda lines: corners(lines) if "this 1 " in "".join(lines) else None, "the first")
        terminal.wait_until(
            lambda lines: any("Socket.IO other " in line for line in lines), "all the rest is other", 60
        )
        wait_until(lambda: sum(one.asks for one in tallies(launcher) if one.name == OTHER) > 1000, "it goes on", 60)
        assert len({one.name for one in tallies(launcher)}) <= MOST_OPERATIONS + 1
        told = terminal.wait_for("Socket.IO other ").split()
        assert int(told[4]) > 0
        terminal.wait_until(lambda lines: corners(lines) == before, "no panel has moved")
        terminal.send(signal.SIGTERM)
        assert terminal.exit_status() == 128 + signal.SIGTERM


def tallies(launcher: Launcher) -> list[Tally]:
    """All that the journal of the one run tells."""
    return [tally for interval in intervals(launcher) for tally in interval.tallies]
