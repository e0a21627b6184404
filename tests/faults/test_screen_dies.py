"""A screen that no longer lives: nobody could stop its load any more, so it stops, and the run is whole."""

from __future__ import annotations

import signal

import pytest

from tests.backend import Backend
from tests.e2e.program import Launcher, records
from tests.faults.terminals import connections, last_record, only_run, pty
from tests.waiting import wait_until

pytestmark = [pytest.mark.backend, pytest.mark.e2e]

OWN_FILE = """
import signal, time
from lorax_tui.users import LoraxHttpUser, task

class Own(LoraxHttpUser):
    @task
    def nothing(self):
        pass

def block(*_):
    time.sleep(60)

def end(*_):
    raise RuntimeError("this thread has enough")

signal.signal(signal.SIGUSR1, block)
signal.signal(signal.SIGUSR2, end)
"""
"""A user's file whose signals reach the thread that draws, as signals do: one blocks its loop, one ends it."""


@pytest.mark.parametrize(
    ("number", "code", "reason"),
    [
        (signal.SIGUSR1, 6, "the screen was silent for 5 s: nobody could have stopped the load"),
        (signal.SIGUSR2, 1, "crash"),
    ],
    ids=["blocks", "ends"],
)
def test_the_load_stops(launcher: Launcher, backend: Backend, number: signal.Signals, code: int, reason: str) -> None:
    own = launcher.home / "own.py"
    own.write_text(OWN_FILE)
    with pty(launcher, "run", "smoke", "--host", backend.url, "-f", own) as terminal:
        terminal.wait_for(b"RUNNING")
        wait_until(lambda: connections(backend.pid, terminal.pid), "there is a load", 40)
        ours = connections(backend.pid, terminal.pid)
        terminal.send(number)
        wait_until(lambda: not connections(backend.pid) & ours, "the load has stopped", 20)
        wait_until(lambda: records(only_run(launcher))[-1]["type"] == "end", "the run is whole", 20)
        assert terminal.ended() == code
        terminal.assert_as_before()
    assert last_record(launcher)["reason"] == reason
