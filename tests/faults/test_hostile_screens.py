"""Every hostile text on every screen, in a real terminal: nothing steers it, nothing moves, nothing is executed.

Which widgets there are is found in the sources: one on which no text was seen fails the test.
"""

from __future__ import annotations

import importlib
import json
import os
import pkgutil
import select
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pexpect
import pyte
import pytest
from textual.widget import Widget

import lorax_tui.ui
from tests.faults.hostile import BATCHES, CLICKED, CORPUS, harm
from tests.faults.hostile_views import keep

COLUMNS, ROWS = 120, 40
ANSWERS = (
    b"\x1b[?62;1;22c\x1b[>41;354;0c\x1b[0n\x1b[?12;40R\x1b[12;40R\x1b]11;rgb:1111/2222/3333\x1b\\\x1b]52;c;MTIz\x07"
    b"\x1bP>|XTerm(370)\x1b\\\x1bP1$r0m\x1b\\\x1b[8;40;120t\x1b[?1u\xff\xfe\x80"
)
"""What terminals answer to the questions of the corpus, and noise of a bad line."""

OF_OUR_OWN = {"HelpScreen", "MomentScreen"}
"""Screens with no text but ours and what is pasted."""


DIALOGS = {"QuitScreen", "ConfirmScreen", "MomentScreen"}
"""As tall as their texts, over the frames of others."""


def widgets() -> set[str]:
    """Every class of a widget or a screen."""
    found = set()
    for module in pkgutil.walk_packages(lorax_tui.ui.__path__, "lorax_tui.ui."):
        if module.name.endswith("guardian"):
            continue  # a program of its own, which draws nothing
        for value in vars(importlib.import_module(module.name)).values():
            if isinstance(value, type) and issubclass(value, Widget) and value.__module__ == module.name:
                found.add(f"{value.__module__}.{value.__name__}")
    return found


class Watched:
    """The app in its terminal, scene by scene."""

    def __init__(self, child: pexpect.spawn, stories: socket.socket) -> None:
        self._child = child
        self._stories = stories
        self._line = b""
        self._clicks = 0
        self._screen = pyte.Screen(COLUMNS, ROWS)
        self._stream = pyte.ByteStream(self._screen)
        self.raw = b""
        """What was written since the last scene."""

    def scenes(self) -> Iterator[dict[str, Any]]:
        """What is shown, whenever that is another thing; the program goes on with the next one asked for."""
        while (said := self._next()) is not None:
            yield said
            self.raw = b""
            self._stories.sendall(b"%d\n" % self._clicks)

    def cells(self) -> list[list[str]]:
        """What stands where; the right half of a wide character is empty."""
        return [[self._screen.buffer[row][column].data for column in range(COLUMNS)] for row in range(ROWS)]

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
def watched(tmp_path: Path) -> Iterator[Watched]:
    """The app, showing all texts."""
    runs_dir = tmp_path / "runs"
    for number, names in enumerate(BATCHES):
        keep(runs_dir / str(number), [CORPUS[name] for name in names])
    environment = os.environ | {"TERM": "xterm-256color", "LC_ALL": "C.UTF-8", "TEXTUAL_ANIMATIONS": "none"}
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "socket"))
        listener.listen()
        listener.settimeout(60)
        arguments = ["-m", "tests.faults.hostile_app", str(tmp_path / "socket"), str(runs_dir)]
        child = pexpect.spawn(sys.executable, arguments, env=environment, dimensions=(ROWS, COLUMNS))
        try:
            stories, _ = listener.accept()
            with stories:
                yield Watched(child, stories)
        finally:
            child.close(force=True)


def frames(lines: list[list[str]]) -> list[tuple[int, int, int, int]]:
    """Every whole frame: its rows and columns. One with a hole in it, or a side that is not straight, is none."""
    found = []
    for top, line in enumerate(lines):
        for left in [column for column, sign in enumerate(line) if sign == "╭"]:
            right = next((column for column in range(left, COLUMNS) if line[column] == "╮"), -1)
            bottom = next((row for row in range(top + 1, len(lines)) if lines[row][left] == "╰"), None)
            if right < 0 or bottom is None or lines[bottom][right] != "╯":
                continue
            inside = lines[top + 1 : bottom]
            if all(row[left] == "│" and row[right] == "│" for row in inside):
                found.append((top, left, bottom, right))
    return found


def corners(lines: list[list[str]]) -> int:
    return sum(line.count("╭") for line in lines)


def places(lines: list[str], text: str) -> list[tuple[int, int]]:
    return [(line.index(text), row) for row, line in enumerate(lines) if text in line]


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """Every text in every scene, with what came of it."""
    seen = []
    with watched(tmp_path_factory.mktemp("hostile")) as app:
        for scene in app.scenes():
            cells = app.cells()
            lines = ["".join(line) for line in cells]
            scene |= {"harm": harm(app.raw, is_screen=True), "lines": lines, "frames": frames(cells)}
            scene["torn"] = corners(cells) - len(scene["frames"])
            seen.append(scene)
            if BATCHES[scene["batch"]] is CLICKED and scene["scene"] != "palette":  # there, a click is a choice
                scene["clicks"] = [place for name in CLICKED for place in places(lines, CORPUS[name][:8])]
                for x, y in scene["clicks"]:
                    app.click(x + 2, y)
            app.type(ANSWERS)
    return seen


def test_row_3_no_byte_of_them_reaches_the_terminal(shown: list[dict[str, Any]]) -> None:
    assert [(scene["batch"], scene["scene"], scene["harm"]) for scene in shown if scene["harm"]] == []
    assert {scene["batch"] for scene in shown} == set(range(len(BATCHES)))


def test_row_1_every_widget_has_shown_them(shown: list[dict[str, Any]]) -> None:
    for batch in range(len(BATCHES)):
        drawn = {kind for scene in shown if scene["batch"] == batch for kind in scene["classes"]}
        assert widgets() - drawn == set(), batch
    for scene in shown:
        assert "cannot draw" not in "".join(scene["lines"]), (scene["batch"], scene["scene"])
        if BATCHES[scene["batch"]] is CLICKED and scene["scene"] not in OF_OUR_OWN:
            assert any(places(scene["lines"], CORPUS[name][:4]) for name in CLICKED), scene["lines"]


def test_row_6_every_frame_stays_whole_and_where_it_is(shown: list[dict[str, Any]]) -> None:
    usual = {scene["scene"]: scene["frames"] for scene in shown if scene["batch"] == 0}
    moved = []
    for scene in shown:
        dialogs = [frame for frame in scene["frames"] if frame[1] > 0 and frame[1] + frame[3] in (COLUMNS - 1, COLUMNS)]
        if scene["scene"] in DIALOGS and not dialogs:
            moved.append((scene["batch"], scene["scene"], "torn"))
        if scene["scene"] not in {*DIALOGS, "toasts"} and (scene["torn"] or scene["frames"] != usual[scene["scene"]]):
            moved.append((scene["batch"], scene["scene"], "torn" if scene["torn"] else "moved"))
    assert moved == []


def test_row_2_nothing_was_executed_by_a_click(shown: list[dict[str, Any]]) -> None:
    assert sum(len(scene.get("clicks", ())) for scene in shown) > 50
    assert {asked[0] for asked in shown[-1]["asked"]} == {"adjust", "save_picture"}


def test_row_9_no_answer_of_the_terminal_was_taken_for_a_key(shown: list[dict[str, Any]]) -> None:
    assert shown[-1]["keys"] == []
