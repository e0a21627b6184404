"""When the disk does not take a run any more: the load goes on, and what is not saved is said at the end."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from lorax_tui.runs import store
from lorax_tui.runs.recorded import read
from tests.backend import Backend
from tests.e2e.program import Launcher, read_summary

pytestmark = pytest.mark.backend

CODES = {"passed": 0, "failed": 4, "inconclusive": 7}


def fill(runs_dir: Path) -> None:
    """Leave no room."""
    with (runs_dir / "filler").open("wb", buffering=0) as filler:
        try:
            while filler.write(b"\0" * 512):
                pass
        except OSError:
            return


def trouble_in_the_middle(launcher: Launcher, backend: Backend, runs_dir: Path, make: Callable[[Path], None]) -> str:
    """What a run says whose disk makes trouble while it goes on; its verdict and its exit code are as without."""
    arguments = ("run", "smoke", "--duration", "7s", "--headless", "--host", backend.url, "--runs-dir", runs_dir)
    with launcher.started(*arguments) as program:
        program.wait_for("HTTP p50")
        make(runs_dir)
        ended = program.end()
    assert " 00:06  smoke" in ended.out or " 00:07  smoke" in ended.out, "the load goes on, and is told of"
    [verdict] = [line.split()[1] for line in ended.out.splitlines() if line.startswith("verdict: ")]
    assert ended.code == CODES[verdict]
    assert ended.out.splitlines()[-1].startswith("run: ")
    return ended.out


def test_a_disk_that_becomes_full(launcher: Launcher, backend: Backend, small_disk: Path) -> None:
    said = trouble_in_the_middle(launcher, backend, small_disk, fill)
    assert "not all of it is on disk: the run is kept in memory only: No space left on device" in said
    folder = store.latest(small_disk)
    recorded = read(folder / store.JOURNAL)
    assert recorded.end is not None and recorded.end.reason == "finished" and not recorded.torn
    assert recorded.notice.startswith("recovered: nothing could be saved from 00:0")
    assert read_summary(folder)["elapsed_s"] >= 7, "there was room for the summary of all of it"


def test_a_folder_that_is_removed(launcher: Launcher, backend: Backend) -> None:
    runs_dir = launcher.home / "runs"
    said = trouble_in_the_middle(launcher, backend, runs_dir, shutil.rmtree)
    assert "not all of it is on disk: the run is kept in memory only: its folder was removed" in said
