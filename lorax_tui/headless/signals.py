"""What signals do to a run that is watched line by line: the first ends it gracefully, the second at once.

One that is to outlive its terminal goes on without it, and tells nobody.
"""

from __future__ import annotations

import errno
import os
import signal
import termios
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TYPE_CHECKING

from lorax_tui.model.records import EventKind

if TYPE_CHECKING:
    from lorax_tui.session import Session


@contextmanager
def signals(session: Session, keep_running: bool) -> Iterator[list[int]]:
    """Take them, and tell which have asked for the end."""
    caught: list[int] = []

    def on_signal(number: int, _frame: FrameType | None) -> None:
        if keep_running and number == signal.SIGHUP:
            if _is_let_go():
                session.note(EventKind.WARNING, "the terminal is gone; the load goes on")
            return
        if caught:
            os._exit(128 + number)
        caught.append(number)
        session.stop(f"signal {signal.Signals(number).name}")

    before: dict[int, Callable[[int, FrameType | None], object] | int | None] = {
        number: signal.signal(number, on_signal)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)
    }
    try:
        yield caught
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _is_let_go() -> bool:
    """Print on a terminal that is gone no more, but into nothing; whether there was one."""
    gone = [stream for stream in (1, 2) if _is_gone(stream)]
    if gone:
        nothing = os.open(os.devnull, os.O_WRONLY | os.O_CLOEXEC)
        for stream in gone:
            os.dup2(nothing, stream)
        os.close(nothing)
    return bool(gone)


def _is_gone(stream: int) -> bool:
    try:
        termios.tcgetattr(stream)
    except termios.error as error:
        return bool(error.args[0] == errno.EIO)
    return False
