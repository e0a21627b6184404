"""Whatever comes from a terminal, what is typed after it is read."""

from __future__ import annotations

from random import Random

import pytest
from textual import events
from textual.message import Message
from textual.messages import InBandWindowResize

from lorax_tui.ui.keyboard import LONGEST_PAUSE_S, Keyboard

SIZES = [b"\x1b[48;99999;99999;0;0t", b"\x1b[48;9:z;9;0;0t", b"\x1b[?2048;1$y"]
PIECES = [
    *SIZES,
    *(
        b"\x1b",
        b"\x1b[",
        b"\x1b[<",
        b"\x1b[48;",
        b"\x1b]11;",
        b"\x1bP",
        b"\x1b\\",
        b"\x1b[200~",
        b"\x1b[201~",
        b"\x1b[I",
    ),
    *(b"\x9b", b"\xff", b"\x00", b"\x07", b":", b";", b"-1", b"0;0;0;0t", b"9" * 20, b"M", b"m", b"u", b"~", b"R"),
]


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Textual waits for the rest of a key by the clock; here time passes as the test says."""
    monkeypatch.setattr("textual.constants.ESCAPE_DELAY", 0.0)


def typed(keyboard: Keyboard, received: bytes) -> list[Message]:
    """What comes of it, and of a silence after it that is longer than any pause."""
    messages = list(keyboard.typed(received, False))
    return messages + [message for _ in range(60) for message in keyboard.paused(LONGEST_PAUSE_S / 50)]


def is_read(keyboard: Keyboard) -> bool:
    return [message.key for message in typed(keyboard, b"q") if isinstance(message, events.Key)] == ["q"]


@pytest.mark.parametrize("said", [b"\x1b[::u", b"\x1b[99999999999999999999R", b"\x1b[200~never ended"], ids=repr)
def test_what_no_key_means_keeps_nobody_from_typing(said: bytes) -> None:
    keyboard = Keyboard()
    typed(keyboard, said)
    assert is_read(keyboard)


@pytest.mark.parametrize("size", SIZES, ids=repr)
def test_a_size_is_nothing_that_can_be_typed(size: bytes) -> None:
    keyboard = Keyboard()
    messages = [*typed(keyboard, size), *typed(keyboard, b"\x1b[<0;12;7M")]
    assert not any(isinstance(message, events.Resize | InBandWindowResize) for message in messages)
    [click] = [message for message in messages if isinstance(message, events.MouseDown)]
    assert (click.x, click.y) == (11, 6)


def test_a_paste_is_waited_for() -> None:
    keyboard = Keyboard()
    assert list(keyboard.typed(b"\x1b[200~half a", False)) == list(keyboard.paused(LONGEST_PAUSE_S / 2)) == []
    [paste] = keyboard.typed(b" name\x1b[201~", False)
    assert isinstance(paste, events.Paste) and paste.text == "half a name"
    assert is_read(keyboard)


@pytest.mark.parametrize("seed", range(20))
def test_whatever_comes_a_key_is_read_after_it(seed: int) -> None:
    chance, keyboard = Random(seed), Keyboard()
    for _ in range(200):
        pieces = [chance.choice(PIECES) if chance.random() < 0.8 else chance.randbytes(4) for _ in range(8)]
        typed(keyboard, b"".join(pieces))
        assert is_read(keyboard), pieces
