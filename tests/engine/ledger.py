"""A file in which users of any process write down what they ask and what they were answered."""

from __future__ import annotations

import os
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
    os.write(_descriptors[file], f"{column} {path} {request_id}\n".encode())


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
        return self._ids(ASKED, path)

    def ended(self, path: str) -> list[str]:
        """The ids of what was answered."""
        return self._ids(ENDED, path)

    def _ids(self, column: str, path: str) -> list[str]:
        with self._file.open("rb") as file:
            file.seek(self._read_from)
            lines = [line.decode().split() for line in file.read().splitlines()]
        return [line[2] for line in lines if line[:2] == [column, path]]


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
