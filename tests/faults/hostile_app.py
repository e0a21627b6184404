"""The dashboard in a terminal, shown every hostile text on every screen; says over a socket what it shows just now.

    python -m tests.faults.hostile_app SOCKET FOLDER     FOLDER: with a recording of every batch

After each scene it waits for a line, so that whoever reads its terminal can look, click and type first; then it says
what came of that.
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
from textual.command import CommandPalette
from textual.widget import Widget
from textual.widgets import OptionList

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
from tests.faults.hostile import BATCHES, CLICKED, CORPUS
from tests.faults.hostile_views import hostile
from tests.ui import search_views, views
from tests.ui.fake import FakeSession


class HostileApp(LoraxApp):
    """Remembers the keys that came, of which nobody presses any, and what was drawn."""

    CSS_PATH = Path(lorax_tui.ui.__file__).with_name("app.tcss")

    def __init__(self, session: FakeSession, runs_dir: Path, story: Callable[[HostileApp], Any]) -> None:
        super().__init__(session, runs_dir)
        self.keys: list[str] = []
        self.actions: list[str] = []
        """What was run by its name, as a click on a text can have it run."""
        self._clicks = self._seen = 0
        self._story = story

    def on_ready(self) -> None:
        super().on_ready()
        self._told = asyncio.create_task(self._story(self))

    async def on_event(self, event: events.Event) -> None:
        if isinstance(event, events.Key):
            self.keys.append(event.key)
        is_click = isinstance(event, events.MouseUp) and not event.is_forwarded
        await super().on_event(event)
        self._clicks += is_click

    async def run_action(self, action: Any, *arguments: Any, **options: Any) -> bool:
        self.actions.append(str(action))
        return await super().run_action(action, *arguments, **options)

    def bell(self) -> None:
        """Whoever types too much hears of it; here any sound would be one of the texts."""

    async def has_been_clicked(self, times: int) -> bool:
        """Wait until so many clicks have come in all; whether any of them is new."""
        before = self._seen
        while self._clicks < times:  # noqa: ASYNC110  (what comes in is nobody's business but Textual's)
            await asyncio.sleep(0.01)
        self._seen = times
        return times > before

    def told(self) -> dict[str, Any]:
        """What there is to say of this moment."""
        return {"classes": sorted(self.drawn_classes()), "keys": self.keys, "links": self.drawn_links()}

    def came(self) -> dict[str, Any]:
        """What the session was asked for and what was run since this was asked last, and the screens there are."""
        session: Any = self._session
        asked, session.asked = [list(map(str, asked)) for asked in session.asked], []
        actions, self.actions = self.actions, []
        screens = [type(screen).__name__ for screen in self.screen_stack if not isinstance(screen, CommandPalette)]
        return {"asked": asked, "actions": actions, "screens": screens}

    def drawn_links(self) -> list[str]:
        """What any cell of the screen would do or open when it is clicked."""
        strips = self.screen._compositor.render_strips()
        styles = {segment.style for strip in strips for segment in strip if segment.style is not None}
        actions = [f"{key}: {value}" for style in styles for key, value in style.meta.items() if key.startswith("@")]
        return sorted([*actions, *(style.link for style in styles if style.link)])

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
                    before = app.came()["screens"]
                    told = {"batch": batch, "scene": scene, "screens": before} | app.told()
                    writer.write(json.dumps(told).encode() + b"\n")
                    if await app.has_been_clicked(int(await reader.readline())):
                        await _settled(app)
                    writer.write(json.dumps(app.came()).encode() + b"\n")
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
        for _ in range(app.size.height if BATCHES[batch] is CLICKED else 1):  # a click on a line may close it
            await app.push_screen(CommandPalette())
            await _offers(app)
            yield "palette"
            if isinstance(app.screen, CommandPalette):
                await app.screen.dismiss()
        async for scene in self._kept(app, self._folder / str(batch) / "run"):
            yield scene

    async def _kept(self, app: HostileApp, folder: Path) -> AsyncIterator[str]:
        runs = RunsScreen(folder.parent)
        app.push_screen(runs)
        await _settled(app)
        while not runs.query_one(RunList)._runs:
            await _settled(app)
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
        await _settled(app)
        await app.workers.wait_for_complete()
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


async def _offers(app: HostileApp) -> None:
    """The palette is open, and all commands are in it."""
    commands = len([*app.get_system_commands(app.screen)])
    while sum(shown.option_count for shown in app.screen.query(OptionList)) < commands:  # noqa: ASYNC110
        await asyncio.sleep(0.002)


async def _at_rest(app: HostileApp) -> None:
    """No widget has had anything to do or to draw for a while of the loop."""
    turns = 0
    while turns < 10:
        screen: Any = app.screen
        pumps = (app, screen, *screen.walk_children(Widget))
        is_busy = screen._layout_required or screen._dirty_widgets or any(pump.message_queue_size for pump in pumps)
        turns = 0 if is_busy else turns + 1
        await asyncio.sleep(0.001)


async def _settled(app: HostileApp) -> None:
    """Everything is done and drawn, and has gone to the terminal."""
    await _at_rest(app)
    for _ in range(2):
        drawn = asyncio.Event()
        app.screen.call_after_refresh(drawn.set)
        await asyncio.wait_for(drawn.wait(), 20)
    outlet: Any = getattr(app._driver, "_outlet", None)
    while outlet is not None and outlet.waiting:  # noqa: ASYNC110  (it is another thread that writes)
        await asyncio.sleep(0.002)


if __name__ == "__main__":
    HostileApp(FakeSession(views.idle()), Path(sys.argv[2]), Story(Path(sys.argv[2]))).run()
