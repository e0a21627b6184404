"""The file that holds what a backend says, and the end of it for whoever wants to know why it failed."""

from __future__ import annotations

import fcntl
import os
from functools import partial
from itertools import count
from pathlib import Path
from typing import IO

from lorax_tui.model.text import safe

_TAIL_LINES = 8
_TAIL_BYTES = 8192


class BackendLog:
    """A log of one backend at a time, from scratch.

    It is locked while the file is open anywhere, so the backend that inherits it holds the lock too; while another
    backend has a log, the name with a number after it is taken.
    """

    def __init__(self, path: Path) -> None:
        """Open it; raises OSError if that cannot be."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path, self.file = _unlocked(path)
        self._marked = 0

    def mark(self) -> None:
        """Forget what was said so far: something else begins."""
        self._marked = self.path.stat().st_size

    def tail(self) -> str:
        """The last lines since the mark, safe to show, indented."""
        said = self.path.read_bytes()[self._marked :][-_TAIL_BYTES:]
        lines = [line for line in said.splitlines() if line.strip()]
        return "\n".join(f"  {safe(line)}" for line in lines[-_TAIL_LINES:])

    def close(self) -> None:
        """Close it, and leave it where it is."""
        self.file.close()


def _unlocked(path: Path) -> tuple[Path, IO[bytes]]:
    for number in count(1):
        candidate = path if number == 1 else path.with_stem(f"{path.stem}-{number}")
        file = open(candidate, "ab", opener=partial(os.open, mode=0o600))  # noqa: SIM115
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
            continue
        file.truncate(0)
        return candidate, file
    raise AssertionError("numbers do not end")
