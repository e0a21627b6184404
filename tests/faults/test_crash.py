"""A mistake of our own, with secrets at hand: one calm line, and where the log is; no variables, no secret."""

from __future__ import annotations

import stat
import sys
from pathlib import Path

import pytest

from lorax_tui.model.records import CRASH
from tests.backend import Backend
from tests.e2e.program import Launcher
from tests.faults.terminals import last_record, only_run, pty

pytestmark = pytest.mark.e2e

CRASHING = """
import os, sys
from lorax_tui.cli import main

PASSWORD = "CANARYpassword0d5e8c1b"


def crash(headers, deep=3):
    local = [f"CANARYlocal{number}" for number in range(3)]
    if deep:
        return crash(headers, deep - 1)
    raise RuntimeError(f"no picture with {headers}, token=CANARYtoken0d5e8c1b, http://me:CANARYurl@here/")


def when_told(method, *arguments):
    if os.path.exists("now"):
        crash({"Authorization": "Bearer " + PASSWORD, "Cookie": "sid=CANARYcookie"})
    return method(*arguments)


if sys.argv.pop(1) == "screen":
    from lorax_tui.ui.app import LoraxApp
    tick = LoraxApp.tick
    LoraxApp.tick = lambda app: when_told(tick, app)
else:
    from lorax_tui.cli.launch import Launch
    run = Launch.run
    Launch.run = lambda launch, options: when_told(run, launch, options)
main()
"""


def assert_calm(launcher: Launcher, said: bytes) -> None:
    """One line that says what and where; the log tells how it came to that, to nobody else."""
    log = launcher.home / "state/lorax-tui/lorax-tui.log"
    assert stat.S_IMODE(log.stat().st_mode) == 0o600
    written = log.read_text()
    assert "in crash" in written and "RuntimeError: no picture with" in written
    assert "CANARY" not in written and b"CANARY" not in said
    assert b"Traceback" not in said and b"in crash" not in said
    [line] = [line for line in said.splitlines() if b"unexpected failure" in line or b"RuntimeError" in line]
    assert b"lorax-tui.log" in line or b"lorax-tui.log" in said


def test_row_14_a_crash_of_the_screen(launcher: Launcher, backend: Backend) -> None:
    script = launcher.home / "crashing.py"
    script.write_text(CRASHING)
    arguments = (script, "screen", "run", "smoke", "--host", backend.url)
    with pty(launcher, *arguments, program=Path(sys.executable)) as terminal:
        terminal.wait_for(b"RUNNING")
        (launcher.home / "now").touch()
        assert terminal.ended() == 1
        terminal.assert_as_before()
        assert_calm(launcher, terminal.raw)
    assert last_record(launcher)["reason"] == CRASH
    assert b"CANARY" not in (only_run(launcher) / "run.jsonl").read_bytes()


def test_row_14_a_crash_before_there_is_a_screen(launcher: Launcher, backend: Backend) -> None:
    script = launcher.home / "crashing.py"
    script.write_text(CRASHING)
    (launcher.home / "now").touch()
    arguments = (script, "program", "run", "smoke", "--host", backend.url)
    with pty(launcher, *arguments, program=Path(sys.executable)) as terminal:
        assert terminal.ended() == 1
        terminal.wait_for(b"lorax-tui.log")
        assert_calm(launcher, terminal.raw)
