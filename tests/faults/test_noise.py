"""Noise on the line: whatever comes from the terminal, the screen stays what it is, and keys are answered."""

from __future__ import annotations

import signal
from random import Random

import pytest

from tests.backend import Backend
from tests.e2e.program import Launcher
from tests.e2e.terminal import Terminal, in_terminal
from tests.faults.test_screens import goes_on, is_whole, quit_

pytestmark = [pytest.mark.backend, pytest.mark.e2e]

SIZES = ["\x1b[?2048;1$y", "\x1b[48;99999;99999;0;0t", "\x1b[48;1;1;0;0t", "\x1b[48;9:z;9;0;0t"]

PIECES = [
    *SIZES,
    *("\x1b", "\x1b[", "\x1b[<", "\x1b[48;", "\x1b[::u", "\x1b]11;", "\x1b_G", "\x1b\\", "\x1b[I", "\x1b[O", "\x9b"),
    *("\x00", "\x07", ":", ";", "!", "0;0;0;0t", "9" * 20, "35;9999;9999M", "0;12;7M", "~", "R", "\u202e", "漢"),
]
"""None of them is a key that ends the program."""


def answers(terminal: Terminal) -> None:
    """It comes when it is called, from whatever the noise has opened."""

    def is_helping(lines: list[str]) -> bool:
        helps = any("Esc closes this" in line for line in lines)
        if not helps:
            terminal.press("\x1b", "?")
        return helps

    def is_back(lines: list[str]) -> bool:
        helps = any("Esc closes this" in line for line in lines)
        if helps:
            terminal.press("\x1b")
        return not helps and "q quit" in lines[-1]

    terminal.wait_until(is_helping, "the help comes")
    terminal.wait_until(is_back, "the help goes")


@pytest.mark.parametrize("name", [(), ("run", "smoke")], ids=["idle", "load"])
def test_row_9_noise_keeps_nobody_from_typing(launcher: Launcher, backend: Backend, name: tuple[str, ...]) -> None:
    with in_terminal(launcher, *name, "--host", backend.url, columns=120, rows=50) as terminal:
        terminal.wait_for("RUNNING" if name else "q quit")
        for seed in range(20):
            chance = Random(seed)
            terminal.press(*(chance.choice(PIECES) for _ in range(100)))
            terminal.press(bytes(chance.randint(0x80, 0xFF) for _ in range(200)))
            answers(terminal)
        terminal.send(signal.SIGTERM)
        assert terminal.exit_status() == 128 + signal.SIGTERM


def test_row_33_nobody_can_type_a_size(launcher: Launcher, backend: Backend) -> None:
    with in_terminal(launcher, "run", "smoke", "--host", backend.url, columns=120, rows=40) as terminal:
        is_whole(terminal, 120, 40)
        terminal.press(*SIZES)
        goes_on(launcher)
        is_whole(terminal, 120, 40)
        terminal.resize(90, 30)
        is_whole(terminal, 90, 30)
        quit_(terminal)
