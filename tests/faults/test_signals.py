"""However the program is ended, the run is whole, and the terminal as it was.

More repeats than a suite has time for: `LORAX_REPEATS=10 pytest tests/faults/test_signals.py -s`.
"""

from __future__ import annotations

import os
import shlex
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from lorax_tui.runs.recorded import read
from tests.backend import Backend
from tests.e2e.program import PROGRAM, Launcher
from tests.faults.terminals import Pty, connections, is_over, last_record, only_run, pty
from tests.waiting import wait_until

pytestmark = [pytest.mark.backend, pytest.mark.e2e]

SOON_S = 2.0
"""Within which the terminal has to be as before. The rows say 1 s, and it takes 0.2 to 0.4: twice that is for a machine
that others keep busy. One that goes without a signal is looked for, which takes 0.8; its row says 2 s.
"""

BUSY_PERCENT = 5.0
"""What a program may use of a core when its terminal is gone, with next to no load."""

REPEATS = pytest.mark.parametrize("repeat", range(int(os.environ.get("LORAX_REPEATS", "1"))))


def ended(
    launcher: Launcher, backend: Backend, end: Callable[[Pty], object], code: int, *options: str, **environment: str
) -> Pty:
    """Start a load, end it, and see that exit code, terminal and connections are as they have to be."""
    with pty(launcher, "run", "smoke", "--host", backend.url, *options, **environment) as terminal:
        wait_until(lambda: connections(backend.pid, terminal.pid), "there is a load", 40)
        terminal.wait_for(b"RUNNING")
        ours = connections(backend.pid, terminal.pid)
        began_s = time.monotonic()
        end(terminal)
        assert terminal.ended() == code
        terminal.assert_as_before()
        lasted_s = time.monotonic() - began_s
        print(f"{code}: {lasted_s:.2f} s")
        assert lasted_s < SOON_S
        wait_until(lambda: not connections(backend.pid) & ours, "its connections are closed")
    return terminal


def sending(*numbers: int, times: int = 1) -> Callable[[Pty], None]:
    def send(terminal: Pty) -> None:
        for number in numbers * times:
            terminal.send(number)

    return send


@REPEATS
def test_row_24_sigterm(launcher: Launcher, backend: Backend, repeat: int) -> None:
    terminal = ended(launcher, backend, sending(signal.SIGTERM), 143)
    assert last_record(launcher)["reason"] == "signal SIGTERM"
    assert f"run: {only_run(launcher)}".encode() in terminal.raw


@REPEATS
def test_row_25_sighup_where_the_terminal_is_there(launcher: Launcher, backend: Backend, repeat: int) -> None:
    ended(launcher, backend, sending(signal.SIGHUP), 129)
    assert last_record(launcher)["reason"] == "signal SIGHUP"


@REPEATS
@pytest.mark.parametrize(("number", "times"), [(signal.SIGINT, 1), (signal.SIGINT, 2), (signal.SIGTERM, 20)])
def test_row_26_one_signal_many_times(
    launcher: Launcher, backend: Backend, number: signal.Signals, times: int, repeat: int
) -> None:
    ended(launcher, backend, sending(number, times=times), 128 + number)
    assert last_record(launcher)["reason"] == f"signal {number.name}"


@REPEATS
@pytest.mark.parametrize("number", [signal.SIGQUIT, signal.SIGABRT])
def test_row_27_signals_that_mean_a_crash(
    launcher: Launcher, backend: Backend, number: signal.Signals, repeat: int
) -> None:
    ended(launcher, backend, sending(number), 128 + number)
    assert last_record(launcher)["reason"] == f"signal {number.name}"


@REPEATS
@pytest.mark.parametrize("number", [signal.SIGSEGV, signal.SIGKILL])
def test_row_28_ends_that_nobody_can_catch(
    launcher: Launcher, backend: Backend, number: signal.Signals, repeat: int
) -> None:
    terminal = ended(launcher, backend, sending(number), -number)
    terminal.wait_for(b"lorax-tui was ended at once; what was measured is kept: see `lorax-tui runs`")
    recorded = read(only_run(launcher) / "run.jsonl")
    assert recorded.notice.startswith("recovered: cut off at ")


def test_row_25_a_terminal_that_is_gone(launcher: Launcher, backend: Backend) -> None:
    with pty(launcher, "run", "smoke", "--host", backend.url) as terminal:
        terminal.wait_for(b"RUNNING")
        terminal.lose()
        assert terminal.ended() == 129
    assert last_record(launcher)["reason"] == "signal SIGHUP"


def test_row_25_a_load_that_is_to_outlive_its_terminal(launcher: Launcher, backend: Backend) -> None:
    options = ("--keep-running", "--duration", "8s")
    with pty(launcher, "run", "smoke", "--host", backend.url, *options) as terminal:
        terminal.wait_for(b"RUNNING")
        terminal.lose()
        assert terminal.ended(40) in (0, 7)
    assert last_record(launcher)["reason"] == "finished"
    assert "the terminal is gone; the load goes on" in (only_run(launcher) / "run.jsonl").read_text()


def test_row_30_a_terminal_that_goes_without_a_signal(launcher: Launcher, backend: Backend) -> None:
    """Whoever has no controlling terminal gets no SIGHUP when it goes; nothing can be written any more."""
    arguments = ("--wait", PROGRAM, "run", "smoke", "--host", backend.url)
    with pty(launcher, *arguments, program=Path("/usr/bin/setsid")) as terminal:
        terminal.wait_for(b"RUNNING")
        [program] = psutil.Process(terminal.pid).children()
        terminal.lose()
        began_s = time.monotonic()
        wait_until(lambda: is_over(program), "it has ended", SOON_S)
        print(f"ends {time.monotonic() - began_s:.2f} s after its terminal")
    assert last_record(launcher)["reason"] == "signal SIGHUP"


NOHUP = """trap '' HUP; exec "$0" "$@" """
"""Has a program ignore the hang-up, as nohup does."""


@pytest.mark.alone
@pytest.mark.parametrize("option", ["--keep-running", "--headless"])
def test_row_30_nothing_is_done_for_a_terminal_that_is_gone(launcher: Launcher, backend: Backend, option: str) -> None:
    """One user that asks once a second is nearly no load; lines are of one that nohup has started."""
    arguments = ("run", "--users", "1", "--spawn-rate", "1", "--duration", "30s", "--host", backend.url, option)
    with pty(launcher, "-c", NOHUP, PROGRAM, *arguments, program=Path("/bin/sh")) as terminal:
        terminal.wait_for(b"settled after")
        program = psutil.Process(terminal.pid)
        terminal.lose()
        wait_until(lambda: len(after_it_is_gone(launcher)) > 1, "it goes on alone")
        wait_until(lambda: program.cpu_percent(2.0) < BUSY_PERCENT, "it is busy with nothing")


def after_it_is_gone(launcher: Launcher) -> list[str]:
    """What the journal holds since then."""
    return (only_run(launcher) / "run.jsonl").read_text().partition("the load goes on")[2].splitlines()


ABORTING = """
import ctypes, os, threading, time
from lorax_tui.cli import main

def watch():
    while not os.path.exists("now"):
        time.sleep(0.05)
    ctypes.CDLL(None).abort()

threading.Thread(target=watch, daemon=True).start()
main()
"""


def test_row_27_a_crash_of_the_interpreter(launcher: Launcher, backend: Backend) -> None:
    """As a library does that aborts the process: no handler of ours ever runs."""
    aborting = launcher.home / "aborting.py"
    aborting.write_text(ABORTING)
    with pty(launcher, aborting, "run", "smoke", "--host", backend.url, program=Path(sys.executable)) as terminal:
        terminal.wait_for(b"RUNNING")
        (launcher.home / "now").touch()
        assert terminal.ended() == -signal.SIGABRT
        terminal.assert_as_before()
        terminal.wait_for(b"lorax-tui was ended at once")


def test_row_25_plain_lines_that_are_to_outlive_their_terminal(launcher: Launcher, backend: Backend) -> None:
    options = ("--headless", "--keep-running", "--duration", "6s")
    with pty(launcher, "run", "smoke", "--host", backend.url, *options) as terminal:
        terminal.wait_for(b"settled after")
        terminal.lose()
        assert terminal.ended(40) in (0, 7)
    assert last_record(launcher)["reason"] == "finished"
    assert "the terminal is gone; the load goes on" in (only_run(launcher) / "run.jsonl").read_text()


def test_row_24_stderr_in_a_file_changes_nothing(launcher: Launcher, backend: Backend) -> None:
    command = f"exec {shlex.quote(str(PROGRAM))} run smoke --host {backend.url} 2> said"
    with pty(launcher, "-c", command, program=Path("/bin/sh")) as terminal:
        terminal.wait_for(b"RUNNING")
        terminal.send(signal.SIGTERM)
        assert terminal.ended() == 143
        terminal.assert_as_before()
    assert b"\x1b" not in (launcher.home / "said").read_bytes()
