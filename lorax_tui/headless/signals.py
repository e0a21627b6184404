"""What ends a run that is watched line by line: the first signal gracefully, the second at once.

So does the end of whoever reads the lines. A run that is to outlive its terminal goes on without it, and tells nobody.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TYPE_CHECKING, TextIO

from lorax_tui.model.records import EventKind
from lorax_tui.session.streams import gone_by, is_gone, let_go

if TYPE_CHECKING:
    from lorax_tui.session import Session


class Endings:
    """What has asked for the end of a session's run."""

    def __init__(self, session: Session, keep_running: bool, warn: Callable[[str], object]) -> None:
        self._session = session
        self._warn = warn
        self._keep_running = keep_running or _is_ignored(signal.SIGHUP)
        self.first: int | None = None
        """The signal that asked first."""
        self._is_asked = False
        """Whether somebody has asked, and not only a reader gone."""

    def on_signal(self, number: int, _frame: FrameType | None) -> None:
        """End gracefully, and at once when it is asked for again."""
        if self._keep_running and number == signal.SIGHUP:
            gone = [stream for stream in (sys.stdout, sys.stderr) if is_gone(stream)]
            for stream in gone:
                let_go(stream)
            if gone:
                self._session.note(EventKind.WARNING, "the terminal is gone; the load goes on")
            return
        if self._is_asked and number != signal.SIGHUP:  # a shell and the kernel both send it: nobody is impatient
            os._exit(128 + number)
        self._is_asked = True
        if self.first is None:
            self._end_by(number)

    def on_unprinted(self, stream: TextIO, error: OSError) -> None:
        """Print no more; without anybody who reads the run ends, and for a full disk it does not."""
        number = gone_by(stream, error)
        let_go(stream)
        if self.first is not None:
            return
        if number is not None and not self._keep_running:
            self._end_by(number)
            return
        why = "nobody reads them" if number is not None else error.strerror
        warning = f"no line is printed any more: {why}; the load goes on"
        self._session.note(EventKind.WARNING, warning)
        self._warn(warning)

    def _end_by(self, number: int) -> None:
        self.first = number
        self._session.stop(f"signal {signal.Signals(number).name}")


@contextmanager
def endings(session: Session, keep_running: bool, warn: Callable[[str], object]) -> Iterator[Endings]:
    """Take signals, and tell which has asked for the end."""
    taken = Endings(session, keep_running, warn)
    before: dict[int, Callable[[int, FrameType | None], object] | int | None] = {
        number: signal.signal(number, taken.on_signal)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGABRT)
        if not (number == signal.SIGHUP and _is_ignored(number))
    }
    try:
        yield taken
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _is_ignored(number: int) -> bool:
    """As `nohup` has it: whoever starts the program wants it to outlive the terminal."""
    return signal.getsignal(number) is signal.SIG_IGN
