"""Streams that take nothing any more: a terminal that is gone, a pipe that nobody reads, a file on a full disk."""

from __future__ import annotations

import errno
import os
import signal
import termios
from contextlib import suppress
from typing import TextIO


def is_gone(terminal: TextIO | None) -> bool:
    """Whether it was a terminal and its other end is closed, as after a lost connection."""
    try:
        termios.tcgetattr(terminal.fileno() if terminal else -1)
    except termios.error as error:
        return bool(error.args[0] == errno.EIO)
    except (OSError, ValueError):
        return False
    return False


def let_go(stream: TextIO) -> None:
    """Have what is written there go into nothing, also what is still on its way."""
    with suppress(OSError, ValueError):
        stream_number = stream.fileno()
        nothing = os.open(os.devnull, os.O_WRONLY | os.O_CLOEXEC)
        os.dup2(nothing, stream_number)
        os.close(nothing)


def gone_by(stream: TextIO, error: OSError) -> signal.Signals | None:
    """The signal that tells of this end of a stream: nobody reads it any more. A full disk has none."""
    if error.errno == errno.EPIPE:
        return signal.SIGPIPE
    return signal.SIGHUP if is_gone(stream) else None
