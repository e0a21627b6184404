"""What is written to a terminal waits for it in a thread of its own, and can be had back."""

from __future__ import annotations

import os
import select
import termios
import time
import tty
from collections.abc import Iterator
from contextlib import suppress

import pytest

from lorax_tui.ui.outlet import MOST_WAITING, Outlet
from tests.waiting import wait_until

FAR_TOO_MUCH = "x" * (MOST_WAITING - 10)
"""More than the kernel keeps for a terminal that nobody reads."""


@pytest.fixture
def terminal() -> Iterator[tuple[int, int]]:
    """Its reader's end and its writer's, on which nothing is translated."""
    reader, writer = os.openpty()
    tty.setraw(writer)
    yield reader, writer
    for end in (reader, writer):
        with suppress(OSError):
            os.close(end)


def read(reader: int, size: int) -> bytes:
    """So much, or what there is within some seconds."""
    text = b""
    while len(text) < size and select.select([reader], [], [], 5)[0]:
        text += os.read(reader, 65536)
    return text


def read_all(reader: int) -> bytes:
    text = b""
    while select.select([reader], [], [], 0.3)[0]:
        text += os.read(reader, 65536)
    return text


def test_everything_arrives_in_order(terminal: tuple[int, int]) -> None:
    outlet = Outlet(terminal[1])
    text = "".join(f"{number} ╭─漢\n" for number in range(5_000))
    for start in range(0, len(text), 1_000):
        outlet.put(text[start : start + 1_000])
    assert read(terminal[0], len(text.encode())) == text.encode()
    wait_until(lambda: outlet.waiting == 0, "all of it is told to be taken")
    outlet.discard()


def test_a_terminal_that_takes_nothing_holds_up_nobody(terminal: tuple[int, int]) -> None:
    outlet = Outlet(terminal[1])
    began_s = time.monotonic()
    outlet.put(FAR_TOO_MUCH)
    assert outlet.waiting > 0 and not outlet.has_lost
    outlet.put("more than is kept")
    assert outlet.has_lost
    outlet.discard()
    assert time.monotonic() - began_s < 5


def test_what_is_discarded_leaves_room_for_the_last_words(terminal: tuple[int, int]) -> None:
    outlet = Outlet(terminal[1])
    outlet.put(FAR_TOO_MUCH)
    wait_until(lambda: outlet.waiting < len(FAR_TOO_MUCH), "the terminal has taken what it can")
    outlet.discard()
    os.write(terminal[1], b"last words")
    text = read_all(terminal[0])
    assert text.endswith(b"last words")
    assert len(text) < 10_000, "most of it was thrown away"


def test_a_terminal_that_is_gone_is_no_trouble(terminal: tuple[int, int]) -> None:
    outlet = Outlet(terminal[1])
    os.close(terminal[0])
    outlet.put(FAR_TOO_MUCH)
    wait_until(lambda: outlet.waiting == 0, "nothing waits for it")
    outlet.discard()


def test_the_terminal_itself_still_waits_for_whoever_shares_it(terminal: tuple[int, int]) -> None:
    before = termios.tcgetattr(terminal[1])
    outlet = Outlet(terminal[1])
    assert os.get_blocking(terminal[1])
    outlet.discard()
    assert os.get_blocking(terminal[1])
    assert termios.tcgetattr(terminal[1]) == before
