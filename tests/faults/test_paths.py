"""Paths that people, scripts or somebody else's folder come up with: each is refused in one line that names it."""

from __future__ import annotations

import os
import signal
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import NoReturn

import pytest

from lorax_tui import cli
from tests.e2e.program import Launcher
from tests.e2e.terminal import in_terminal
from tests.faults.hostile import CORPUS, harm

LIMIT_S = 10
MOST_MB = 64

NAMES = {
    "controls": "a\x1b[2J\x1b]0;x\x07\x9b31m",
    "backwards": CORPUS["backwards"],
    "newline": "one\ntwo\rthree",
    "not-utf8": os.fsdecode(b"\xff\xfe\x80"),
    "long": "y" * 4000,
    "deep": "d/" * 2000 + "x",
    "missing": "missing",
    "nothing": "",
    "folder": "folder",
    "pipe": "pipe",
    "zeros": "/dev/zero",
    "loop": "loop",
    "unreadable": "unreadable",
}

COMMANDS = {
    "scenarios --config": ["scenarios", "--config", "PATH"],
    "check --config": ["check", "--config", "PATH"],
    "run --config": ["run", "smoke", "--headless", "--config", "PATH"],
    "run -f": ["run", "smoke", "--headless", "-f", "PATH"],
    "worker -f": ["worker", "--master-host", "127.0.0.1", "-f", "PATH"],
    "report": ["report", "PATH"],
    "replay": ["replay", "PATH"],
    "compare": ["compare", "PATH", "PATH"],
}


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with one of each that is no ordinary file."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setattr(os, "execv", _not_started)
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "unreadable").touch(0o000)
    return tmp_path


def _not_started(*_: object) -> NoReturn:
    raise AssertionError("it was not refused")


@contextmanager
def in_bounds() -> Iterator[None]:
    """Fails where this takes too long, or too much memory."""

    def too_long(_number: int, _frame: FrameType | None) -> NoReturn:
        raise AssertionError("it hangs")

    taken = signal.signal(signal.SIGALRM, too_long)
    signal.alarm(LIMIT_S)
    tracemalloc.start(1)
    try:
        yield
        assert tracemalloc.get_traced_memory()[1] < MOST_MB * 1e6
    finally:
        tracemalloc.stop()
        signal.alarm(0)
        signal.signal(signal.SIGALRM, taken)


@pytest.mark.parametrize("path", NAMES.values(), ids=NAMES)
@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)
def test_row_15_is_refused_in_one_line(
    place: Path, capfd: pytest.CaptureFixture[str], command: list[str], path: str
) -> None:
    if path == "unreadable" and os.geteuid() == 0:
        pytest.skip("root may read everything")
    with in_bounds():
        code = cli.run([path if word == "PATH" else word for word in command])
    said = capfd.readouterr()
    assert (code, said.out) == (2, "")
    assert said.err.startswith("lorax-tui: ") and said.err.count("\n") == 1
    assert harm(said.err.removesuffix("\n")) == []
    assert len(said.err) < 600, "nobody reads on"
    shown = path.isascii() and path.isprintable() and path
    assert not shown or path[:60] in said.err, "it does not say which"
    assert ";" in said.err, "it does not say what to do"


@pytest.mark.e2e
def test_row_15_nor_does_a_terminal_hear_of_it(tmp_path: Path) -> None:
    launcher = Launcher(tmp_path)
    for name in ("controls", "newline", "not-utf8", "backwards"):
        for command in ("scenarios --config", "report", "worker -f"):
            words = [NAMES[name] if word == "PATH" else word for word in COMMANDS[command]]
            with in_terminal(launcher, *words, columns=160, rows=10) as terminal:
                assert terminal.exit_status() == 2
                assert harm(terminal.raw.replace(b"\r\n", b"")) == []
                assert terminal.raw.count(b"\n") == 1
