"""The dashboard in a terminal, shown every hostile text on every screen; says over a socket what it shows just now.

    python -m tests.faults.hostile_app SOCKET FOLDER     FOLDER: with a recording of every batch

After each scene it waits for a line, so that whoever reads its terminal can look, click and type first.
"""

from __future__ import annotations

import asyncio
import json
import sys
import traceback
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from textual import events
from textual.widget import Widget

import lorax_tui.ui
from lorax_tui.errors import RunError
from lorax_tui.model.text import safe
from lorax_tui.session.replay import Replay
from lorax_tui.session.view import State
from lorax_tui.ui.app import LoraxApp
from lorax_tui.ui.screens.compare import CompareScreen
from lorax_tui.ui.screens.confirm import ConfirmScreen
from lorax_tui.ui.screens.help import HelpScreen
from lorax_tui.ui.screens.moment import MomentScreen
from lorax_tui.ui.screens.quit import QuitScreen
from lorax_tui.ui.screens.replay import ReplayScreen
from lorax_tui.ui.screens.runs import RunsScreen
from lorax_tui.ui.screens.target import TargetMoment, TargetScreen
from lorax_tui.ui.widgets.runs import RunList
from tests.faults.hostile import BATCHES, CORPUS
from tests.faults.hostile_views import hostile
from tests.ui import search_views, views
from tests.ui.fake import FakeSession


class HostileApp(LoraxApp):
    """Remembers the keys that came, of which nobody presses any, and what was drawn."""

    CSS_PATH = Path(lorax_tui.ui.__file__).with_name("app.tcss")

    def __init__(self, session: FakeSession, runs_dir: Path, story: Callable[[HostileApp], Any]) -> None:
        super().__init__(session, runs_dir)
        self.keys: list[str] = []
        self._clicks = 0
        self._story = story

    def on_ready(self) -> None:
        super().on_ready()
        self._told = asyncio.create_task(self._story(self))

    async def on_event(self, event: events.Event) -> None:
        if isinstance(event, events.Key):
            self.keys.append(event.key)
        if isinstance(event, events.MouseUp) and not event.is_forwarded:
            self._clicks += 1
        await super().on_event(event)

    def bell(self) -> None:
        """Whoever types too much hears of it; here any sound would be one of the texts."""

    async def has_been_clicked(self, times: int) -> None:
        """Wait until so many clicks have come in all."""
        while self._clicks < times:  # noqa: ASYNC110  (what comes in is nobody's business but Textual's)
            await asyncio.sleep(0.01)

    def told(self) -> dict[str, Any]:
        """What there is to say of this moment."""
        session: Any = self._session
        asked = [list(map(str, asked)) for asked in session.asked]
        screens = [type(screen).__name__ for screen in self.screen_stack]
        return {"classes": sorted(self.drawn_classes()), "keys": self.keys, "asked": asked, "screens": screens}

    def drawn_classes(self) -> set[str]:
        """Every class of ours of which something is on the screen."""
        widgets: list[Widget] = [self.screen, *self.screen.walk_children(Widget)]
        shown = [widget for widget in widgets if widget.region.area > 0]
        return {
            f"{kind.__module__}.{kind.__name__}"
            for widget in shown
            for kind in type(widget).__mro__
            if kind.__module__.startswith("lorax_tui.ui")
        }


class Story:
    """All scenes, one after the other."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def __call__(self, app: HostileApp) -> None:
        reader, writer = await asyncio.open_unix_connection(sys.argv[1])
        try:
            for batch, names in enumerate(BATCHES):
                async for scene in self._scenes(app, batch, [CORPUS[name] for name in names]):
                    await _settled(app)
                    writer.write(json.dumps({"batch": batch, "scene": scene} | app.told()).encode() + b"\n")
                    await app.has_been_clicked(int(await reader.readline()))
                    await _settled(app)
            writer.write(b"null\n")
        except BaseException:
            writer.write(json.dumps({"failed": traceback.format_exc()}).encode() + b"\n")
            raise
        finally:
            writer.close()
            app.exit()

    async def _scenes(self, app: HostileApp, batch: int, texts: list[str]) -> AsyncIterator[str]:
        session: Any = app._session
        board = app._board
        app.clear_notifications()
        for name, view in VIEWS.items():
            session.view = hostile(view, texts)
            app.tick()
            yield name
        board.add_class("tiny")
        board.show(hostile(views.running(failing=True), texts))
        yield "tiny"
        board.remove_class("tiny")
        board.turn_over("generator")
        board.turn_over("limits")
        yield "turned over"
        board.turn_over("generator")
        board.turn_over("limits")
        for text in texts[:4]:
            session.refusal = RuntimeError(text)
            app.action_adjust(1)
        session.refusal = RunError("".join(text[:20] for text in texts))
        app.action_adjust(1)
        session.refusal = None
        await asyncio.sleep(0)
        yield "toasts"
        app.clear_notifications()
        shown = [safe(text, 40) for text in texts]
        for screen in (
            TargetScreen(hostile(views.watched("growing"), texts)),
            QuitScreen(", ".join(shown)),
            ConfirmScreen(shown[0], shown, f"{shown[-1]} would begin"),
            MomentScreen(12.0),
            HelpScreen(),
        ):
            app.push_screen(screen)
            await _settled(app)
            if isinstance(screen, ConfirmScreen | MomentScreen):
                app.post_message(events.Paste("".join(text[:30].replace("\n", "") for text in texts)))
                await _settled(app)
                app.screen.query_one("Input").action_submit()
            yield type(screen).__name__
            app.pop_screen()
        session.view = hostile(views.idle(), texts)
        app.tick()
        app.action_command_palette()
        await asyncio.sleep(0.15)
        yield "palette"
        app.screen.dismiss()
        async for scene in self._kept(app, self._folder / str(batch)):
            yield scene

    async def _kept(self, app: HostileApp, folder: Path) -> AsyncIterator[str]:
        runs = RunsScreen(self._folder)
        app.push_screen(runs)
        await _settled(app)
        chosen = runs.query_one(RunList)
        while not chosen._runs:
            await _settled(app)
        chosen.action_move([kept.folder for kept in chosen._runs].index(folder) - chosen._cursor)
        yield "runs"
        replay = Replay.open(folder)
        replay.seek(replay.length_s)
        replayed = ReplayScreen(replay)
        app.push_screen(replayed)
        await _settled(app)
        replayed.tick()
        yield "replay"
        app.push_screen(TargetMoment(replay.view))
        yield "target of a replay"
        app.pop_screen()
        app.pop_screen()
        app.push_screen(CompareScreen(folder, folder))
        await asyncio.sleep(0.05)
        yield "compare"
        app.pop_screen()
        app.pop_screen()


VIEWS = {
    "idle": views.idle(),
    "starting": views.starting(),
    "running": replace(views.beside(failing=True), is_remote=True),
    "searching": search_views.searching(),
    "ended": replace(views.running(failing=True), state=State.ENDED),
}


async def _settled(app: HostileApp) -> None:
    """Everything is drawn, and has gone to the terminal."""
    for _ in range(2):
        drawn = asyncio.Event()
        app.screen.call_after_refresh(drawn.set)
        await asyncio.wait_for(drawn.wait(), 20)
    outlet: Any = getattr(app._driver, "_outlet", None)
    while outlet is not None and outlet.waiting:  # noqa: ASYNC110  (it is another thread that writes)
        await asyncio.sleep(0.002)


if __name__ == "__main__":
    HostileApp(FakeSession(views.idle()), Path(sys.argv[2]), Story(Path(sys.argv[2]))).run()
