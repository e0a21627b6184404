"""A file in which users of any process write down what they ask and what they were answered."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ASKED, ENDED = "asked", "ended"
_VARIABLE = "LORAX_TUI_TEST_LEDGER"
_descriptors: dict[str, int] = {}


def enter(column: str, path: str, request_id: str) -> None:
    """Write down one end of a request; one line, in one write, so that processes do not mix theirs up."""
    file = os.environ[_VARIABLE]
    if file not in _descriptors:
        _descriptors[file] = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    line = f"{column} {path} {request_id} {time.monotonic()} {os.getpid()}\n"
    os.write(_descriptors[file], line.encode())


class Ledger:
    """Reads it."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._read_from = 0
        file.touch()

    def clear(self) -> None:
        """Forget what was written by now."""
        self._read_from = self._file.stat().st_size

    def asked(self, path: str) -> list[str]:
        """The ids of what was asked, in its order."""
        return [entry[2] for entry in self._entries(ASKED, path)]

    def ended(self, path: str) -> list[str]:
        """The ids of what was answered."""
        return [entry[2] for entry in self._entries(ENDED, path)]

    def times_s(self, column: str, path: str, pid: int) -> list[float]:
        """When a process wrote so (monotonic), in its order."""
        return [float(entry[3]) for entry in self._entries(column, path) if int(entry[4]) == pid]

    def _entries(self, column: str, path: str) -> list[list[str]]:
        with self._file.open("rb") as file:
            file.seek(self._read_from)
            lines = [line.decode().split() for line in file.read().splitlines()]
        return [line for line in lines if line[:2] == [column, path]]


@contextmanager
def ledger_in(folder: Path) -> Iterator[Ledger]:
    """A ledger for the users of this process and of those that it starts meanwhile."""
    file = folder / "ledger"
    os.environ[_VARIABLE] = str(file)
    try:
        yield Ledger(file)
    finally:
        del os.environ[_VARIABLE]
        if (descriptor := _descriptors.pop(str(file), None)) is not None:
            os.close(descriptor)
