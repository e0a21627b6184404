"""The dashboard: pulls the newest view once a second, draws what changed, and passes keys on to the session."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from typing import Any, ClassVar

from textual import events
from textual.app import App, ComposeResult, SystemCommand
from textual.containers import Horizontal
from textual.screen import Screen

from lorax_tui.errors import LoraxTuiError
from lorax_tui.session.view import SessionView, State
from lorax_tui.ui import keys
from lorax_tui.model import format as words
from lorax_tui.ui.screens.help import HelpScreen
from lorax_tui.ui.screens.quit import QuitScreen
from lorax_tui.ui.steering import Steering
from lorax_tui.ui.theme import THEME
from lorax_tui.ui.widgets.banner import Banner, Tiny, Welcome
from lorax_tui.ui.widgets.charts import LatencyChart, ThroughputChart
from lorax_tui.ui.widgets.events import EventList
from lorax_tui.ui.widgets.footer import Footer
from lorax_tui.ui.widgets.header import Header
from lorax_tui.ui.widgets.lower import LowerRow
from lorax_tui.ui.widgets.operations import OperationsTable
from lorax_tui.ui.widgets.panel import Panel
from lorax_tui.ui.widgets.scenarios import ScenarioList

_log = logging.getLogger(__name__)

TICK_S = 1.0

LEAVING_TICK_S = 0.1
"""How often to look whether the load has ended, once everything waits for that."""

LONGEST_LEAVING_S = 3.0
"""How long quitting waits for the load to end; users get 2 s to finish their last asks."""

NARROW = (110, 32)
SLIM = (60, 15)
"""Columns and rows below which the screen is narrow, and too small for a dashboard."""


class LoraxApp(App[None]):
    """A reader of the session: it holds no figure of its own."""

    TITLE = "lorax-tui"
    CSS_PATH = "app.tcss"
    AUTO_FOCUS = "ScenarioList"
    ALLOW_SELECT = False
    ENABLE_COMMAND_PALETTE = True
    BINDINGS = keys.BINDINGS
    _STATES: ClassVar[tuple[str, ...]] = tuple(state.value for state in State)

    def __init__(self, session: Steering) -> None:
        super().__init__()
        self._session = session
        self._drawn: SessionView | None = None
        self._pictured: str | None = None
        """The run whose last picture is kept."""
        self._is_leaving = False
        self.register_theme(THEME)
        self.theme = THEME.name

    def compose(self) -> ComposeResult:
        """From the most important down."""
        yield Header(id="header")
        yield Banner(id="banner")
        yield Welcome(id="welcome")
        with Horizontal(id="charts"):
            yield ThroughputChart(id="throughput")
            yield LatencyChart(id="latency")
        yield OperationsTable(id="operations")
        yield LowerRow(id="lower")
        yield EventList(id="events")
        yield Footer(id="footer")
        yield Tiny(id="tiny")

    def on_mount(self) -> None:
        """Begin to look."""
        self._board = self.screen
        self._panels = list(self._board.query(Panel))
        self._fit(*self.size)
        self.set_interval(TICK_S, self.tick)
        self.tick()

    def on_resize(self, event: events.Resize) -> None:
        """Whatever depends on the room is a class of the style sheet."""
        if hasattr(self, "_board"):
            self._fit(event.size.width, event.size.height)

    def _fit(self, width: int, height: int) -> None:
        self._board.set_class(width < SLIM[0] or height < SLIM[1], "tiny")
        self._board.set_class(width < NARROW[0] or height < NARROW[1], "narrow")
        self._board.set_class(height < 21, "short")
        if self._drawn is not None:
            self._entitle(self._drawn)

    def tick(self) -> None:
        """Draw the newest view, unless it is drawn already or the terminal is still busy with the last."""
        view = self._session.view
        if view is self._drawn or self._is_behind():
            return
        self._drawn = view
        for state in self._STATES:
            self._board.set_class(state == view.state, state)
        self._entitle(view)
        for panel in self._panels:
            panel.show(view)
        if view.state is State.ENDED and self._pictured != view.run.run:
            self._pictured = view.run.run
            self.call_after_refresh(self._keep_picture)

    def _entitle(self, view: SessionView) -> None:
        self._board.query_one(LowerRow).entitle(view, self._board.has_class("narrow"))

    def _is_behind(self) -> bool:
        """Whether frames queue up in front of a slow terminal; waiting for it would stop this loop."""
        writer = getattr(self._driver, "_writer_thread", None)
        queue = getattr(writer, "_queue", None)
        return queue is not None and queue.qsize() > 1

    def _keep_picture(self) -> None:
        self._ask(self._session.save_picture(self.export_screenshot()))

    def _ask(self, future: Future[Any], done: Callable[[Any], None] | None = None) -> None:
        """Wait for the session beside everything else; a slip of the operator becomes a toast."""

        async def _wait() -> None:
            try:
                result = await asyncio.wrap_future(future)
            except LoraxTuiError as slip:
                self.notify(str(slip), severity="warning", markup=False)
            except Exception as error:
                _log.exception("the session failed")
                self.notify(f"{type(error).__name__}: {error}", severity="error", markup=False)
            else:
                if done is not None:
                    done(result)
            self.tick()

        self.run_worker(_wait(), exit_on_error=False)

    def action_scenario(self, number: int) -> None:
        """Start the scenario with this number, or switch to it."""
        scenarios = self._session.view.scenarios
        if number <= len(scenarios):
            self.switch(scenarios[number - 1].name)

    def switch(self, name: str) -> None:
        """Start this scenario, or switch to it."""
        if not self._is_leaving:
            self._ask(self._session.switch(name))

    def action_adjust(self, users: int) -> None:
        """Want more users, or fewer."""
        self._ask(self._session.adjust(users))

    def action_stop(self) -> None:
        """End the load."""
        if self._session.view.is_loaded:
            self._ask(self._session.stop())

    def action_snapshot(self) -> None:
        """Keep the run as it stands."""
        picture = self.export_screenshot()
        self._ask(
            self._session.snapshot(picture), lambda path: self.notify(f"snapshot in {path}", markup=False, timeout=8)
        )

    def action_point(self) -> None:
        """Bring the scenarios up, so that the keys have a list to move in."""
        self._board.query_one(LowerRow).turn_to(0)
        self._board.query_one(ScenarioList).focus()

    def action_turn_chart(self) -> None:
        """The next latency."""
        self._board.query_one(LatencyChart).turn()

    def action_turn_panel(self) -> None:
        """The next of the lower panels."""
        row = self._board.query_one(LowerRow)
        row.turn()
        row.query_one(f"#{row.page}", Panel).focus()

    def action_help(self) -> None:
        """All keys."""
        self.push_screen(HelpScreen())

    async def action_quit(self) -> None:
        """The same as every other way out."""
        self.action_leave()

    def action_leave(self) -> None:
        """Ask if a load runs; else go."""
        if self._is_leaving or isinstance(self.screen, QuitScreen):
            return
        view = self._session.view
        if not view.is_loaded:
            self.exit()
            return
        load = f"{view.scenario or view.state}, {view.run.users_actual} users, at {words.host(view.host)}"
        self.push_screen(QuitScreen(load), lambda is_yes: self._leave() if is_yes else None)

    def _leave(self) -> None:
        self._is_leaving = True
        self._ask(self._session.stop())
        self.set_interval(LEAVING_TICK_S, self._leave_when_ended)
        self.set_timer(LONGEST_LEAVING_S, self._go)

    def _leave_when_ended(self) -> None:
        self.tick()
        if not self._session.view.is_loaded:
            self.call_after_refresh(self._go)

    def _go(self) -> None:
        run = self._session.view.run.run
        if self._pictured != run:
            self._pictured = run
            self._session.save_picture(self.export_screenshot())
        self.exit()

    def on_scenario_list_chosen(self, message: ScenarioList.Chosen) -> None:
        """Enter in the list is a number key."""
        self.switch(message.scenario)

    def on_operations_table_chosen(self, message: OperationsTable.Chosen) -> None:
        """The row pointed at is the operation that the chart can turn to."""
        chart = self._board.query_one(LatencyChart)
        is_shown = chart.subject == chart.operation
        chart.operation = message.operation
        if message.is_entered or is_shown:
            chart.show_subject(message.operation)

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """The keys by name."""
        view = self._session.view
        for scenario in view.scenarios:
            title = f"{'Switch to' if view.is_loaded else 'Start'} {scenario.name}"
            about = f"{scenario.users} users, {words.duration(scenario.duration_s)} {scenario.purpose}"
            yield SystemCommand(title, about, lambda name=scenario.name: self.switch(name))
        yield SystemCommand("One user more", "+", lambda: self.action_adjust(1))
        yield SystemCommand("One user fewer", "-", lambda: self.action_adjust(-1))
        yield SystemCommand("Ten users more", "]", lambda: self.action_adjust(10))
        yield SystemCommand("Ten users fewer", "[", lambda: self.action_adjust(-10))
        yield SystemCommand("Stop", "end the load and keep the run", self.action_stop)
        yield SystemCommand("Snapshot", "keep the run as it stands", self.action_snapshot)
        yield SystemCommand("Next latency chart", "HTTP, Socket.IO, operation", self.action_turn_chart)
        yield SystemCommand("Help", "all keys and signs", self.action_help)
        yield SystemCommand("Quit", "asks while a load runs", self.action_leave)
