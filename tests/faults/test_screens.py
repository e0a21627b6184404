"""Terminals of odd sizes, colours and encodings, and terminals that come and go: what matters is on the screen."""

from __future__ import annotations

import random
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise

import pytest

from tests.backend import Backend
from tests.e2e.program import PROGRAM, Launcher
from tests.e2e.terminal import Terminal, in_terminal
from tests.faults.terminals import intervals
from tests.waiting import wait_until

pytestmark = [pytest.mark.backend, pytest.mark.e2e]


def goes_on(launcher: Launcher) -> None:
    """The load does."""
    told = len(intervals(launcher))
    wait_until(lambda: len(intervals(launcher)) >= told + 2, "the load goes on")


def is_whole(terminal: Terminal, columns: int, rows: int) -> None:
    """It is drawn for this size: from the first line to the last, and up to both edges."""

    def fills(lines: list[str]) -> bool:
        edges = [line for line in lines if line.startswith("╭") and line.rstrip().endswith("╮")]
        return (
            "RUNNING" in lines[0]
            and "q quit" in lines[rows - 1]
            and bool(edges)
            and all(len(line.rstrip()) == columns for line in edges)
        )

    terminal.wait_until(fills, f"it is drawn for {columns}x{rows}")


def quit_(terminal: Terminal) -> None:
    terminal.press("q")
    terminal.wait_for("A load is running")
    terminal.press("y")
    assert terminal.exit_status() in (0, 4, 7)


def test_row_33_a_storm_of_resizes(launcher: Launcher, backend: Backend) -> None:
    sizes = random.Random(33)
    with in_terminal(launcher, "run", "smoke", "--host", backend.url, columns=120, rows=40) as terminal:
        terminal.wait_for("RUNNING")
        for _ in range(200):
            terminal.resize_briefly(sizes.randint(1, 250), sizes.randint(1, 80))
        terminal.resize(100, 30)
        is_whole(terminal, 100, 30)
        goes_on(launcher)
        quit_(terminal)


def test_row_33_a_size_in_the_environment_is_that_of_no_terminal(launcher: Launcher, backend: Backend) -> None:
    """Shells export theirs, and no resize changes it."""
    arguments = ("run", "smoke", "--host", backend.url)
    with in_terminal(launcher, *arguments, columns=120, rows=40, COLUMNS="70", LINES="20") as terminal:
        is_whole(terminal, 120, 40)
        for columns, rows in ((90, 30), (140, 50)):
            terminal.resize(columns, rows)
            is_whole(terminal, columns, rows)
        goes_on(launcher)
        quit_(terminal)


def test_row_34_too_small_and_huge(launcher: Launcher, backend: Backend) -> None:
    with in_terminal(launcher, "run", "smoke", "--host", backend.url, columns=40, rows=10) as terminal:
        terminal.resize_briefly(1, 1)
        wait_until(lambda: terminal.raw, "it has taken the terminal", 40)
        terminal.resize(40, 10)
        terminal.wait_until(lambda lines: "RUNNING" in "".join(lines) and "users" in "".join(lines), "what matters")
        terminal.resize(500, 200)
        is_whole(terminal, 500, 200)
        terminal.resize_briefly(5, 2)
        goes_on(launcher)
        terminal.resize(80, 24)
        is_whole(terminal, 80, 24)
        quit_(terminal)


def test_row_36_an_encoding_that_is_not_utf_8(launcher: Launcher, backend: Backend) -> None:
    """The screen is refused; plain lines have a sign for what the encoding has not."""
    arguments = ("run", "smoke", "--host", backend.url, "--duration", "3s")
    with in_terminal(launcher, *arguments, columns=120, rows=40, PYTHONIOENCODING="latin-1") as terminal:
        assert terminal.exit_status() == 2
        terminal.wait_for("nothing can be drawn in iso8859-1: set LC_ALL=C.UTF-8 where the terminal knows UTF-8")
    with in_terminal(launcher, *arguments, "--headless", columns=160, rows=40, PYTHONIOENCODING="latin-1") as terminal:
        terminal.wait_for("run: ", 40)
        assert terminal.exit_status() in (0, 7)
        assert "–".encode() not in terminal.raw, "a sign that the encoding has not"
        assert b"Traceback" not in terminal.raw


OWN_FILE = """
import importlib
import signal
from pathlib import Path

import locust.stats

def late(*_):
    importlib.reload(locust.stats)
    assert signal.getsignal(signal.SIGWINCH) is locust.stats.resize_handler
    Path("late").touch()

late()
Path("late").unlink()
signal.signal(signal.SIGALRM, late)

from lorax_tui.users import LoraxHttpUser, task

class Own(LoraxHttpUser):
    @task
    def nothing(self):
        pass
"""


def test_row_40_locust_imported_late(launcher: Launcher, backend: Backend) -> None:
    """Its statistics take the signal of a resize for themselves whenever they are imported, here while it is drawn."""
    own = launcher.home / "own.py"
    own.write_text(OWN_FILE)
    with in_terminal(launcher, "run", "smoke", "--host", backend.url, "-f", own, columns=120, rows=40) as terminal:
        is_whole(terminal, 120, 40)
        terminal.send(signal.SIGALRM)
        wait_until((launcher.home / "late").exists, "it is imported anew")
        for columns, rows in ((90, 30), (140, 50)):
            terminal.resize(columns, rows)
            is_whole(terminal, columns, rows)
        quit_(terminal)


@contextmanager
def tmux(launcher: Launcher, *command: str) -> Iterator[list[str]]:
    """A tmux server of our own, in which this command runs; how to talk to it."""
    talk = ["tmux", "-S", str(launcher.home / "tmux"), "-f", "/dev/null"]
    environment = launcher.environment
    subprocess.run([*talk, "new-session", "-d", "-x", "120", "-y", "40", *command], env=environment, check=True)
    try:
        yield talk
    finally:
        subprocess.run([*talk, "kill-server"], env=environment, check=False, capture_output=True)


@pytest.mark.skipif(shutil.which("tmux") is None, reason="there is no tmux here")
def test_row_38_tmux_detached_and_attached(launcher: Launcher, backend: Backend) -> None:
    with tmux(launcher, str(PROGRAM), "run", "smoke", "--host", backend.url) as talk:
        for waited_s in (40.0, 1.0):  # the first time the program has to start; again it takes 0.1 s
            began_s = time.monotonic()
            with in_terminal(launcher, *talk[1:], "attach", columns=120, rows=41, program=talk[0]) as terminal:
                terminal.wait_for("RUNNING", 40)
                terminal.wait_for("q quit")
                lasted_s = time.monotonic() - began_s
                print(f"drawn within {lasted_s:.2f} s")
                assert lasted_s < waited_s
                subprocess.run([*talk, "detach-client"], env=launcher.environment, check=True)
                assert terminal.exit_status() == 0
            goes_on(launcher)
    found = intervals(launcher)
    assert max(after.began_s - before.began_s - before.lasted_s for before, after in pairwise(found)) < 0.1
