"""What a worker says: into a log, or on a terminal where somebody has started it by hand."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterable
from typing import Any, TextIO

from lorax_tui.model.hidden import hide, hide_all
from lorax_tui.model.text import safe

MOST_A_MINUTE = 30

_LONGEST_LINE = 2000


def complain(error: Exception) -> None:
    """Say why the worker cannot begin."""
    sys.stderr.write(f"{safe(hide(error), _LONGEST_LINE)}\n")


class Discreet:
    """A stream of whole lines without secrets: what tasks print, warnings, what gevent says of greenlets that fail.

    In all else it is the stream itself.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._begun = ""

    def write(self, text: str) -> int:
        """Keep what is no whole line yet."""
        *lines, begun = (self._begun + text).split("\n")
        self._begun = begun[-_LONGEST_LINE:]
        for line in lines:
            self._stream.write(f"{hide_all(line)}\n")
        return len(text)

    def writelines(self, lines: Iterable[str]) -> None:
        """Write them all."""
        for line in lines:
            self.write(line)

    def end(self) -> None:
        """Write what has become no whole line."""
        if self._begun:
            self.write("\n")
        self._stream.flush()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


class PlainLines(logging.Formatter):
    """Lines of a log in which nothing steers a terminal and nothing is secret, whatever users and targets have said."""

    def format(self, record: logging.LogRecord) -> str:
        return "\n".join(safe(line, _LONGEST_LINE) for line in hide_all(super().format(record)).split("\n"))


class Sparing(logging.Filter):
    """Lets a few lines a minute pass: a user's task that fails in a loop must not fill the disk."""

    def __init__(self) -> None:
        super().__init__()
        self._minute = 0.0
        self._passed = 0

    def filter(self, record: logging.LogRecord) -> bool:
        minute = record.created // 60
        if minute != self._minute:
            self._minute, self._passed = minute, 0
        self._passed += 1
        return self._passed <= MOST_A_MINUTE
