"""A crew whose workers are killed, come late, go away and return, against a server that keeps its own count."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from lorax_tui.engine.classes import own_classes
from lorax_tui.engine.crew.command import worker_command
from lorax_tui.engine.crew.gathering import Gathering
from lorax_tui.engine.crew.seat import Seat
from lorax_tui.model.crew import CrewPlan, WorkerPart, WorkerState
from lorax_tui.model.records import EventKind, Interval
from lorax_tui.model.schedule import Schedule
from tests.backend import free_port
from tests.counting_server import CountingServer, counting_server
from tests.engine.driver import Driver, manned
from tests.engine.ledger import ASKED, ENDED, Ledger
from tests.waiting import wait_until

USERS = Path(__file__).with_name("counted_users.py")
MIX = {"Quick": 30, "Other": 10}


@pytest.fixture(scope="module")
def server() -> Iterator[CountingServer]:
    with counting_server() as running:
        yield running


@pytest.fixture
def driven(server: CountingServer, ledger: Ledger) -> Iterator[Driver]:
    server.served.clear()
    with manned(server.url, USERS, 2) as driven:
        driven.begin()
        yield driven


@contextmanager
def further_worker(driven: Driver, file: Path = USERS) -> Iterator[subprocess.Popen[bytes]]:
    """A worker that was not started by the engine."""
    command = worker_command("127.0.0.1", driven.engine._port, file, os.getpid())
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


@contextmanager
def staying_worker(port: int) -> Iterator[None]:
    """A worker as somebody starts it on another machine: it waits for whoever listens there."""
    process = subprocess.Popen(worker_command("127.0.0.1", port, USERS), stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.terminate()
        process.wait(10)


def workers(driven: Driver) -> dict[str, WorkerPart]:
    """Those of the last interval."""
    return {part.worker: part for part in driven.intervals[-1].workers} if driven.intervals else {}


def news(driven: Driver, kind: EventKind, text: str) -> bool:
    return any(told is kind and text in said for told, said in driven.news)


def totals_until(driven: Driver, condition: Callable[[], object], what: str) -> set[int]:
    """The totals that were seen until the condition held."""
    totals: set[int] = set()

    def holds() -> object:
        totals.add(sum(driven.users().values()))
        return condition()

    wait_until(holds, what)
    return totals


def after(times_s: list[float], at_s: float, error_s: float) -> range:
    """How many are later than `at_s`: one number, but for those that are so close that the clocks do not tell."""
    least, most = (sum(time_s > at_s + by_s for time_s in times_s) for by_s in (error_s, -error_s))
    return range(least, most + 1)


@pytest.fixture
def told_until_s(monkeypatch: pytest.MonkeyPatch) -> dict[str, float]:
    """Up to which second of the run each worker has told of itself, by its own word."""
    found: dict[str, float] = {}
    take = Gathering.take

    def watched(gathering: Gathering, seat: Seat, part: Interval) -> None:
        found[seat.name] = part.began_s + part.lasted_s
        take(gathering, seat, part)

    monkeypatch.setattr(Gathering, "take", watched)
    return found


def test_a_killed_worker_is_replaced_within_five_seconds_and_what_it_told_is_kept(
    told_until_s: dict[str, float], server: CountingServer, driven: Driver, ledger: Ledger
) -> None:
    driven.apply(40, 100, Quick=3, Other=1)
    driven.settled()
    assert driven.users() == MIX
    wait_until(lambda: len(driven.intervals) >= 3, "three intervals")
    dead, alive = workers(driven)["w1"], workers(driven)["w2"]
    assert dead.pid is not None and alive.pid is not None
    driven.apply(40, 2, Quick=3, Other=1)  # so slow that the spawn rate alone would take ten seconds
    os.kill(dead.pid, signal.SIGKILL)
    killed_s = time.monotonic()
    wait_until(lambda: news(driven, EventKind.WARNING, "worker w1 has ended"), "the loss is told", 5)
    wait_until(lambda: driven.users() == MIX, "all users are back", 5 - (time.monotonic() - killed_s))
    wait_until(lambda: workers(driven)["w1"].state is WorkerState.LOST, "the interval tells of it", 3)
    assert driven.users() == MIX, "and the mix is kept"
    driven.stop()

    parts = [part for interval in driven.intervals for part in interval.workers]
    told = {name: sum(part.asks for part in parts if part.worker == name) for name in ("w1", "w2")}
    asked = Counter(int(request_id.split("-")[0]) for request_id in ledger.asked("/quick"))
    assert told["w2"] == asked[alive.pid], "nothing of the other is missing"
    seconds_lost = sum(part.seconds_lost for part in parts)
    assert seconds_lost == sum(part.seconds_lost for part in parts if part.worker == "w1") in (1, 2)
    assert 0 < killed_s - driven.began_s - told_until_s["w1"] <= seconds_lost, "they are those after its last word"
    (row,) = driven.run.totals()
    assert row.asks == told["w1"] + told["w2"] == row.ok + row.bad + row.interrupted
    assert row.in_flight == row.bad == 0

    last_word_s, error_s = driven.began_s + told_until_s["w1"], (dead.clock_error_ms or 0) / 1e3
    untold = after(ledger.times_s(ASKED, "/quick", dead.pid), last_word_s, error_s)
    assert asked[dead.pid] - told["w1"] in untold, "what is missing is what it asked after its last word, and only that"
    assert len(ledger.ended("/quick")) - row.ok in after(
        ledger.times_s(ENDED, "/quick", dead.pid), last_word_s, error_s
    )
    missing = {f"{dead.pid}-{number}" for number in range(told["w1"], asked[dead.pid])}
    seen = len(set(server.served["/quick"]) - missing)
    assert row.ok <= seen <= row.asks, "and the server saw the rest"


def test_a_worker_that_leaves_is_replaced_as_soon_and_nobody_is_missing(driven: Driver, ledger: Ledger) -> None:
    driven.apply(20, 100, Quick=1)
    driven.settled()
    driven.apply(20, 1, Quick=1)
    driven.settled()
    os.kill(workers(driven)["w1"].pid or 0, signal.SIGTERM)
    wait_until(lambda: news(driven, EventKind.WARNING, "worker w1 has left"), "it says so", 3)
    wait_until(lambda: driven.users() == {"Quick": 20}, "its users are with the other", 5)
    seen = len(driven.intervals)
    wait_until(lambda: len(driven.intervals) >= seen + 2, "two more seconds")
    driven.stop()
    assert [(phase.users_missing, phase.seconds_lost) for phase in driven.view().phases] == [(0, 0), (0, 0)]
    (row,) = driven.run.totals()
    assert row.asks == len(ledger.asked("/quick")) == row.ok + row.bad + row.interrupted


def test_a_third_and_a_fourth_worker_get_their_share_and_the_total_stays(driven: Driver) -> None:
    driven.apply(40, 100, Quick=3, Other=1)
    driven.settled()
    with further_worker(driven), further_worker(driven):
        totals = totals_until(
            driven,
            lambda: sorted(part.users for part in workers(driven).values()) == [10, 10, 10, 10],
            "four workers share the users",
        )
        assert totals == {40}
        assert driven.users() == MIX
        assert sum(part.wanted for part in workers(driven).values()) == 40
        driven.apply(40, 40, Quick=1, Other=3)
        totals = totals_until(driven, lambda: driven.users() == {"Quick": 10, "Other": 30}, "the mix has turned")
        assert totals == {40}
        driven.stop()
    assert news(driven, EventKind.NOTE, "has joined: 4 workers share the users")
    assert all(sum(users.actual for users in interval.users.values()) in range(41) for interval in driven.intervals)
    assert not [interval for interval in driven.intervals[2:-1] if sum(u.actual for u in interval.users.values()) != 40]


def test_a_schedule_is_kept_by_all_workers_together_whoever_joins(driven: Driver, ledger: Ledger) -> None:
    start = driven.apply(12, 100, requests_per_second=150, Quick=1)
    driven.settled()
    with further_worker(driven):
        wait_until(lambda: [part.users for part in workers(driven).values()] == [4, 4, 4], "three share the users")
        seen = len(driven.intervals)
        wait_until(lambda: len(driven.intervals) >= seen + 2, "two seconds of three")
        before_s = driven.now_s()
        driven.stop()
        after_s = driven.now_s()
    assert start.pacing is not None
    schedule, due = Schedule(start.pacing), list[float]()
    while schedule.next_s < after_s:
        due.append(schedule.advance())
    arrivals = [arrivals for interval in driven.intervals for arrivals in interval.arrivals]
    offered = sum(part.offered for part in arrivals)
    assert sum(at_s < before_s for at_s in due) <= offered <= len(due)
    started = sum(part.started for part in arrivals)
    (row,) = driven.run.totals()
    assert (started, len(ledger.ended("/quick"))) == (row.asks, row.ok)
    assert offered == started + sum(part.never_started for part in arrivals)


def test_a_worker_that_hangs_is_lost_and_welcome_again_and_nothing_that_it_counted_is_dropped(
    driven: Driver, ledger: Ledger
) -> None:
    driven.apply(20, 100, Quick=1)
    driven.settled()
    hung = psutil.Process(workers(driven)["w2"].pid)
    hung.suspend()
    wait_until(lambda: news(driven, EventKind.WARNING, "worker w2 has been silent"), "it is lost", 8)
    wait_until(lambda: driven.users() == {"Quick": 20}, "the other has its users", 5)
    wait_until(lambda: workers(driven)["w1"].users == 20, "and tells so", 3)
    assert workers(driven)["w2"].state is WorkerState.LOST
    hung.resume()
    wait_until(lambda: news(driven, EventKind.NOTE, "worker w2 is back"), "it is back", 8)
    wait_until(
        lambda: [workers(driven)[name].users for name in ("w1", "w2")] == [10, 10], "both share the users again", 10
    )
    driven.stop()
    (row,) = driven.run.totals()
    assert row.asks == len(ledger.asked("/quick")) == row.ok + row.bad + row.interrupted
    ended = len(ledger.ended("/quick"))
    assert row.ok <= ended <= row.ok + row.interrupted, "answers that were awaited in the standstill say nothing"
    assert sum(part.seconds_lost for interval in driven.intervals for part in interval.workers) == 0
    assert sum(part.seconds_late for interval in driven.intervals for part in interval.workers) >= 3
    stopped = [(part.worker, part.stood_still_s) for i in driven.intervals for part in i.workers if part.stood_still_s]
    assert len(stopped) == 1 and stopped[0][0] == "w2" and stopped[0][1] > 3, "its standstill is told once"


def test_a_run_without_any_worker_waits_for_one(driven: Driver) -> None:
    driven.apply(10, 100, Quick=1)
    driven.settled()
    for part in workers(driven).values():
        os.kill(part.pid or 0, signal.SIGKILL)
    wait_until(lambda: news(driven, EventKind.WARNING, "no worker is left"), "both are lost", 5)
    seen = len(driven.intervals)
    wait_until(lambda: len(driven.intervals) >= seen + 2, "the run goes on")
    assert driven.users() == {}
    with further_worker(driven):
        wait_until(lambda: driven.users() == {"Quick": 10}, "a newcomer has all users")
        driven.stop()


def test_a_worker_with_another_file_is_refused_on_both_sides(driven: Driver, tmp_path: Path) -> None:
    other = tmp_path / "counted_users.py"
    other.write_text(USERS.read_text() + "\n# changed\n")
    with further_worker(driven, other) as process:
        output, _ = process.communicate(timeout=30)
        assert process.returncode == 3
        assert "the engine refuses this worker: its file of users (-f) is another" in output.decode()
    assert news(driven, EventKind.WARNING, "is refused: its file of users (-f) is another")
    assert driven.users() == {}


def test_a_worker_of_another_version_is_refused_on_both_sides(driven: Driver) -> None:
    older = "import runpy, lorax_tui; lorax_tui.__version__ = '0.0.1'; runpy.run_module({!r}, run_name='__main__')"
    program, _, module, *arguments = worker_command("127.0.0.1", driven.engine._port, USERS)
    command = [program, "-c", older.format(module), *arguments]
    ended = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=30)
    assert ended.returncode == 3
    assert b"the engine refuses this worker: it has lorax-tui 0.0.1, the run has" in ended.stdout
    assert news(driven, EventKind.WARNING, "is refused: it has lorax-tui 0.0.1, the run has")
    assert driven.users() == {}


def test_a_slow_ramp_starves_nobodys_signs_of_life(driven: Driver) -> None:
    driven.apply(20, 2, Quick=1)
    began_s = time.monotonic()
    wait_until(lambda: time.monotonic() - began_s > 5, "longer than a worker may be silent")
    assert not [text for kind, text in driven.news if kind is EventKind.WARNING]
    assert {part.state for part in workers(driven).values()} == {WorkerState.HERE}
    assert 8 <= sum(driven.users().values()) <= 14


def lives(process: psutil.Process) -> bool:
    """Whether it runs; where nobody takes note of its end, it has a name still."""
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


MASTER = """
import sys, time
from pathlib import Path
from tests.engine.driver import manned
workers, expected, port = map(int, sys.argv[3:])
with manned(sys.argv[1], Path(sys.argv[2]), workers, expected, port) as driven:
    driven.begin()
    driven.apply(10, 100, Quick=1)
    print("running", flush=True)
    time.sleep(60)
"""


@contextmanager
def master(server: CountingServer, *plan: int) -> Iterator[subprocess.Popen[bytes]]:
    """A program that runs a load with workers; it is killed without a word."""
    command = [sys.executable, "-c", MASTER, server.url, str(USERS), *map(str, plan)]
    program = subprocess.Popen(command, stdout=subprocess.PIPE)
    assert program.stdout is not None
    try:
        assert program.stdout.readline() == b"running\n"
        yield program
    finally:
        program.kill()
        program.communicate()


def test_a_worker_of_elsewhere_stays_for_the_next_program_and_takes_nothing_along(
    server: CountingServer, ledger: Ledger
) -> None:
    port = free_port()
    with staying_worker(port):
        with master(server, 0, 1, port):
            wait_until(lambda: len(ledger.ended("/quick")) > 10, "the first program's load")
        with manned(server.url, USERS, 0, 1, port) as driven:
            driven.begin()
            driven.apply(0, 100, Quick=1)  # once it is acknowledged, nobody of the first program's users is left
            ledger.clear()
            driven.apply(5, 100, Quick=1)
            driven.settled()
            driven.stop()
            (row,) = driven.run.totals()
            assert row.asks == len(ledger.asked("/quick")) == row.ok + row.interrupted
            (worker,) = driven.intervals[-1].workers
            assert worker.worker.endswith("/1") and worker.clock_error_ms is not None


def test_a_program_that_was_suspended_has_its_users_again(server: CountingServer, ledger: Ledger) -> None:
    with master(server, 1, 0, 0) as program:
        wait_until(lambda: len(ledger.ended("/quick")) > 10, "the load")
        os.kill(program.pid, signal.SIGSTOP)
        wait_until(lambda: server.open_connections() == 0, "the worker has stopped its users", 10)
        stopped = len(ledger.asked("/quick"))
        os.kill(program.pid, signal.SIGCONT)
        wait_until(lambda: server.open_connections() == 10, "they are back", 10)
        wait_until(lambda: len(ledger.ended("/quick")) > stopped + 10, "and ask")


def test_workers_end_with_the_program_however_it_ends(server: CountingServer, ledger: Ledger) -> None:
    with master(server, 2, 0, 0) as program:
        children = psutil.Process(program.pid).children(recursive=True)
        assert len(children) == 2
    wait_until(lambda: not any(map(lives, children)), "no worker lives", 1)
    wait_until(lambda: server.open_connections() == 0, "no connection is open", 2)


def test_workers_have_nothing_to_complain_of(server: CountingServer, ledger: Ledger, tmp_path: Path) -> None:
    plan = CrewPlan(1, file=USERS, logs=tmp_path)
    driven = Driver(server.url, list(own_classes(USERS).values()), plan)
    driven.open()
    try:
        driven.begin()
        driven.apply(6, 100, Quick=1)
        wait_until(lambda: len(driven.intervals) >= 2, "two intervals")
        driven.stop()
    finally:
        driven.engine.close()
    log = (tmp_path / "worker-1.log").read_text()
    assert "welcome as w1" in log
    assert not [line for line in log.splitlines() if " INFO " not in line]
