"""Terminals that no screen can be drawn on: they get plain lines, or a hint, and no sign that they do not know."""

from __future__ import annotations

import os

import pytest

from tests.backend import Backend
from tests.e2e.program import Launcher
from tests.faults.terminals import last_record, pty

pytestmark = [pytest.mark.backend, pytest.mark.e2e]

ASCII = {"LANG": "C", "LC_ALL": "C", "PYTHONIOENCODING": "ascii"}
NOT_EVEN_PYTHON = {"LANG": "C", "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
"""Without these two, Python takes the locale C for UTF-8."""


def load(backend: Backend, *options: str) -> tuple[str, ...]:
    return ("run", "smoke", "--host", backend.url, "--duration", "3s", *options)


def assert_plain(launcher: Launcher, raw: bytes) -> None:
    """The run was told line by line, to its end, and nothing in it steers a terminal."""
    assert b"HTTP p50" in raw and b"verdict: " in raw and b"run: " in raw
    assert b"\x1b" not in raw and b"Traceback" not in raw
    assert last_record(launcher)["reason"] == "finished"


def test_row_35_a_dumb_terminal(launcher: Launcher, backend: Backend) -> None:
    with pty(launcher, *load(backend), TERM="dumb") as terminal:
        assert terminal.ended(60) in (0, 7)
        terminal.wait_for(b"run: ")
        assert_plain(launcher, terminal.raw)


def test_row_35_a_dumb_terminal_and_nothing_to_run(launcher: Launcher) -> None:
    with pty(launcher, TERM="dumb") as terminal:
        assert terminal.ended() == 2
        terminal.wait_for(b"name a scenario to run it, as in `lorax-tui run smoke --headless`")
        assert b"\x1b" not in terminal.raw


def test_row_35_no_stream_at_all(launcher: Launcher, backend: Backend) -> None:
    """As a supervisor starts it that closes all three."""
    with launcher.started(*load(backend), preexec_fn=lambda: os.closerange(0, 3)) as program:
        assert program.end().code in (0, 7)
    assert last_record(launcher)["reason"] == "finished"


@pytest.mark.parametrize("environment", [ASCII, NOT_EVEN_PYTHON], ids=["asked", "locale"])
def test_row_36_ascii(launcher: Launcher, backend: Backend, environment: dict[str, str]) -> None:
    with pty(launcher, *load(backend), **environment) as terminal:
        assert terminal.ended() == 2
        terminal.wait_for(b"set LC_ALL=C.UTF-8 where the terminal knows UTF-8, or add --headless")
        assert b"\x1b" not in terminal.raw
    with pty(launcher, *load(backend, "--headless"), **environment) as terminal:
        assert terminal.ended(60) in (0, 7)
        terminal.wait_for(b"run: ")
        assert_plain(launcher, terminal.raw)
        assert terminal.raw.isascii()


def test_row_36_a_locale_that_python_takes_for_utf_8(launcher: Launcher, backend: Backend) -> None:
    with pty(launcher, *load(backend), LANG="C", LC_ALL="C") as terminal:
        terminal.wait_for(b"RUNNING")
        terminal.wait_for("╭".encode())
