"""What is written to a terminal, on its way there: a thread that waits for the terminal, so that nobody else must.

Knows how much the terminal has not taken yet, and can throw that away. Refuses to know what is written.
"""

from __future__ import annotations

import os
import select
import termios
import threading
from collections import deque
from contextlib import suppress

MOST_WAITING = 200_000
"""Bytes that may wait for a terminal; several screens fit in."""

LOOK_MS = 50
"""How often to look whether what waits is to be thrown away."""

LONGEST_DISCARD_S = 0.5
"""How long a terminal may take that could not be opened once more, and so is waited for."""

_PIECE = 256
"""Bytes that a terminal takes at once which is not known to have room for more."""


class Outlet:
    """Takes text for a terminal and returns at once."""

    def __init__(self, terminal: int) -> None:
        """Args:
        terminal: its file descriptor; whoever shares it must not find that it no longer waits.
        """
        self.has_lost = False
        """Whether something was thrown away because too much waited: the terminal then shows anything."""
        self._terminal, self._piece = _opened(terminal)
        self._texts: deque[bytes] = deque()
        self._waiting = 0
        self._has_ended = False
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._write, name="outlet", daemon=True)
        self._thread.start()

    @property
    def waiting(self) -> int:
        """Bytes that the terminal has not taken yet."""
        return self._waiting

    def put(self, text: str) -> None:
        """Have it written, unless far too much waits already."""
        encoded = text.encode("utf-8", "replace")
        with self._changed:
            if self._has_ended:
                return
            if self._waiting + len(encoded) > MOST_WAITING:
                self.has_lost = True
                return
            self._texts.append(encoded)
            self._waiting += len(encoded)
            self._changed.notify_all()

    def discard(self) -> None:
        """Throw away what the terminal has not taken, as far as it can be had back, and end."""
        with self._changed:
            self._has_ended = True
            self._texts.clear()
            self._changed.notify_all()
        self._thread.join(LONGEST_DISCARD_S)
        with suppress(termios.error, OSError):
            termios.tcflush(self._terminal, termios.TCOFLUSH)
        if not self._thread.is_alive():
            os.close(self._terminal)

    def _write(self) -> None:
        with suppress(OSError):  # the terminal is gone, and what was meant for it, too
            while (text := self._next()) is not None:
                self._pass_on(memoryview(text))
        with self._changed:
            self._has_ended = True
            self._texts.clear()
            self._waiting = 0

    def _next(self) -> bytes | None:
        with self._changed:
            self._changed.wait_for(lambda: self._texts or self._has_ended)
            return None if self._has_ended else self._texts.popleft()

    def _pass_on(self, text: memoryview) -> None:
        room = select.poll()
        room.register(self._terminal, select.POLLOUT)
        while text and not self._has_ended:
            if not room.poll(LOOK_MS):
                continue
            with suppress(BlockingIOError):
                taken = os.write(self._terminal, text[: self._piece])
                text = text[taken:]
                with self._changed:
                    self._waiting -= taken


def _opened(terminal: int) -> tuple[int, int]:
    """The terminal opened once more, so that writing need not wait, or the same one; and how much to write at once."""
    try:
        name = os.ttyname(terminal)
        return os.open(name, os.O_WRONLY | os.O_NOCTTY | os.O_NONBLOCK | os.O_CLOEXEC), 65536
    except OSError:
        return os.dup(terminal), _PIECE
