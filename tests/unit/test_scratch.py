"""The temporary folder of the demo: gone with its owner, whatever has ended that; nobody else's is ever touched."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from lorax_tui.target.scratch import MARK, PREFIX, Scratch, sweep

OWNER = """
import tempfile, sys, time
tempfile.tempdir = sys.argv[1]
from lorax_tui.target.scratch import Scratch
scratch = Scratch()
(scratch.path / "data").mkdir()
(scratch.path / "data" / "small.trees").touch()
print(scratch.path, flush=True)
time.sleep(600)
"""


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    return tmp_path


def test_it_is_private_and_goes_when_it_is_removed(place: Path) -> None:
    scratch = Scratch()
    assert scratch.path.parent == place and scratch.path.stat().st_mode & 0o777 == 0o700
    scratch.remove()
    assert list(place.iterdir()) == []


def test_what_a_killed_owner_left_goes_with_the_next_and_not_before(place: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", OWNER, place], stdout=subprocess.PIPE, text=True) as owner:
        assert owner.stdout is not None
        left = Path(owner.stdout.readline().strip())
        Scratch().remove()
        was_kept = (left / "data" / "small.trees").exists()
        owner.send_signal(signal.SIGKILL)
        owner.wait(10)
    assert was_kept, "its owner lived"
    assert left.exists()
    scratch = Scratch()
    assert list(place.iterdir()) == [scratch.path]
    scratch.remove()


def left_behind(folder: Path, mode: int = 0o700) -> Path:
    """A folder like that of an owner that is gone."""
    folder.mkdir()
    (folder / MARK).touch(0o600)
    (folder / "victim").touch()
    folder.chmod(mode)
    return folder


def test_only_what_is_ours_for_certain_is_removed(place: Path) -> None:
    ours = left_behind(place / f"{PREFIX}ours")
    others = [
        left_behind(place / f"{PREFIX}open", 0o755),
        left_behind(place / "lorax-tui-other"),
        place / f"{PREFIX}raw",
    ]
    others[2].mkdir(0o700)  # just made: its owner is about to take the lock
    (others[2] / "victim").touch()
    behind_a_link = left_behind(place / "elsewhere")
    (place / f"{PREFIX}link").symlink_to(behind_a_link)
    marked_by_a_link = left_behind(place / f"{PREFIX}marked")
    (marked_by_a_link / MARK).unlink()
    (marked_by_a_link / MARK).symlink_to("victim")
    (place / f"{PREFIX}file").touch()
    os.mkfifo(place / f"{PREFIX}pipe")
    sweep(place)
    assert not ours.exists()
    assert all((folder / "victim").exists() for folder in (*others, behind_a_link, marked_by_a_link))
    assert len(list(place.iterdir())) == 8


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make a folder of somebody else's")
def test_nobody_elses_is_removed(place: Path) -> None:
    theirs = left_behind(place / f"{PREFIX}theirs")
    os.chown(theirs, 65534, 65534)
    sweep(place)
    assert (theirs / "victim").exists()
