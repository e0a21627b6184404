"""Every hostile text on every screen, in a real terminal: nothing steers it, nothing moves, nothing is executed.

Which widgets there are is found in the sources: one on which no text was seen fails the test.
"""

from __future__ import annotations

import importlib
import pkgutil
from typing import Any

import pytest
from textual.widget import Widget

import lorax_tui.ui
from lorax_tui.ui import palette
from tests.faults.hostile import BATCHES, CLICKED, CORPUS, harm
from tests.faults.hostile_app import VIEWS
from tests.faults.watched import corners, frames, watched

LARGE, SMALL = (120, 40), (80, 24)
"""Columns and rows of the terminals: in the small one some widgets have no room."""

ANSWERS = (
    b"\x1b[?62;1;22c\x1b[>41;354;0c\x1b[0n\x1b[?12;40R\x1b[12;40R\x1b]11;rgb:1111/2222/3333\x1b\\\x1b]52;c;MTIz\x07"
    b"\x1bP>|XTerm(370)\x1b\\\x1bP1$r0m\x1b\\\x1b[8;40;120t\x1b[?1u\xff\xfe\x80"
)
"""What terminals answer to the questions of the corpus, and noise of a bad line."""

OF_OUR_OWN = {"HelpScreen", "MomentScreen"}
"""Screens with no text but ours and what is pasted."""

DIALOGS = {"QuitScreen", "ConfirmScreen", "MomentScreen"}
"""As tall as their texts, over the frames of others."""

CLICK_EVERY = 11
"""Columns from one click to the next in a line, less than any text has; each line is clicked a column further on."""

CHOICES = {
    "One user more": [["adjust", "1"]],
    "One user fewer": [["adjust", "-1"]],
    "Ten users more": [["adjust", "10"]],
    "Ten users fewer": [["adjust", "-10"]],
    "Stop": [],
    "Silence a guard": [["silence"]],
}
"""What the commands of the palette ask the session for, but those of the scenarios; no load runs while it is open."""

SCROLL_BARS = {"@mouse.down: grab", "@mouse.down: scroll_down", "@mouse.down: scroll_up", "@mouse.up: release"}
"""What the cells of a scroll bar do, which is all that any cell is drawn with."""

Scene = dict[str, Any]


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


def places(scene: Scene, columns: int, rows: int) -> list[tuple[int, int]]:
    """Where to click: all over the screen; the palette closes at a click, and has one line clicked at each opening."""
    if scene["scene"] == "palette":
        return [(columns // 4 + scene["opening"], scene["opening"])]
    return [(x, y) for y in range(rows) for x in range(y % CLICK_EVERY, columns, CLICK_EVERY)]


@pytest.fixture(scope="module", params=[LARGE, SMALL], ids=lambda size: f"{size[0]}x{size[1]}")
def shown(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> list[Scene]:
    """Every text in every scene, with what came of it."""
    seen = []
    with watched(tmp_path_factory.mktemp("hostile"), *request.param) as app:
        for scene in app.scenes():
            cells = app.cells()
            lines = ["".join(line) for line in cells]
            scene |= {"harm": harm(app.raw, is_screen=True), "lines": lines, "frames": frames(cells)}
            scene |= {"torn": corners(cells) - len(scene["frames"]), "size": request.param, "clicks": []}
            if BATCHES[scene["batch"]] is CLICKED and request.param == LARGE:
                scene["opening"] = sum(other["scene"] == "palette" for other in seen if other["clicks"])
                scene["clicks"] = places(scene, *request.param)
            for x, y in scene["clicks"]:
                app.click(x, y)
            app.type(ANSWERS)
            seen.append(scene)
    return seen


def test_row_3_no_byte_of_them_reaches_the_terminal(shown: list[Scene]) -> None:
    assert [(scene["batch"], scene["scene"], scene["harm"]) for scene in shown if scene["harm"]] == []
    assert {scene["batch"] for scene in shown} == set(range(len(BATCHES)))


def test_row_1_every_widget_has_shown_them(shown: list[Scene]) -> None:
    for batch in range(len(BATCHES)):
        drawn = {kind for scene in shown if scene["batch"] == batch for kind in scene["classes"]}
        assert widgets() - drawn == set() or shown[0]["size"] == SMALL, batch
    for scene in shown:
        assert "cannot draw" not in "".join(scene["lines"]), (scene["batch"], scene["scene"])
        if BATCHES[scene["batch"]] is CLICKED and scene["scene"] not in OF_OUR_OWN:
            assert any(CORPUS[name][:4] in line for name in CLICKED for line in scene["lines"]), scene["lines"]


def test_row_6_every_frame_stays_whole_and_where_it_is(shown: list[Scene]) -> None:
    columns = shown[0]["size"][0]
    usual = {scene["scene"]: scene["frames"] for scene in shown if scene["batch"] == 0}
    moved = []
    for scene in shown:
        dialogs = [frame for frame in scene["frames"] if frame[1] > 0 and frame[1] + frame[3] in (columns - 1, columns)]
        if scene["scene"] in DIALOGS and not dialogs:
            moved.append((scene["batch"], scene["scene"], "torn"))
        if scene["scene"] not in {*DIALOGS, "toasts"} and (scene["torn"] or scene["frames"] != usual[scene["scene"]]):
            moved.append((scene["batch"], scene["scene"], "torn" if scene["torn"] else "moved"))
    assert moved == []


def test_row_2_nothing_was_executed_by_a_click(shown: list[Scene]) -> None:
    """Wherever one clicks: no action is run, no screen comes or goes, nothing is asked of the session.

    The palette alone is there to be clicked: a line of it has its own command run, and no other.
    """
    assert {link for scene in shown for link in scene["links"]} <= SCROLL_BARS
    clicked = [scene for scene in shown if scene["clicks"]]
    columns, rows = shown[0]["size"]
    if (columns, rows) == SMALL:
        return
    assert {scene["scene"] for scene in clicked} == {scene["scene"] for scene in shown}
    for scene in clicked:
        line = chosen(scene) if scene["scene"] == "palette" else ""
        actions = {f"@mouse.down: {action}" for action in set(scene["came"].pop("actions")) - offered(line)}
        assert actions <= SCROLL_BARS
        asked = [["switch", line.removeprefix("Start ")]] if line.startswith("Start ") else CHOICES.get(line, [])
        assert scene["came"] == {"asked": asked, "screens": scene["screens"]}, (scene["scene"], scene["clicks"])
    openings = [scene for scene in clicked if scene["scene"] == "palette"]
    assert len(openings) == rows
    assert sum(scene["came"]["asked"][0][0] == "switch" for scene in openings if scene["came"]["asked"]) > rows // 4
    assert sum(len(scene["clicks"]) for scene in clicked) > (len(VIEWS) + 10) * rows * columns // CLICK_EVERY


def chosen(scene: Scene) -> str:
    """The command of the palette that was clicked, if one was; it has two lines, of which the first names it."""
    [(_, row)] = scene["clicks"]
    for line in reversed(scene["lines"][max(0, row - 1) : row + 1]):
        said = line.strip().partition("  ")[0]  # the scroll bar may follow
        if offered(said):
            return said
    return ""


def offered(line: str) -> set[str]:
    """The actions that a line of the palette can stand for; which of the scenarios, what it asks for tells."""
    if line.startswith("Start "):
        return {f"scenario({number})" for number in range(1, 10)}
    return {action for name, _, action in palette._OFFERS if name == line}


def test_row_9_no_answer_of_the_terminal_was_taken_for_a_key(shown: list[Scene]) -> None:
    assert shown[-1]["keys"] == []
