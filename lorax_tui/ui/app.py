"""The app: pulls the newest view once a second, has it drawn, and passes keys on to the session."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from functools import partial
from pathlib import Path
from typing import Any

from textual.app import SystemCommand
from textual.screen import Screen

from lorax_tui.model.hosts import host_of
from lorax_tui.model.scenario import Scenario
from lorax_tui.runs import store
from lorax_tui.session.view import SessionView
from lorax_tui.ui import keys
from lorax_tui.ui.palette import offers
from lorax_tui.ui.screens.confirm import ConfirmScreen
from lorax_tui.ui.screens.dashboard import Dashboard
from lorax_tui.ui.screens.help import HelpScreen
from lorax_tui.ui.screens.replay import ReplayScreen
from lorax_tui.ui.screens.runs import RunsScreen
from lorax_tui.ui.screens.target import TargetScreen
from lorax_tui.ui.session_app import SessionApp
from lorax_tui.ui.steering import Steering
from lorax_tui.ui.widgets.scenarios import ScenarioList

TICK_S = 1.0

LOW_BANDWIDTH_BEATS = 5
"""Every which second is drawn where the link is slow; keys are answered at once all the same."""


class LoraxApp(SessionApp):
    """A reader of the session: it holds no figure of its own."""

    BINDINGS = keys.BINDINGS

    def __init__(
        self,
        session: Steering,
        runs_dir: Path | None = None,
        log_path: Path | None = None,
        keep_running: bool = False,
        low_bandwidth: bool = False,
        scenarios: Sequence[Scenario] = (),
    ) -> None:
        """Prepare; `scenarios` are begun as soon as the target is confirmed."""
        super().__init__(session, log_path, keep_running)
        self._beats_a_tick = LOW_BANDWIDTH_BEATS if low_bandwidth else 1
        self._beats = 0
        self._scenarios = scenarios
        self.started: Future[None] | None = None
        """Their beginning."""
        self._runs_dir = runs_dir or store.default_runs_dir()
        self._board = Dashboard()
        self._drawn: SessionView | None = None
        self._cpu_s = time.thread_time()

    def get_default_screen(self) -> Screen[None]:
        """The dashboard lies below everything."""
        return self._board

    def on_ready(self) -> None:
        """Begin to look."""
        self.set_interval(TICK_S, self._beat)
        self.tick()
        if self._scenarios:
            self._when_confirmed(" → ".join(scenario.name for scenario in self._scenarios), self._begin)

    def _beat(self) -> None:
        """Tell what the last second has cost, drawing and painting and keys, and draw again."""
        cpu_s, self._cpu_s = self._cpu_s, time.thread_time()
        self._session.drawn((self._cpu_s - cpu_s) * 1e3)
        self._beats += 1
        if self._beats % self._beats_a_tick == 0:
            self.tick()

    def tick(self) -> None:
        """Draw the newest view, unless it is drawn already or the terminal is still busy with the last."""
        view = self._session.view
        if view is self._drawn or self.is_behind():
            return
        self._drawn = view
        target = next((screen for screen in self.screen_stack if isinstance(screen, TargetScreen)), None)
        (target or self._board).show(view)
        self.picture(view)

    @property
    def is_elsewhere(self) -> bool:
        """Whether other runs than this one fill the terminal."""
        return any(isinstance(screen, RunsScreen | ReplayScreen) for screen in self.screen_stack)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Whoever looks at another run does not steer this one by mistake."""
        if action in keys.STEERING and self.is_elsewhere:
            return False
        return super().check_action(action, parameters)

    def action_scenario(self, number: int) -> None:
        """Start the scenario with this number, or switch to it."""
        scenarios = self._session.view.scenarios
        if number <= len(scenarios):
            self.switch(scenarios[number - 1].name)

    def switch(self, name: str) -> None:
        """Start this scenario, or switch to it."""
        if not self._is_leaving:
            self._when_confirmed(name, lambda: self.ask(self._session.switch(name)))

    def _begin(self) -> None:
        self.started = self._session.run(self._scenarios)
        self.ask(self.started)

    def _when_confirmed(self, load: str, begin: Callable[[], None]) -> None:
        """Begin; where the target is not this machine, once its name has been typed."""
        view = self._session.view
        if not view.must_confirm:
            begin()
        elif not isinstance(self.screen, ConfirmScreen):
            screen = ConfirmScreen(host_of(view.host), view.addresses, f"{load} would begin")
            self.push_screen(screen, lambda name: self._confirm(name, begin))

    def _confirm(self, name: str | None, begin: Callable[[], None]) -> None:
        if name is None:
            self.notify("not confirmed: nothing was sent")
        else:
            self.ask(self._session.confirm(name), lambda _: begin())

    def action_adjust(self, users: int) -> None:
        """Want more users, or fewer."""
        self.ask(self._session.adjust(users))

    def action_stop(self) -> None:
        """End the load."""
        if self._session.view.is_loaded:
            self.ask(self._session.stop())

    def action_silence(self) -> None:
        """Have the guard that is about to end the run say so only."""
        self.ask(self._session.silence(), lambda text: self.notify(text))

    def action_snapshot(self) -> None:
        """Keep the run as it stands."""
        asked = self._session.snapshot(self.export_screenshot())
        self.ask(asked, lambda path: self.notify(f"snapshot in {path}", timeout=8))

    def action_point(self) -> None:
        """The keys up and down move in the scenarios."""
        self._board.point()

    def action_turn_chart(self) -> None:
        """The next latency."""
        self._board.turn_chart()

    def action_turn_panel(self) -> None:
        """The next of the lower panels."""
        self._board.turn_panel()

    def action_turn_over(self, page: str) -> None:
        """The other side of a panel: the generator, the limits."""
        self._board.turn_over(page)

    def action_target(self) -> None:
        """The target's side."""
        if self.screen is self._board:
            self.push_screen(TargetScreen(self._session.view), lambda _: self._board.show(self._session.view))

    def action_runs(self) -> None:
        """The runs that are kept."""
        if self._session.view.is_loaded:
            self.notify("a load runs: stop it with x first, or open the runs by name with ctrl+p")
        else:
            self.action_open_runs()

    def action_open_runs(self) -> None:
        """The same while a load runs."""
        self.push_screen(RunsScreen(self._runs_dir), lambda _: self._come_back())

    def _come_back(self) -> None:
        """Draw what was missed, and picture it where it has ended meanwhile."""
        self._drawn = None
        self.tick()

    def action_help(self) -> None:
        """All keys."""
        self.push_screen(HelpScreen())

    def on_scenario_list_chosen(self, message: ScenarioList.Chosen) -> None:
        """Enter in the list is a number key."""
        self.switch(message.scenario)

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """The keys by name."""
        if isinstance(screen, RunsScreen | ReplayScreen):
            yield from screen.commands()
            return
        for name, about, action in offers(self._session.view):
            if self.check_action(action.partition("(")[0], ()):
                yield SystemCommand(name, about, partial(self.run_action, action))
