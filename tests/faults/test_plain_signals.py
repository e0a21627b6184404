"""Ends of a program that has no screen, or none yet: its run is whole all the same."""

from __future__ import annotations

import signal
import sys
from pathlib import Path

import psutil
import pytest

from tests.backend import Backend
from tests.e2e.program import PROGRAM, Launcher
from tests.faults.terminals import is_over, last_record, pty
from tests.waiting import wait_until

pytestmark = [pytest.mark.backend, pytest.mark.e2e]


def test_row_25_a_shell_says_once_more_that_the_terminal_is_gone(launcher: Launcher, backend: Backend) -> None:
    with launcher.started("run", "smoke", "--host", backend.url, "--headless") as program:
        program.wait_for("settled after")
        for _ in range(3):
            program.send(signal.SIGHUP)
        assert program.end(20).code == 129
    assert last_record(launcher)["reason"] == "signal SIGHUP"


def test_row_30_plain_lines_whose_terminal_goes_without_a_signal(launcher: Launcher, backend: Backend) -> None:
    """Whoever has no controlling terminal gets no SIGHUP when it goes: the next line tells."""
    arguments = ("--wait", PROGRAM, "run", "smoke", "--host", backend.url, "--headless")
    with pty(launcher, *arguments, program=Path("/usr/bin/setsid")) as terminal:
        terminal.wait_for(b"settled after")
        [program] = psutil.Process(terminal.pid).children()
        terminal.lose()
        wait_until(lambda: is_over(program), "it has ended", 2)
    assert last_record(launcher)["reason"] == "signal SIGHUP"


def test_row_30_nohup_puts_the_lines_into_a_file(launcher: Launcher, backend: Backend) -> None:
    arguments = (PROGRAM, "run", "smoke", "--host", backend.url, "--duration", "6s")
    with pty(launcher, *arguments, program=Path("/usr/bin/nohup")) as terminal:
        lines = launcher.home / "nohup.out"
        wait_until(lambda: lines.exists() and "settled after" in lines.read_text(), "there is a load", 40)
        terminal.lose()
        assert terminal.ended(40) in (0, 7)
    assert last_record(launcher)["reason"] == "finished"
    assert "verdict: " in lines.read_text()


LATE = """
import time
from lorax_tui.cli import main
from lorax_tui.ui.app import LoraxApp

LoraxApp.run = lambda app: time.sleep(60)
main()
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGQUIT, signal.SIGABRT])
def test_row_27_before_the_screen_is_taken(launcher: Launcher, backend: Backend, number: signal.Signals) -> None:
    late = launcher.home / "late.py"
    late.write_text(LATE)
    with pty(launcher, late, "run", "smoke", "--host", backend.url, program=Path(sys.executable)) as terminal:
        wait_until(lambda: has_begun(launcher), "there is a load", 40)
        terminal.send(number)
        assert terminal.ended() == 128 + number
        assert b"Traceback" not in terminal.raw
    assert last_record(launcher)["reason"] == f"signal {number.name}"


def has_begun(launcher: Launcher) -> bool:
    """Whether something of a load is in a journal."""
    return any('"type":"interval"' in path.read_text() for path in (launcher.home / "state").glob("**/run.jsonl"))
