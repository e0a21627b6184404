"""What a replay shows of a real run is what was on the screen while it happened."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from lorax_tui.session.replay import Replay
from lorax_tui.session.view import SessionView, State
from lorax_tui.ui.app import LoraxApp
from lorax_tui.ui.lines import Line
from lorax_tui.ui.replaying import ReplayApp
from lorax_tui.ui.screens.dashboard import Dashboard
from lorax_tui.ui.widgets.operations import OperationsTable
from lorax_tui.ui.widgets.panel import Panel
from tests.backend import Backend
from tests.session.opened import opened
from tests.waiting import wait_until

pytestmark = pytest.mark.backend

PANELS = ("header", "banner", "throughput", "latency", "operations", "errors", "memory", "events")

Shown = dict[str, list[Line]]

LIMIT_S = 60.0


def shown(board: Dashboard) -> Shown:
    return {name: list(board.query_one(f"#{name}", Panel)._lines) for name in PANELS}


async def watched(app: LoraxApp, seconds: float, from_s: float) -> list[tuple[SessionView, Shown]]:
    """Every picture of so many seconds of the run."""
    seen: list[tuple[SessionView, Shown]] = []
    async with asyncio.timeout(LIMIT_S):
        while (view := app._session.view).state is State.RUNNING and view.run.elapsed_s < from_s + seconds:
            app.tick()
            await asyncio.sleep(0.05)
            drawn = app._drawn
            if drawn is not None and drawn.run.points and (not seen or seen[-1][0].run is not drawn.run):
                seen.append((drawn, shown(app._board)))
    return seen


@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
async def test_the_same_figures_at_the_same_moments(backend: Backend, tmp_path: Path, size: tuple[int, int]) -> None:
    with opened(backend.url, tmp_path) as session:
        app = LoraxApp(session, tmp_path)
        async with app.run_test(size=size) as pilot:
            await pilot.pause()
            session.switch("few").result(LIMIT_S)
            app._board.query_one(OperationsTable).focus()
            live = await watched(app, 4, 0.0)
            session.switch("more").result(LIMIT_S)
            live += await watched(app, 4, session.view.run.elapsed_s)
            session.stop().result(LIMIT_S)
            app.tick()
            await pilot.pause()
            live.append((session.view, shown(app._board)))
        folder = session.view.folder
    assert folder is not None and live[-1][0].state is State.ENDED
    replay = Replay.open(folder)
    wait_until(lambda: not replay._moments._preparing.is_alive(), "everything is prepared")
    again = ReplayApp(replay)
    same = 0
    async with again.run_test(size=(size[0], size[1] + 1)) as pilot:  # one line more, for the position
        await pilot.pause()
        for view, panels in live:
            replay.seek(view.elapsed_s if view.state is State.RUNNING else replay.length_s)
            moment = replay.view
            if moment.run != view.run:
                continue  # a poll of the target came in within these milliseconds
            again._board.tick()
            await pilot.pause()
            compared = shown(again._board)
            for name in PANELS:
                # How it ended is followed by keys, and a replay has others.
                if (name, view.state) != ("banner", State.ENDED):
                    assert compared[name] == panels[name], (name, view.elapsed_s)
            same += 1
    assert len(live) >= 7 and same >= len(live) * 0.7, (same, len(live))
