"""The program without a screen, from its first line to what it leaves on disk."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from tests.backend import Backend
from tests.e2e.program import Ended, Launcher, Program, assert_passed, operations, read_summary, records
from tests.waiting import wait_until

pytestmark = pytest.mark.backend

DEMO_OPERATIONS = (
    "HTTP GET /health",
    "HTTP GET /memory_status",
    "HTTP GET /projects",
    "HTTP POST /init-session",
    "Socket.IO connect",
    "Socket.IO load_file",
    "Socket.IO ping",
)

HANGING = """
from lorax_tui.users import SocketUser, constant, task

class HangingUser(SocketUser):
    wait_time = constant(0)

    @task
    def hang(self):
        self.ask("nobody_answers_this", timeout_s=60)
"""


LOADING_SLOWLY = """
import sys, time

class Slow:
    def find_spec(self, name, path=None, target=None):
        if name == "lorax_tui.cli.program":
            print("loading", file=sys.stderr, flush=True)
            time.sleep(60)

sys.meta_path.insert(0, Slow())
from lorax_tui.cli import main
main()
"""


def test_demo_measures_a_real_backend_and_leaves_a_whole_run(launcher: Launcher) -> None:
    ended = launcher.run("demo", "--headless", "--duration", "15s")
    summary = ended.summary
    assert_passed(ended.code, summary)
    assert f"verdict: {summary['verdict']}" in ended.out
    asked = operations(summary["phases"][0])
    assert sorted(asked) == sorted(DEMO_OPERATIONS)
    for name, row in asked.items():
        assert row["asks"] > 0 and row["failed"] == row["timeout"] == row["busy"] == row["disconnected"] == 0, name
    [pid] = summary["target"]["pids"]
    assert summary["target"]["samples"] >= 8
    assert f"(pid {pid})" in ended.out
    assert not psutil.pid_exists(int(pid))
    assert ended.folder.parent == launcher.home / "state/lorax-tui/runs"
    assert ended.folder.stat().st_mode & 0o777 == 0o700
    assert (ended.folder / "run.jsonl").stat().st_mode & 0o777 == 0o600
    assert records(ended.folder)[-1] | {"at_s": 0} == {"type": "end", "at_s": 0, "reason": "finished"}


def test_scenarios_in_a_row_switch_without_stopping_and_the_backend_counts_the_same(
    launcher: Launcher, counting_backend: Backend
) -> None:
    host = ("--host", counting_backend.url)
    _, check_cost = _cost(counting_backend, lambda: launcher.run("check", *host))
    arguments = ("run", "smoke", "light", "smoke", "--duration", "5s", "--headless", "--json", *host)
    ended, run_cost = _cost(counting_backend, lambda: launcher.run(*arguments))
    summary = json.loads(ended.out)
    folder = Path(ended.err.splitlines()[-1].removeprefix("run: "))
    assert summary == read_summary(folder)
    assert_passed(ended.code, summary)
    assert [phase["scenario"] for phase in summary["phases"]] == ["smoke", "light", "smoke"]
    assert [phase["users_wanted"] for phase in summary["phases"]] == [5, 10, 5]
    _assert_totals_are_sums(summary)
    _assert_never_stopped(folder)
    asked = operations(summary)
    # A run looks at its target before the load, exactly as `check` does.
    served = run_cost - check_cost
    assert served.keys() == asked.keys()
    for name, row in asked.items():
        assert row["in_flight"] == 0
        assert row["asks"] - row["interrupted"] <= served[name] <= row["asks"], name
        if not row["interrupted"]:
            assert served[name] == row["asks"], name
    # Three users of `smoke` have a socket, two more in `light`, none more after it: no survivor connected again.
    assert asked["Socket.IO connect"]["asks"] == 5


def _cost(backend: Backend, work: Callable[[], Ended]) -> tuple[Ended, Counter[str]]:
    """What the program did, and how often its load side asked for each operation meanwhile."""
    before = _tally(backend)
    ended = work()
    return ended, _tally(backend) - before


def _tally(backend: Backend) -> Counter[str]:
    """What was asked, but for what the program's httpx asked: that is preflight and memory probe."""
    by_client = httpx.get(f"{backend.url}/_tally", trust_env=False).json()
    return sum((Counter(asked) for client, asked in by_client.items() if client != "python-httpx"), Counter())


def _assert_totals_are_sums(summary: dict[str, Any]) -> None:
    phases = [operations(phase) for phase in summary["phases"]]
    outcomes = ("ok", "failed", "timeout", "busy", "disconnected", "interrupted", "in_flight")
    for name, total in operations(summary).items():
        for count in ("asks", "late", *outcomes):
            assert total[count] == sum(phase[name][count] for phase in phases if name in phase), (name, count)
        assert total["asks"] == sum(total[outcome] for outcome in outcomes)


def _assert_never_stopped(folder: Path) -> None:
    """From the first settling to the stop there were never fewer users than the smaller scenario has."""
    kept = records(folder)
    stop = next(place for place, record in enumerate(kept) if record.get("kind") == "stop")
    totals = [
        sum(users.get("actual", 0) for users in record["users"].values())
        for record in kept[:stop]
        if record["type"] == "interval"
    ]
    settled = totals[totals.index(5) :]
    assert min(settled) == 5 and max(settled) == 10
    assert [record["type"] for record in kept].count("header") == 1


def test_an_interrupt_while_the_program_loads_is_silent(launcher: Launcher) -> None:
    command = [sys.executable, "-c", LOADING_SLOWLY, "scenarios"]
    piped = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, text=True, cwd=launcher.home, env=launcher.environment, **piped) as process:
        program = Program(process)
        program.wait_for("loading\n")
        program.send(signal.SIGINT)
        ended = program.end()
    assert (ended.code, ended.out, ended.err) == (-signal.SIGINT, "", "loading\n")


def test_a_terminal_that_lacks_a_sign_ends_no_run(
    launcher: Launcher, backend: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONIOENCODING", "ascii")
    ended = launcher.run("run", "smoke", "light", "--headless", "--duration", "1s", "--host", backend.url)
    assert [phase["scenario"] for phase in ended.summary["phases"]] == ["smoke", "light"]
    assert "smoke ? light" in ended.out


def test_a_first_interrupt_ends_gracefully(launcher: Launcher, backend: Backend) -> None:
    arguments = ("run", "smoke", "--headless", "--duration", "60s", "--host", backend.url)
    with launcher.started(*arguments) as program:
        program.wait_for("settled after")
        program.send(signal.SIGINT)
        ended = program.end(10)
    assert ended.code == 130
    assert "verdict: " in ended.out
    assert records(ended.folder)[-1]["reason"] == "signal SIGINT"
    assert ended.summary["ended"] == "signal SIGINT"


def test_an_interrupt_before_the_load_begins_leaves_no_run(launcher: Launcher) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        host = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with launcher.started("run", "smoke", "--headless", "--host", host) as program:
            program.wait_for("looking at")
            program.send(signal.SIGINT)
            ended = program.end(4)
    assert (ended.code, ended.err) == (130, "")
    assert ended.out.splitlines() == [f"looking at {host}", "stopped before the load began"]
    assert not (launcher.home / "state/lorax-tui/runs").exists()


def test_a_second_interrupt_ends_at_once_and_takes_the_demo_backend_along(launcher: Launcher) -> None:
    own = launcher.home / "hanging.py"
    own.write_text(HANGING)
    scenario = '[scenarios.hang]\nusers = 2\nspawn_rate = 10\nduration = "60s"\nmix = { HangingUser = 1 }\n'
    (launcher.home / "scenarios.toml").write_text(scenario)
    with launcher.started("demo", "hang", "--headless", "-f", own) as program:
        program.wait_for("(pid ", 60)
        [folder] = (launcher.home / "state/lorax-tui/runs").iterdir()
        pid = next(record["pid"] for record in records(folder) if record.get("pid"))
        program.send(signal.SIGINT)
        program.wait_for("signal SIGINT")
        program.send(signal.SIGINT)
        ended = program.end(1.5)
    assert ended.code == 130
    assert "verdict: " not in ended.out
    wait_until(lambda: not psutil.pid_exists(pid), "the backend is gone")


def test_a_class_of_ones_own_runs_in_the_plain_mix(launcher: Launcher, backend: Backend) -> None:
    own = launcher.home / "visitor.py"
    own.write_text(
        "from lorax_tui.users import HttpUser, constant, events, task\n"
        "class Visitor(HttpUser):\n"
        "    wait_time = constant(0.1)\n"
        "    @task\n"
        "    def docs(self):\n"
        "        with self.client.get('/docs', name='the docs', catch_response=True) as response:\n"
        "            if 'swagger' not in response.text: response.failure('no docs')\n"
    )
    load = ("--users", 2, "--spawn-rate", 10, "--duration", "3s")
    kept = launcher.home / "kept here"
    ended = launcher.run("run", "-f", own, *load, "--headless", "--host", backend.url, "--runs-dir", kept)
    assert_passed(ended.code, ended.summary)
    assert ended.folder.parent == kept
    summary = ended.summary
    assert summary["phases"][0]["mix"] == {"Visitor": 1}
    assert sorted(operations(summary)) == ["HTTP GET the docs", "HTTP POST /init-session"]
    assert operations(summary)["HTTP GET the docs"]["ok"] > 10


def test_tasks_that_raise_are_no_pass(launcher: Launcher, backend: Backend) -> None:
    own = launcher.home / "clumsy.py"
    own.write_text(
        "from lorax_tui.users import HttpUser, constant, task\n"
        "class Clumsy(HttpUser):\n"
        "    wait_time = constant(0.1)\n"
        "    @task\n"
        "    def look(self):\n"
        "        self.client.get('/health')\n"
        "        {}['trees']\n"
    )
    load = ("--users", 2, "--spawn-rate", 10, "--duration", "3s")
    reports = launcher.home / "reports"
    ended = launcher.run("run", "-f", own, *load, "--headless", "--host", backend.url, "--report", reports)
    assert (ended.code, ended.summary["verdict"]) == (7, "inconclusive")
    (phase,) = ended.summary["phases"]
    (error,) = ended.summary["errors"]
    assert (error["operation"], error["kind"], error["message"]) == (
        "task Clumsy.look",
        "exception",
        "KeyError: 'trees'",
    )
    assert error["count"] == phase["task_exceptions"] > 10 and "tasks raised exceptions" in phase["doubts"]
    assert operations(phase)["HTTP GET /health"]["failed"] == 0
    assert "tasks raised exceptions" in ended.out and "task Clumsy.look" in ended.out
    assert (reports / "report_failures.csv").read_text().count("\n") == 1
    assert not [record for record in records(ended.folder) if record.get("kind") == "log"]


def test_a_task_that_never_gives_way_cannot_hold_the_program(launcher: Launcher, backend: Backend) -> None:
    own = launcher.home / "spinning.py"
    own.write_text(
        "from lorax_tui.users import HttpUser, constant, task\n"
        "class Spinner(HttpUser):\n"
        "    wait_time = constant(0.1)\n"
        "    @task\n"
        "    def spin(self):\n"
        "        self.client.get('/health')\n"
        "        while True: pass\n"
    )
    load = ("--users", 1, "--spawn-rate", 10, "--duration", "4s")
    ended = launcher.run("run", "-f", own, *load, "--headless", "--host", backend.url, deadline_s=40)
    assert (ended.code, ended.summary["verdict"], ended.summary["ended"]) == (7, "inconclusive", "finished")
    assert "the users could not be stopped: a task never gives way" in ended.out
    assert "the generator was at its limit: it did not tell of itself" in ended.out
    assert records(ended.folder)[-1]["reason"] == "finished"


def test_check_says_what_can_be_measured(launcher: Launcher, backend: Backend) -> None:
    ended = launcher.run("check", "--host", backend.url)
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.splitlines()[-1] == f"{backend.url} is usable"
    assert f"pid {backend.pid}" in ended.out
    assert not (launcher.home / "state/lorax-tui/runs").exists()
