"""The installed program with workers: of this machine, and of another, which is a second address of the loopback."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import psutil
import pytest

from tests.backend import Backend, free_port
from tests.e2e.program import Ended, Launcher, assert_passed, records

pytestmark = pytest.mark.backend

LOAD = ("--users", "12", "--spawn-rate", "40", "--headless")
ELSEWHERE = "127.0.0.2"
OWN_USERS = """
from locust import task

from lorax_tui.users import LoraxHttpUser


class Browsing(LoraxHttpUser):
    @task
    def look(self):
        self.client.get("/health")
"""


def workers_of(pid: int) -> list[psutil.Process]:
    return [child for child in psutil.Process(pid).children() if "lorax_tui.engine.crew.worker" in child.cmdline()]


def assert_the_whole_is_its_workers(ended: Ended, names: list[str]) -> None:
    """What the summary tells is what the workers have told, second by second."""
    summary = ended.summary
    workers = summary["generator"]["workers"]
    assert [worker["name"] for worker in workers] == names
    asks = sum(row["asks"] for row in summary["operations"])
    assert sum(worker["asks"] for worker in workers) == asks > 0
    told = [record for record in records(ended.folder) if record.get("type") == "interval"]
    assert all(len(record["workers"]) == len(names) for record in told)
    assert all(worker["asks"] > 0 and worker["seconds_lost"] == 0 for worker in workers)


def test_workers_of_this_machine_make_the_load_of_one_run(launcher: Launcher, backend: Backend) -> None:
    arguments = ("run", "smoke", "--host", backend.url, "--workers", 2, "--duration", "6s", *LOAD)
    ended = launcher.run(*arguments, "--report", launcher.home / "reports")
    assert_passed(ended.code, ended.summary)
    assert_the_whole_is_its_workers(ended, ["w1", "w2"])
    assert ended.summary["phases"][0]["users_peak"] == 12
    assert "of 2 of this machine" in ended.out
    page = next((launcher.home / "reports").glob("*.html")).read_text()
    assert "worker w1" in page and "worker w2" in page
    for log in (launcher.home / "state" / "lorax-tui" / "workers").glob("worker-*.log"):
        assert "ERROR" not in log.read_text()


def test_a_killed_worker_is_replaced_and_its_lost_seconds_are_told(launcher: Launcher, backend: Backend) -> None:
    arguments = ("run", "smoke", "--host", backend.url, "--workers", 2, "--duration", "12s", *LOAD)
    with launcher.started(*arguments) as program:
        program.wait_for("settled after")
        victim = workers_of(program.pid)[0]
        victim.send_signal(signal.SIGKILL)
        program.wait_for("has ended")
        ended = program.end()
    assert ended.code == 7, ended.out
    first, second = sorted(ended.summary["generator"]["workers"], key=lambda worker: worker["state"])
    assert (first["state"], second["state"]) == ("here", "lost")
    assert second["pid"] == victim.pid and second["seconds_lost"] >= 1
    assert "a worker of the load was lost, and what it had not told" in ended.summary["phases"][0]["doubts"]
    told = [record for record in records(ended.folder) if record.get("type") == "interval"]
    late = told[-4]["users"].values()
    assert sum(users["actual"] for users in late) == 12
    for row in ended.summary["operations"]:
        outcomes = ("ok", "failed", "timeout", "busy", "disconnected", "interrupted", "in_flight")
        assert row["asks"] == sum(row[outcome] for outcome in outcomes)


def test_no_worker_outlives_a_program_that_is_killed(launcher: Launcher, backend: Backend) -> None:
    arguments = ("run", "smoke", "--host", backend.url, "--workers", 2, "--duration", "60s", *LOAD)
    with launcher.started(*arguments) as program:
        program.wait_for("settled after")
        workers = workers_of(program.pid)
        assert len(workers) == 2
        program.send(signal.SIGKILL)
        _, alive = psutil.wait_procs(workers, timeout=1.0)
    assert not [worker for worker in alive if worker.status() != psutil.STATUS_ZOMBIE]


def test_another_machine_lends_itself_to_one_run_after_the_other(launcher: Launcher, backend: Backend) -> None:
    port = free_port()
    bound = ("--expect-workers", 1, "--bind", f"{ELSEWHERE}:{port}")
    arguments = ("run", "smoke", "--host", backend.url, "--duration", "4s", *LOAD, *bound)
    with launcher.started("worker", "--master-host", ELSEWHERE, "--master-port", port) as lent:
        for name in (1, 1):
            ended = launcher.run(*arguments)
            assert_passed(ended.code, ended.summary)
            assert_the_whole_is_its_workers(ended, [f"{os.uname().nodename[:40]}/{name}"])
        lent.send(signal.SIGINT)
        assert lent.end(10).code == 130


def test_a_worker_whose_terminal_is_closed_takes_its_leave(launcher: Launcher, backend: Backend) -> None:
    port = free_port()
    bound = ("--expect-workers", 1, "--bind", f"127.0.0.1:{port}")
    with (
        launcher.started("worker", "--master-host", "127.0.0.1", "--master-port", port) as lent,
        launcher.started("run", "smoke", "--host", backend.url, "--duration", "60s", *LOAD, *bound) as program,
    ):
        program.wait_for("settled after")
        lent.send(signal.SIGHUP)
        assert lent.end(10).code == 129
        program.wait_for("has left")
        program.send(signal.SIGINT)
        program.end()


def test_a_worker_with_another_file_is_refused_on_both_sides(launcher: Launcher, backend: Backend) -> None:
    ours, theirs = Path("ours.py"), Path("theirs.py")
    (launcher.home / ours).write_text(OWN_USERS)
    (launcher.home / theirs).write_text(OWN_USERS + "\n# changed\n")
    port = free_port()
    bound = ("--expect-workers", 1, "--bind", f"127.0.0.1:{port}", "-f", ours)
    load = ("--users", 4, "--spawn-rate", 40, "--duration", "3s", "--headless")
    with launcher.started("run", "--host", backend.url, *load, *bound) as program:
        program.wait_for(f"waiting for workers at 127.0.0.1:{port}")
        refused = launcher.run("worker", "--master-host", "127.0.0.1", "--master-port", port, "-f", theirs)
        assert refused.code == 3
        assert "refuses this worker: its file of users (-f) is another" in refused.err
        program.wait_for("is refused: its file of users (-f) is another")
        with launcher.started("worker", "--master-host", "127.0.0.1", "--master-port", port, "-f", ours) as lent:
            ended = program.end()
            lent.send(signal.SIGTERM)
            lent.end(10)
    assert "GET /health" in {row["name"] for row in ended.summary["operations"]}
    assert len(ended.summary["generator"]["workers"]) == 1


def test_a_wait_for_workers_can_be_given_up(launcher: Launcher, backend: Backend) -> None:
    arguments = ("run", "smoke", "--host", backend.url, "--expect-workers", 3, "--bind", f"127.0.0.1:{free_port()}")
    with launcher.started(*arguments, "--headless") as program:
        program.wait_for("0 of 3 of elsewhere")
        program.send(signal.SIGINT)
        ended = program.end(10)
    assert ended.code == 130
    assert not list((launcher.home / "state").rglob("run.jsonl"))


def test_an_address_that_is_taken_is_one_line(launcher: Launcher, backend: Backend) -> None:
    port = free_port()
    arguments = ("run", "smoke", "--host", backend.url, "--expect-workers", 1, "--bind", f"127.0.0.1:{port}")
    with launcher.started(*arguments, "--headless") as program:
        program.wait_for("waiting for workers")
        second = launcher.run(*arguments, "--headless")
        program.send(signal.SIGINT)
        program.end(10)
    assert second.code == 2
    assert second.err.splitlines()[-1].startswith(f"lorax-tui: cannot listen for workers at 127.0.0.1:{port}")
