"""How a text comes in by a session or a paste, and what of it comes out on a screen."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from textual.events import Paste

from lorax_tui.model.records import EventKind
from lorax_tui.session.view import State
from lorax_tui.ui.screens.compare import CompareScreen
from lorax_tui.ui.screens.runs import RunsScreen
from lorax_tui.ui.widgets.banner import Banner
from tests.faults.ways import as_name, behind, refusal, strings
from tests.session.opened import opened
from tests.ui import views
from tests.ui.screen import dashboard


@behind("session/steering.Steering.confirm", "session/steering.Steering.note", "session/steering.Steering._set")
def session(text: str, folder: Path) -> Iterator[object]:
    with opened(f"http://127.0.0.1:1/{text}", folder) as open_session:
        yield refusal(open_session.confirm(text).result, 5)
        open_session.note(EventKind.NOTE, text)
        open_session.wait(open_session.view, 0.5)
        yield open_session.view.notice
        yield refusal(open_session.run([open_session.view.scenarios[0]]).result, 20).partition("/")[0]
        yield open_session.view.notice


@behind("ui/widgets/banner._tail")
def folder_of_the_run(text: str, folder: Path) -> Iterator[object]:
    view = replace(views.running(), state=State.ENDED, folder=Path(text[:4000]))
    yield from strings([line for line in Banner().lines(view, 120, 4)])


@behind(
    "ui/terminal.TerminalApp.notify",
    "ui/terminal.TerminalApp.on_event",
    "ui/screens/runs.RunsScreen.action_refresh_list",
)
def screens(text: str, folder: Path) -> Iterator[object]:
    runs_dir = folder / as_name(text)
    runs_dir.mkdir()
    (runs_dir / "run.jsonl").write_text("no journal")
    yield from asyncio.run(_screens(text, runs_dir))


async def _screens(text: str, folder: Path) -> list[object]:
    """What stands there after a failure, a paste, in the list of runs and where two of them cannot be compared."""
    async with dashboard(replace(views.idle(), must_confirm=True, host="http://far.example")) as driven:
        shown: list[object] = []
        driven.session.refusal = RuntimeError(text)
        await driven.press("x", "plus")
        await driven.until(lambda: "RuntimeError" in driven.text())
        shown.append(driven.text())
        await driven.press("1")
        await driven.until(lambda: "Type the name" in driven.text())
        driven.app.post_message(Paste(text))
        await driven.pilot.pause()
        shown.append(driven.text())
        await driven.press("escape")
        driven.app.push_screen(RunsScreen(folder))
        await driven.until(lambda: "0 in " in driven.text())
        shown.append(driven.text())
        driven.app.push_screen(CompareScreen(folder, folder))
        await driven.until(lambda: "run.jsonl" in driven.text())
        return [*shown, driven.text()]
