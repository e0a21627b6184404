"""A recorded run on the dashboard: the keys that move time are there, those that need an engine are not."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from textual.pilot import Pilot

from lorax_tui.runs import store
from lorax_tui.runs.recorded import read
from lorax_tui.session.replay import Replay
from lorax_tui.session.view import Position
from lorax_tui.ui.replaying import ReplayApp
from lorax_tui.ui.screens.help import HelpScreen
from lorax_tui.ui.screens.moment import MomentScreen
from lorax_tui.ui.screens.replay import ReplayScreen
from lorax_tui.ui.screens.target import TargetMoment
from tests.kept import keep


class Clock:
    """Stands still unless it is told to go."""

    now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


@dataclass
class Seen:
    """A replay in an app without a terminal; its clock stands still."""

    app: ReplayApp
    replay: Replay
    pilot: Pilot[None]
    clock: Clock

    @property
    def position(self) -> Position:
        position = self.replay.view.replay
        assert position is not None
        return position

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.pilot.pause()

    def text(self) -> str:
        strips = self.app.screen._compositor.render_strips()
        return "\n".join("".join(segment.text for segment in strip) for strip in strips)


@asynccontextmanager
async def replaying(folder: Path, size: tuple[int, int] = (120, 40)) -> AsyncIterator[Seen]:
    clock = Clock()
    replay = Replay(folder, read(folder / store.JOURNAL), clock)
    app = ReplayApp(replay)
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        yield Seen(app, replay, pilot, clock)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return keep(tmp_path, seconds=30, switch_s=12)


async def test_keys_move_time(folder: Path) -> None:
    async with replaying(folder) as seen:
        moved = [
            ("full_stop", 1.0),
            ("full_stop", 2.0),
            ("comma", 1.0),
            ("right", 11.0),
            ("left", 1.0),
            ("n", 12.0),
            ("n", 30.0),
            ("b", 12.0),
            ("N", 0.0),
            ("end", 30.0),
            ("home", 0.0),
        ]
        for key, at_s in moved:
            await seen.press(key)
            assert seen.position.at_s == at_s, key
        await seen.press("plus", "plus", "space")
        seen.clock.now_s += 2
        seen.app._board.tick()
        await seen.pilot.pause()
        assert (seen.position.at_s, seen.position.speed, seen.position.is_playing) == (10.0, 5, True)
        assert "▶ REPLAY   5x 00:10" in seen.text() and "RUNNING  smoke" in seen.text()
        await seen.press("minus", "space")
        assert (seen.position.speed, seen.position.is_playing) == (2, False)


async def test_a_time_can_be_asked_for(folder: Path) -> None:
    async with replaying(folder) as seen:
        await seen.press("t")
        assert isinstance(seen.app.screen, MomentScreen)
        await seen.press(*"soon", "enter")
        assert "'soon' is no time: expected for example 2:30, 150 or 2m30s" in seen.text()
        await seen.press(*4 * ["backspace"], *"0:17", "enter")
        assert seen.position.at_s == 17.0 and isinstance(seen.app.screen, ReplayScreen)
        await seen.press("t", "1", "escape")
        assert seen.position.at_s == 17.0


async def test_the_target_is_shown_up_to_the_moment_and_goes_on_with_it(folder: Path) -> None:
    async with replaying(folder) as seen:
        await seen.press("end", "w")
        assert isinstance(seen.app.screen, TargetMoment)
        workers = [pid.pid for pid in seen.replay.view.run.target.pids]
        assert workers and f"{len(workers)} worker" in seen.text() and str(workers[0]) in seen.text()
        assert "-30s" in seen.text() and "w back" in seen.text() and "stop" not in seen.text().splitlines()[-1]
        seen.replay.seek(0)
        seen.app._board.tick()
        await seen.pilot.pause()
        assert "-30s" not in seen.text() and "-10s" in seen.text()
        await seen.press("q")
        assert isinstance(seen.app.screen, ReplayScreen) and seen.position.at_s == 0.0


async def test_keys_that_need_an_engine_are_not_there(folder: Path) -> None:
    async with replaying(folder) as seen:
        await seen.press("end")
        before = seen.text()
        await seen.press("1", "x", "s", "right_square_bracket", "g")
        assert seen.text() == before
        footer = before.splitlines()[-1]
        assert "space play" in footer and "q leave" in footer and "scenario" not in footer and "snap" not in footer
        assert "starts again" not in before and "PASSED" in before
        await seen.press("question_mark")
        assert isinstance(seen.app.screen, HelpScreen)
        assert "play, or hold" in seen.text() and "stop the load" not in seen.text()


async def test_what_is_missing_is_said_at_any_moment(tmp_path: Path) -> None:
    folder = keep(tmp_path, seconds=30, end=None)
    with (folder / store.JOURNAL).open("ab") as journal:
        journal.write(b'{"type')
    async with replaying(folder) as seen:
        assert "recovered: cut off at 00:30, 6 bytes dropped" in seen.text()
        await seen.press("end")
        assert seen.text().count("recovered: cut off at 00:30, 6 bytes dropped") == 2
        assert "RUNNING" in seen.text()


@pytest.mark.parametrize("key", ["q", "escape", "ctrl+c", "ctrl+q"])
async def test_every_way_out_is_out(folder: Path, key: str) -> None:
    async with replaying(folder) as seen:
        await seen.press(key)
        assert not seen.app.is_running and seen.app.return_code == 0
