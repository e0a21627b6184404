"""The screen of the runs that are kept, over a dashboard."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from lorax_tui.runs import store
from lorax_tui.session.view import SessionView
from lorax_tui.ui.app import LoraxApp
from lorax_tui.ui.screens.replay import ReplayScreen
from lorax_tui.ui.screens.runs import RunsScreen
from lorax_tui.ui.widgets.runs import RunList
from tests.kept import keep
from tests.ui import views
from tests.ui.fake import FakeSession
from tests.ui.screen import Driven


@asynccontextmanager
async def over(view: SessionView, runs_dir: Path, size: tuple[int, int] = (120, 40)) -> AsyncIterator[Driven]:
    """The dashboard of an app that keeps its runs there."""
    session = FakeSession(view)
    app = LoraxApp(session, runs_dir)
    async with app.run_test(size=size, notifications=True) as pilot:
        driven = Driven(app, session, pilot)
        await driven.until(lambda: app._drawn is session.view)
        yield driven


def selected(driven: Driven) -> str:
    lists = list(driven.app.screen.query(RunList))
    run = lists[0].selected if lists else None
    return "" if run is None else run.name


@pytest.fixture
def folders(tmp_path: Path) -> list[Path]:
    """A whole run, one that was cut off, and the newest."""
    return [keep(tmp_path, seconds=20, after_s=60 * n, end=None if n == 1 else "finished") for n in range(3)]


@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
async def test_runs_are_listed_from_the_newest(tmp_path: Path, folders: list[Path], size: tuple[int, int]) -> None:
    async with over(views.idle(), tmp_path, size) as driven:
        await driven.press("r")
        await driven.until(lambda: selected(driven) == folders[2].name)
        rows = [line for line in driven.text().splitlines() if "smoke " in line and "00:20" in line]
        assert [("finished" in row, "cut off" in row) for row in rows] == [(True, False), (False, True), (True, False)]
        assert all("1202" in row for row in rows)
        await driven.press("down")
        assert selected(driven) == folders[1].name
        await driven.until(lambda: "recovered: cut off at 00:20" in driven.text())
        await driven.press("q")
        await driven.until(lambda: driven.app.screen is driven.app._board)


async def test_a_run_is_opened_at_its_end_and_replayed_from_its_beginning(tmp_path: Path, folders: list[Path]) -> None:
    async with over(views.ended(), tmp_path) as driven:
        await driven.press("r")
        await driven.until(lambda: selected(driven) == folders[2].name)
        await driven.press("enter")
        await driven.until(lambda: isinstance(driven.app.screen, ReplayScreen))
        await driven.until(lambda: "‖ REPLAY   1x 00:20" in driven.text() and "PASSED" in driven.text())
        await driven.press("q")
        await driven.until(lambda: isinstance(driven.app.screen, RunsScreen))
        await driven.press("down", "space")
        await driven.until(lambda: "▶ REPLAY   1x 00:0" in driven.text())
        await driven.press("1", "x", "s", "plus")
        assert driven.session.asked == [] or {asked[0] for asked in driven.session.asked} == {"save_picture"}
        await driven.press("escape", "escape")
        await driven.until(lambda: driven.app.screen is driven.app._board)
        await driven.press("1")
        assert driven.session.asked[-1][0] == "switch"


async def test_one_run_is_the_baseline(tmp_path: Path, folders: list[Path]) -> None:
    async with over(views.idle(), tmp_path) as driven:
        await driven.press("r")
        await driven.until(lambda: selected(driven) == folders[2].name)
        await driven.press("down", "b")
        await driven.until(lambda: "the baseline" in driven.text())
        await driven.until(lambda: selected(driven) == folders[1].name)
        assert store.baseline(tmp_path) == folders[1]
        await driven.press("b")
        await driven.until(lambda: "the baseline" not in driven.text())
        assert store.baseline(tmp_path) is None


async def test_a_run_is_held_against_the_baseline(tmp_path: Path, folders: list[Path]) -> None:
    async with over(views.idle(), tmp_path) as driven:
        await driven.press("r")
        await driven.until(lambda: selected(driven) == folders[2].name)
        await driven.press("c")
        await driven.until(lambda: "mark another run as the baseline first" in driven.text())
        await driven.press("end", "b")
        await driven.until(lambda: "the baseline" in driven.text())
        await driven.press("home", "c")
        await driven.until(lambda: f"base  {folders[0].name}" in driven.text())
        assert f"run   {folders[2].name}" in driven.text() and "GET /health" in driven.text()
        assert [command.title for command in driven.app.get_system_commands(driven.app.screen)] == ["Quit"]
        await driven.press("escape")
        await driven.until(lambda: isinstance(driven.app.screen, RunsScreen))


async def test_without_any_run(tmp_path: Path) -> None:
    async with over(views.idle(), tmp_path / "none") as driven:
        await driven.press("r")
        await driven.until(lambda: "no run is kept here yet" in driven.text())
        await driven.press("enter", "space", "b", "up", "down", "q")
        await driven.until(lambda: driven.app.screen is driven.app._board)


async def test_a_run_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    folder = keep(tmp_path)
    (folder / store.JOURNAL).write_text("\x1b[2J")
    async with over(views.idle(), tmp_path) as driven:
        await driven.press("r")
        await driven.until(lambda: selected(driven) == folder.name)
        (folder / "summary.json").unlink()
        await driven.press("f5", "enter")
        await driven.until(lambda: "unreadable" in driven.text() and "no journal of a run" in driven.text())


async def test_while_a_load_runs_only_by_name(tmp_path: Path, folders: list[Path]) -> None:
    async with over(views.running(), tmp_path) as driven:
        await driven.press("r")
        await driven.until(lambda: "a load runs" in driven.text())
        driven.app.action_open_runs()
        await driven.until(lambda: isinstance(driven.app.screen, RunsScreen) and selected(driven))
        await driven.show(views.ended())
        assert not driven.session.pictures, "the last picture of a run is one of its dashboard"
        await driven.press("q")
        await driven.until(lambda: driven.session.pictures)
        assert "cut&#160;off" not in driven.session.pictures[-1]


async def test_quitting_from_there_keeps_the_picture_of_the_dashboard(tmp_path: Path, folders: list[Path]) -> None:
    async with over(views.running(), tmp_path) as driven:
        driven.app.action_open_runs()
        await driven.until(lambda: isinstance(driven.app.screen, RunsScreen) and selected(driven))
        await driven.press("ctrl+q")
        await driven.press("y")
        await driven.until(lambda: not driven.app.is_running)
        assert ("stop", "quit") in driven.session.asked
        assert driven.session.pictures and "operations" in driven.session.pictures[-1]
