"""How an app comes to its end: by a signal, in good order if it can, by force if not; and the terminal is given back.

A signal is only noted where it arrives; a thread of its own has the run kept, asks the app to leave, and ends the
process if it cannot. A terminal that is gone is taken as SIGHUP, which not everybody gets who loses it.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import termios
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from queue import Empty, SimpleQueue
from typing import Any, TextIO

from lorax_tui.session.streams import is_gone
from lorax_tui.ui import guardian

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGABRT)

LOOK_S = 0.5
"""How often to look whether the terminal is still there."""

LONGEST_LEAVING_S = 4.0
"""How long an app may take to leave in good order, which a terminal that takes nothing can keep it from."""

LONGEST_KEEPING_S = 5.0
"""How much longer the run may need to be whole on disk."""


class Ending:
    """Hears the signals of an app from its first moment to the end of the process."""

    def __init__(
        self,
        keep: Callable[[int], Future[Any] | None],
        leave: Callable[[int], object],
        survive: Callable[[int], bool],
    ) -> None:
        """Args:
        keep: has the run kept, from any thread; what it returns is done when it is.
        leave: passes the wish to leave on to the app's loop, from any thread.
        survive: the same for a signal that ends nothing; false: it does.
        """
        self.number: int | None = None
        """The signal that ends the app, if one does."""
        self.by_force = False
        """Whether the process is ended where the app does not leave: not so in a test that lives on."""
        self._keep, self._leave, self._survive = keep, leave, survive
        self._caught: SimpleQueue[int] = SimpleQueue()  # the one queue that a handler may put into
        self._has_survived = False
        self._over = threading.Event()
        self._before: dict[int, Any] = {}

    def begin(self) -> None:
        """Take the signals."""
        for number in SIGNALS:
            self._before[number] = signal.signal(number, lambda caught, _frame: self._caught.put(caught))
        threading.Thread(target=self._listen, name="ending", daemon=True).start()

    def give_back(self) -> None:
        """Leave the signals to others; one that has come is enough, and the others are for nobody."""
        for number, handler in self._before.items():
            signal.signal(number, signal.SIG_IGN if self.number is not None and self.by_force else handler)

    def over(self) -> None:
        """The app has left."""
        self._over.set()

    def _listen(self) -> None:
        while not self._over.is_set() and self.number is None:
            try:
                number: int = self._caught.get(timeout=LOOK_S)
            except Empty:
                if self._has_survived or not is_gone(sys.__stdout__):
                    continue
                number = signal.SIGHUP
            if self._survive(number):
                self._has_survived = is_gone(sys.__stdout__)
            else:
                self._end(number)

    def _end(self, number: int) -> None:
        self.number = number
        kept = self._keep(number)
        self._leave(number)
        if self.by_force:
            threading.Thread(target=self._force, args=(number, kept), name="last resort", daemon=True).start()

    def _force(self, number: int, kept: Future[Any] | None) -> None:
        if not self._over.wait(LONGEST_LEAVING_S):
            with suppress(Exception):
                _ = kept and kept.result(LONGEST_KEEPING_S)
            os._exit(128 + number)


@contextmanager
def guarded(terminal: TextIO | None, last_line: str) -> Iterator[None]:
    """Have the terminal given back, and the line told on it, should this process end within the block."""
    try:
        attributes = termios.tcgetattr(terminal.fileno() if terminal else -1)
    except (termios.error, OSError, ValueError):
        yield
        return
    command = [sys.executable, "-I", "-S", guardian.__file__, *guardian.arguments(attributes, last_line)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=terminal, start_new_session=True) as process:
        assert process.stdin is not None
        yield
        with suppress(OSError):
            process.stdin.write(b".")
            process.stdin.flush()
