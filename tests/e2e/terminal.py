"""A terminal for the program: a pty, and an emulator that knows what a person would see."""

from __future__ import annotations

import os
import re
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TypeVar

import pexpect
import pyte

from tests.e2e.program import PROGRAM, Launcher
from tests.waiting import wait_until

T = TypeVar("T")

_STRANGE = re.compile(rb"\x1b\[[<=>][0-9;]*[a-zA-Z]")
"""Sequences that the emulator would print instead of obeying: keyboard protocols, nothing one sees."""

_UNFINISHED = re.compile(rb"\x1b(?:\[[0-9;<=>?]*)?$")


class Terminal:
    """One program in one terminal; everything it wrote is kept in `raw`."""

    def __init__(self, child: pexpect.spawn, columns: int, rows: int) -> None:
        self._child = child
        self._screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self._screen)
        self._lock = threading.Lock()
        self.raw = b""
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def send(self, number: signal.Signals) -> None:
        os.kill(self._child.pid, number)

    def screen(self) -> list[str]:
        """The lines that can be seen now."""
        with self._lock:
            return list(self._screen.display)

    def cells(self) -> Iterator[pyte.screens.Char]:
        """What can be seen now, cell by cell."""
        with self._lock:
            lines = [dict(line) for line in self._screen.buffer.values()]
        for line in lines:
            yield from line.values()

    def cell(self, column: int, row: int) -> pyte.screens.Char:
        """What can be seen at one place."""
        with self._lock:
            return self._screen.buffer[row][column]

    def press(self, *keys: str | bytes) -> None:
        for key in keys:
            self._child.send(key)

    def wait_for(self, text: str, deadline_s: float = 20.0) -> str:
        """The first line on the screen that holds the text."""
        return self.wait_until(lambda lines: next((line for line in lines if text in line), None), text, deadline_s)

    def wait_until(self, find: Callable[[list[str]], T | None], what: str, deadline_s: float = 20.0) -> T:
        """What `find` finds on the screen, as soon as it finds something."""
        try:
            return wait_until(lambda: find(self.screen()), what, deadline_s)
        except AssertionError as error:
            raise AssertionError("\n".join([f"{error}; the screen:", *self.screen()])) from None

    def resize(self, columns: int, rows: int) -> None:
        with self._lock:
            self._screen.resize(rows, columns)
        self._child.setwinsize(rows, columns)

    def resize_briefly(self, columns: int, rows: int) -> None:
        """A size that is soon another again; the emulator, which falls over odd ones, keeps its own."""
        self._child.setwinsize(rows, columns)

    def exit_status(self, deadline_s: float = 15.0) -> int:
        """How the program ended, when it has."""
        self.join(deadline_s)
        self._child.wait()
        assert self._child.exitstatus is not None, self._child.signalstatus
        return int(self._child.exitstatus)

    def join(self, deadline_s: float = 15.0) -> None:
        """Until the program has ended and all that it wrote is read; the reader sees its end, too."""
        self._reader.join(deadline_s)
        assert not self._reader.is_alive(), "it has not ended; the screen:\n" + "\n".join(self.screen())

    def _read(self) -> None:
        pending = b""
        with suppress(pexpect.EOF, OSError):
            while True:
                chunk = self._child.read_nonblocking(65536, timeout=None)
                with self._lock:
                    self.raw += chunk
                    pending += chunk
                    unfinished = _UNFINISHED.search(pending)
                    cut = unfinished.start() if unfinished else len(pending)
                    self._stream.feed(_STRANGE.sub(b"", pending[:cut]))
                    pending = pending[cut:]


@contextmanager
def in_terminal(
    launcher: Launcher, *arguments: object, columns: int, rows: int, program: str = str(PROGRAM), **environment: str
) -> Iterator[Terminal]:
    """The program in a terminal of this size; it is gone after the block."""
    child = pexpect.spawn(
        program,
        [str(argument) for argument in arguments],
        cwd=str(launcher.home),
        env=launcher.environment | environment,
        dimensions=(rows, columns),
        echo=False,
    )
    child.delaybeforesend = None
    terminal = Terminal(child, columns, rows)
    try:
        yield terminal
    finally:
        if child.isalive():
            os.kill(child.pid, signal.SIGKILL)
        terminal.join()
        child.close()
