"""The hostile app in a real terminal, watched scene by scene: what was written, and what stands where."""

from __future__ import annotations

import json
import os
import select
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pexpect
import pyte

from tests.faults.hostile import BATCHES, CORPUS
from tests.faults.hostile_views import keep

Frame = tuple[int, int, int, int]
"""Its first row, first column, last row, last column."""


class Watched:
    """The app in its terminal."""

    def __init__(self, child: pexpect.spawn, stories: socket.socket, columns: int, rows: int) -> None:
        self.columns, self.rows = columns, rows
        self.raw = b""
        """What was written since the last scene."""
        self._child = child
        self._stories = stories
        self._line = b""
        self._clicks = 0
        self._screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self._screen)

    def scenes(self) -> Iterator[dict[str, Any]]:
        """What is shown, whenever that is another thing, and what came of the clicks once the next is asked for."""
        while (said := self._next()) is not None:
            yield said
            self.raw = b""
            self._stories.sendall(b"%d\n" % self._clicks)
            said["came"] = self._next()

    def cells(self) -> list[list[str]]:
        """What stands where; the right half of a wide character is empty."""
        return [[self._screen.buffer[row][column].data for column in range(self.columns)] for row in range(self.rows)]

    def type(self, keys: bytes) -> None:
        os.write(self._child.child_fd, keys)

    def click(self, x: int, y: int) -> None:
        self._clicks += 1
        self.type(b"\x1b[<0;%d;%dM\x1b[<0;%d;%dm" % (x + 1, y + 1, x + 1, y + 1))

    def _next(self) -> dict[str, Any] | None:
        while b"\n" not in self._line:
            readable, _, _ = select.select([self._stories, self._child.child_fd], [], [], 60)
            assert readable, f"nothing is told any more: {self.raw[-2000:]!r}"
            if self._child.child_fd in readable:
                self._read()
            if self._stories in readable:
                told = self._stories.recv(65536)
                assert told, f"the story has broken off: {self.raw[-3000:].decode(errors='replace')}"
                self._line += told
        while select.select([self._child.child_fd], [], [], 0)[0]:
            self._read()
        line, _, self._line = self._line.partition(b"\n")
        found: dict[str, Any] | None = json.loads(line)
        assert found is None or "failed" not in found, found
        return found

    def _read(self) -> None:
        try:
            written = os.read(self._child.child_fd, 65536)
        except OSError:
            written = b""
        assert written, f"it has ended: {self.raw[-3000:].decode(errors='replace')}"
        self.raw += written
        self._stream.feed(written)


@contextmanager
def watched(folder: Path, columns: int, rows: int) -> Iterator[Watched]:
    """The app, showing all texts in a terminal of this size."""
    runs_dir = folder / "runs"
    for number, names in enumerate(BATCHES):
        keep(runs_dir / str(number) / "run", [CORPUS[name] for name in names])
    environment = os.environ | {"TERM": "xterm-256color", "LC_ALL": "C.UTF-8", "TEXTUAL_ANIMATIONS": "none"}
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(folder / "socket"))
        listener.listen()
        listener.settimeout(60)
        arguments = ["-m", "tests.faults.hostile_app", str(folder / "socket"), str(runs_dir)]
        child = pexpect.spawn(sys.executable, arguments, env=environment, dimensions=(rows, columns))
        try:
            stories, _ = listener.accept()
            with stories:
                yield Watched(child, stories, columns, rows)
        finally:
            child.close(force=True)


def frames(lines: list[list[str]]) -> list[Frame]:
    """Every whole frame. One with a hole in it, or a side that is not straight, is none."""
    found = []
    for top, line in enumerate(lines):
        for left in [column for column, sign in enumerate(line) if sign == "╭"]:
            right = next((column for column in range(left, len(line)) if line[column] == "╮"), -1)
            bottom = next((row for row in range(top + 1, len(lines)) if lines[row][left] == "╰"), None)
            if right < 0 or bottom is None or lines[bottom][right] != "╯":
                continue
            inside = lines[top + 1 : bottom]
            if all(row[left] == "│" and row[right] == "│" for row in inside):
                found.append((top, left, bottom, right))
    return found


def corners(lines: list[list[str]]) -> int:
    return sum(line.count("╭") for line in lines)
