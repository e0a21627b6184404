"""What was typed, out of the bytes that a terminal sends, whatever else is among them.

Textual's parser brings the keys. It falls over a byte that is no UTF-8 and over numbers that no key has, takes answers
that it does not know for keys, and waits for the end of a paste for ever.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from itertools import chain

from textual import events
from textual._xterm_parser import BRACKETED_PASTE_END, BRACKETED_PASTE_START, XTermParser
from textual.message import Message
from textual.messages import InBandWindowResize

from lorax_tui.ui.answers import Answers

LONGEST_PAUSE_S = 5.0
"""A paste that does not go on for so long has ended: its end was lost, or it was none."""

_SIZES = events.Resize | InBandWindowResize
"""How large the terminal is, the system tells; anybody can write it into the input."""


class Keyboard:
    """Fed with whatever comes."""

    def __init__(self) -> None:
        self._decode = codecs.getincrementaldecoder("utf-8")("ignore").decode
        self._answers = Answers()
        self._parser = XTermParser()
        self._is_pasting = False
        self._paused_s = 0.0

    def typed(self, received: bytes, is_last: bool) -> Iterator[Message]:
        """What these bytes, and those before them, come to."""
        text = self._decode(received, is_last)
        self._paused_s = 0.0
        yield from self._read(self._answers.without(text) if text else "")

    def paused(self, lasted_s: float) -> Iterator[Message]:
        """Nothing came for so long: what was begun may be all there is."""
        self._paused_s += lasted_s
        text = self._answers.silence(lasted_s)
        has_ended = self._is_pasting and self._paused_s >= LONGEST_PAUSE_S
        yield from self._read(text + BRACKETED_PASTE_END if has_ended else text)

    def _read(self, text: str) -> Iterator[Message]:
        begun, ended = text.rfind(BRACKETED_PASTE_START), text.rfind(BRACKETED_PASTE_END)
        if begun != ended:
            self._is_pasting = begun > ended
        try:
            for message in chain(self._parser.feed(text) if text else (), self._parser.tick()):
                if isinstance(message, _SIZES):
                    self._parser.mouse_pixels = False  # nor does a mouse count in pixels
                else:
                    yield message
        except (ValueError, ArithmeticError):  # after which it reads nothing any more
            self._parser, self._is_pasting = XTermParser(), False
