"""Kept runs in a real terminal: listed, replayed, left; and an app that fails leaves a run that says so."""

from __future__ import annotations

import sys
from pathlib import Path

import pexpect
import pytest

from lorax_tui.runs import store
from tests.backend import Backend
from tests.e2e.program import Launcher, records
from tests.e2e.terminal import in_terminal
from tests.kept import keep

CRASHING = """
import sys
from lorax_tui import cli
from lorax_tui.ui.screens.dashboard import Dashboard

shown = Dashboard.show

def show(self, view):
    if len(view.run.points) >= 2:
        raise LookupError("no screen")
    shown(self, view)

Dashboard.show = show
sys.argv = ["lorax-tui", *sys.argv[1:]]
cli.main()
"""


@pytest.mark.e2e
@pytest.mark.parametrize(("columns", "rows"), [(120, 40), (80, 24)])
def test_a_replay_in_a_terminal(launcher: Launcher, columns: int, rows: int) -> None:
    folder = keep(launcher.home / "runs", seconds=30, switch_s=12, end=None)
    arguments = ("replay", folder.name[:12], "--runs-dir", folder.parent)
    with in_terminal(launcher, *arguments, columns=columns, rows=rows) as terminal:
        terminal.wait_for("▶ REPLAY   1x 00:0")
        terminal.press("n")
        terminal.wait_for("medium: 5 users at 5/s")
        terminal.press("\x1b[F")
        terminal.wait_for("‖ REPLAY   1x 00:30")
        terminal.press("q")
        assert terminal.exit_status() == 0
    assert b"recovered: cut off at 00:30" in terminal.raw


@pytest.mark.e2e
def test_runs_are_taken_away_when_asked_twice(launcher: Launcher) -> None:
    folder = keep(launcher.home / "runs")
    refused = launcher.run("runs", "--runs-dir", folder.parent, "--prune", "0")
    assert refused.code == 2 and "1 run would be deleted, and nobody can be asked here: add --yes" in refused.err
    with in_terminal(launcher, "runs", "--runs-dir", folder.parent, "--prune", "0", columns=80, rows=24) as terminal:
        terminal.wait_for("Delete 1 run for good?")
        terminal.press("n\r")
        assert terminal.exit_status() == 0
    assert store.runs(folder.parent) == [folder]
    assert launcher.run("runs", "--runs-dir", folder.parent, "--prune", "0", "--yes").code == 0
    assert store.runs(folder.parent) == []


@pytest.mark.e2e
@pytest.mark.backend
def test_a_screen_that_fails_ends_the_run_as_a_crash(launcher: Launcher, backend: Backend, tmp_path: Path) -> None:
    program = tmp_path / "crashing.py"
    program.write_text(CRASHING)
    child = pexpect.spawn(
        sys.executable,
        [str(program), "run", "smoke", "--host", backend.url],
        cwd=str(launcher.home),
        env=launcher.environment,
        dimensions=(40, 120),
        timeout=60,
    )
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 1
    [folder] = store.runs(launcher.home / "state/lorax-tui/runs")
    assert records(folder)[-1] | {"at_s": 0} == {"type": "end", "at_s": 0, "reason": "crash"}
