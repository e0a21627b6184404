"""Workers of another machine, which is another address of the loopback, or a network namespace behind a cable."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from lorax_tui.engine.crew.command import worker_command
from lorax_tui.engine.crew.gathering import MOST_LOST
from lorax_tui.model.crew import WorkerState
from lorax_tui.model.records import EventKind
from tests.backend import free_port
from tests.counting_server import counting_server
from tests.engine.driver import Driver, manned
from tests.engine.ledger import Ledger
from tests.waiting import wait_until

USERS = Path(__file__).with_name("counted_users.py")
ELSEWHERE = "127.0.0.2"
NAMESPACE, CABLE = f"lorax{os.getpid()}", f"lx{os.getpid()}"
HERE, THERE = "10.213.77.1", "10.213.77.2"


@contextmanager
def lent(host: str, port: int, before: Sequence[str] = ()) -> Iterator[subprocess.Popen[bytes]]:
    """A worker as somebody starts it on another machine."""
    process = subprocess.Popen([*before, *worker_command(host, port, USERS)], stderr=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.kill()
        process.wait(10)


@contextmanager
def cable() -> Iterator[Callable[[str], None]]:
    """Another machine, and a function that sets the state of the cable to it."""

    def ip(*arguments: str) -> None:
        subprocess.run(["ip", *arguments], check=True, capture_output=True, timeout=10)

    with ExitStack() as stack:
        try:
            ip("netns", "add", NAMESPACE)
            stack.callback(ip, "netns", "del", NAMESPACE)
            ip("link", "add", CABLE, "type", "veth", "peer", "name", "far", "netns", NAMESPACE)
            stack.callback(ip, "link", "del", CABLE)  # by itself it goes some time after the namespace
            ip("addr", "add", f"{HERE}/30", "dev", CABLE)
            ip("-n", NAMESPACE, "addr", "add", f"{THERE}/30", "dev", "far")
            ip("-n", NAMESPACE, "link", "set", "far", "up")
            ip("link", "set", CABLE, "up")
        except (OSError, subprocess.CalledProcessError) as error:
            pytest.skip(f"no network namespace can be made here: {error}")
        yield lambda state: ip("-n", NAMESPACE, "link", "set", "far", state)


def shares(driven: Driver) -> list[int]:
    """Users of the workers that take part, as the last interval tells."""
    parts = driven.intervals[-1].workers if driven.intervals else []
    return [part.users for part in parts if part.state is not WorkerState.LOST]


def news(driven: Driver, text: str) -> list[EventKind]:
    return [kind for kind, said in driven.news if text in said]


def owed_s(driven: Driver) -> int:
    return sum(part.seconds_owed for part in driven.intervals[-1].workers)


def lost_s(driven: Driver) -> int:
    return sum(part.seconds_lost for interval in driven.intervals for part in interval.workers)


def test_one_of_elsewhere_joins_leaves_is_killed_and_comes_again_while_the_run_goes_on(ledger: Ledger) -> None:
    port = free_port()
    with counting_server() as server, manned(server.url, USERS, 1, 0, port, ELSEWHERE) as driven:
        driven.begin()
        driven.apply(10, 100, Quick=1)
        wait_until(lambda: shares(driven) == [10], "one worker has all users")
        with lent(ELSEWHERE, port) as worker:
            wait_until(lambda: shares(driven) == [5, 5], "it has its share", 30)
            worker.terminate()
            assert worker.wait(10) == 143
            wait_until(lambda: news(driven, "has left"), "it has taken its leave", 5)
            wait_until(lambda: shares(driven) == [10], "the other has its users", 5)
            assert lost_s(driven) == 0, "who leaves tells everything before"
        with lent(ELSEWHERE, port) as worker:
            wait_until(lambda: shares(driven) == [5, 5], "another one has its share", 30)
            worker.kill()
            wait_until(lambda: driven.users() == {"Quick": 10}, "all users are back", 5)
            wait_until(lambda: shares(driven) == [10], "the other has its users", 8)
            wait_until(lambda: owed_s(driven) == MOST_LOST, "it can have had no users any more", 8)
            driven.apply(10, 100, Quick=1)
        with lent(ELSEWHERE, port):
            wait_until(lambda: shares(driven) == [5, 5], "it is started again, and has its share", 30)
            driven.stop()
        (row,) = driven.run.totals()
        assert row.in_flight == 0
        assert row.asks == row.ok + row.bad + row.interrupted
        untold = len(ledger.asked("/quick")) - row.asks
        assert lost_s(driven) == MOST_LOST, "who has no users for long loses nothing any more"
        assert [phase.seconds_lost for phase in driven.run.phases] == [MOST_LOST, 0], "and where it was missing"
        assert 0 <= untold <= 5 * 50 * 1.5 * lost_s(driven)
        told = sum(part.asks for interval in driven.intervals for part in interval.workers)
        assert told == row.asks


def test_a_cable_that_is_cut_costs_nothing_but_time(ledger: Ledger) -> None:
    port = free_port()
    with (
        cable() as set_to,
        counting_server(HERE) as server,
        manned(server.url, USERS, 1, 0, port, HERE) as driven,
        lent(HERE, port, ("ip", "netns", "exec", NAMESPACE)),
    ):
        driven.begin()
        driven.apply(10, 100, Quick=1)
        wait_until(lambda: shares(driven) == [5, 5], "both have their share", 30)
        set_to("down")
        wait_until(lambda: driven.users() == {"Quick": 10} and news(driven, "has been silent"), "it is lost", 5)
        wait_until(lambda: shares(driven) == [10], "the other has its users", 5)
        set_to("up")
        wait_until(lambda: news(driven, "is back"), "it is back", 40)
        wait_until(lambda: shares(driven) == [5, 5], "both have their share", 10)
        driven.stop()
        (row,) = driven.run.totals()
        assert row.in_flight == 0
        assert row.asks == len(ledger.asked("/quick")) == row.ok + row.bad + row.interrupted
        assert lost_s(driven) == 0


VARIED = """
import os
from itertools import count

from lorax_tui.users import LoraxUser, constant, task

_ids = count()


class Varied(LoraxUser):
    wait_time = constant(0.001)

    @task
    def ask(self):
        self.client.get("/quick", name=f"/{os.getpid()}/{next(_ids) % 150}")
"""


def test_all_workers_together_have_as_many_operations_as_one_process(tmp_path: Path) -> None:
    file = tmp_path / "varied.py"
    file.write_text(VARIED)
    with counting_server() as server, manned(server.url, file, 2) as driven:
        driven.begin()
        driven.apply(4, 100, Varied=1)
        wait_until(lambda: len(server.served.get("/quick", ())) > 1500, "all have been asked for", 30)
        driven.stop()
        rows = driven.totals()
        assert len(rows) == 201 and rows["other"].ok > 0
        assert sum(row.ok + row.interrupted for row in rows.values()) >= len(server.served["/quick"])
        assert sum(row.ok for row in rows.values()) <= len(server.served["/quick"])
        told = sum(part.asks for interval in driven.intervals for part in interval.workers)
        assert sum(row.asks for row in rows.values()) == told
