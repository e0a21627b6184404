"""The app: pulls the newest view once a second, has it drawn, and passes keys on to the session."""

from __future__ import annotations

import logging
import os
import signal
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

from textual.app import SystemCommand
from textual.screen import Screen

from lorax_tui.errors import ExitCode, LoraxTuiError
from lorax_tui.model import format as words
from lorax_tui.model.hosts import host_of
from lorax_tui.model.records import EventKind
from lorax_tui.model.scenario import Scenario
from lorax_tui.runs import store
from lorax_tui.session.view import SessionView, State
from lorax_tui.ui import keys
from lorax_tui.ui.screens.confirm import ConfirmScreen
from lorax_tui.ui.screens.dashboard import Dashboard
from lorax_tui.ui.screens.help import HelpScreen
from lorax_tui.ui.screens.quit import QuitScreen
from lorax_tui.ui.screens.replay import ReplayScreen
from lorax_tui.ui.screens.runs import RunsScreen
from lorax_tui.ui.screens.target import TargetScreen
from lorax_tui.ui.steering import Steering
from lorax_tui.ui.terminal import TerminalApp
from lorax_tui.ui.vigil import LOOK_S, SILENT_AFTER
from lorax_tui.ui.widgets.scenarios import ScenarioList

_log = logging.getLogger(__name__)

TICK_S = 1.0

SILENT = f"the screen was silent for {SILENT_AFTER * LOOK_S:g} s: nobody could have stopped the load"
"""Why a run has ended of which the screen no longer lives."""

LOW_BANDWIDTH_BEATS = 5
"""Every which second is drawn where the link is slow; keys are answered at once all the same."""

LEAVING_TICK_S = 0.05
"""How often to look whether the load has ended, once everything waits for that."""

LONGEST_LEAVING_S = 3.0
"""How long quitting waits for the load to end; users get 2 s to finish their last asks."""


class LoraxApp(TerminalApp):
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
        super().__init__(log_path, keep_running)
        self._beats_a_tick = LOW_BANDWIDTH_BEATS if low_bandwidth else 1
        self._beats = 0
        self._scenarios = scenarios
        self.started: Future[None] | None = None
        """Their beginning."""
        self._runs_dir = runs_dir or store.default_runs_dir()
        self._session = session
        self._board = Dashboard()
        self._drawn: SessionView | None = None
        self._pictured: str | None = None
        """The run whose last picture is taken."""
        self._picture: Future[Path] | None = None
        """That picture, on its way to the disk."""
        self._cpu_s = time.thread_time()
        self._is_leaving = False
        self._kept: Future[None] | None = None
        """The end of the run that was asked for by a signal, or as this loop was silent."""

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
        if view.state is State.ENDED and self._pictured != view.run.run and not self._is_elsewhere:
            self._pictured, self._picture = view.run.run, None
            self.call_after_refresh(self._keep_picture)

    @property
    def _is_elsewhere(self) -> bool:
        """Whether other runs than this one fill the terminal."""
        return any(isinstance(screen, RunsScreen | ReplayScreen) for screen in self.screen_stack)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Whoever looks at another run does not steer this one by mistake."""
        if action in keys.STEERING and self._is_elsewhere:
            return False
        return super().check_action(action, parameters)

    def _keep_picture(self) -> None:
        folder = self._session.view.folder
        if folder is not None:
            self._picture = self._session.save_picture(self.export_screenshot(), folder)
            self._ask(self._picture)

    def _ask(self, future: Future[Any], done: Callable[[Any], None] | None = None) -> None:
        """Go on; when the session has answered, a slip of the operator becomes a toast."""

        def _answered() -> None:
            error = future.exception()
            if error is None:
                if done is not None:
                    done(future.result())
            elif isinstance(error, LoraxTuiError):
                self.notify(str(error), severity="warning", markup=False)
            else:
                _log.error("the session failed", exc_info=error)
                self.notify(f"{type(error).__name__}: {error}", severity="error", markup=False)
            self.tick()

        def _pass_on(_: Future[Any]) -> None:
            if not future.cancelled():
                with suppress(RuntimeError):  # nobody listens any more
                    self.call_later(_answered)

        future.add_done_callback(_pass_on)

    def action_scenario(self, number: int) -> None:
        """Start the scenario with this number, or switch to it."""
        scenarios = self._session.view.scenarios
        if number <= len(scenarios):
            self.switch(scenarios[number - 1].name)

    def switch(self, name: str) -> None:
        """Start this scenario, or switch to it."""
        if not self._is_leaving:
            self._when_confirmed(name, lambda: self._ask(self._session.switch(name)))

    def _begin(self) -> None:
        self.started = self._session.run(self._scenarios)
        self._ask(self.started)

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
            self.notify("not confirmed: nothing was sent", markup=False)
        else:
            self._ask(self._session.confirm(name), lambda _: begin())

    def action_adjust(self, users: int) -> None:
        """Want more users, or fewer."""
        self._ask(self._session.adjust(users))

    def action_stop(self) -> None:
        """End the load."""
        if self._session.view.is_loaded:
            self._ask(self._session.stop())

    def action_silence(self) -> None:
        """Have the guard that is about to end the run say so only."""
        self._ask(self._session.silence(), lambda text: self.notify(text, markup=False))

    def action_snapshot(self) -> None:
        """Keep the run as it stands."""
        asked = self._session.snapshot(self.export_screenshot())
        self._ask(asked, lambda path: self.notify(f"snapshot in {path}", markup=False, timeout=8))

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
            self.notify("a load runs: stop it with x first, or open the runs by name with ctrl+p", markup=False)
        else:
            self.open_runs()

    def open_runs(self) -> None:
        """The same while a load runs."""
        if not self._is_elsewhere:
            self.push_screen(RunsScreen(self._runs_dir), lambda _: self._come_back())

    def _come_back(self) -> None:
        """Draw what was missed, and picture it where it has ended meanwhile."""
        self._drawn = None
        self.tick()

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
        self.push_screen(QuitScreen(load), lambda is_yes: self._quit() if is_yes else None)

    def _quit(self) -> None:
        self._ask(self._session.stop("quit"))
        self._leave()

    def keep(self, number: int) -> Future[None] | None:
        """End the run on disk, whatever the screen does; whoever hangs is not waited for."""
        if not self._session.view.is_loaded:
            return None
        self._kept = self._session.stop(f"signal {signal.Signals(number).name}", hurry=True)
        return self._kept

    def fall_silent(self) -> None:
        """Nobody can stop the load from here any more."""
        if self._session.view.is_loaded:
            self._kept = self._session.stop(SILENT, by_guard=True)

    def die(self) -> None:
        """The run is kept, and the terminal is given back from outside."""
        if self._kept is not None:
            with suppress(Exception):
                self._kept.result(LONGEST_LEAVING_S)
            os._exit(ExitCode.GUARD)

    def leave_by(self, number: int) -> None:
        """A signal asks nobody: the run is kept, and the terminal left as it was."""
        if not self._is_leaving and not self._session.view.is_loaded and self._kept is None:
            self.exit()
        elif not self._is_leaving:
            self._leave()

    def go_on(self) -> None:
        """Nobody looks any more: go when the load has ended by itself."""
        self._session.note(EventKind.WARNING, "the terminal is gone; the load goes on")
        self.set_interval(TICK_S, lambda: None if self._session.view.is_loaded else self.exit())

    def _leave(self) -> None:
        self._is_leaving = True
        self.stop_listening()
        while self._is_elsewhere:
            self.pop_screen()
        self.set_interval(LEAVING_TICK_S, self._leave_when_kept)
        self.set_timer(LONGEST_LEAVING_S, self._leave_anyway)

    def _leave_when_kept(self) -> None:
        """Go as soon as the load has ended and the picture of its end is kept."""
        self.tick()
        view = self._session.view
        is_kept = self._pictured == view.run.run and self._picture is not None and self._picture.done()
        if view.state is State.IDLE or (view.state is State.ENDED and is_kept):
            self.exit()

    def _leave_anyway(self) -> None:
        if self._pictured != self._session.view.run.run:
            self._keep_picture()
        self.exit()

    def on_scenario_list_chosen(self, message: ScenarioList.Chosen) -> None:
        """Enter in the list is a number key."""
        self.switch(message.scenario)

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """The keys by name."""
        if isinstance(screen, RunsScreen | ReplayScreen):
            yield from screen.commands()
            return
        view = self._session.view
        verb = "Switch to" if view.is_loaded else "Start"
        for scenario in view.scenarios:
            yield SystemCommand(f"{verb} {scenario.name}", "its number key", partial(self.switch, scenario.name))
        yield SystemCommand("One user more", "+", partial(self.action_adjust, 1))
        yield SystemCommand("One user fewer", "-", partial(self.action_adjust, -1))
        yield SystemCommand("Ten users more", "right bracket", partial(self.action_adjust, 10))
        yield SystemCommand("Ten users fewer", "left bracket", partial(self.action_adjust, -10))
        yield SystemCommand("Stop", "x: end the load and keep the run", self.action_stop)
        yield SystemCommand("Silence a guard", "g: the one that is about to end the run", self.action_silence)
        yield SystemCommand("Snapshot", "s: keep the run as it stands", self.action_snapshot)
        yield SystemCommand("Next latency chart", "p: HTTP, Socket.IO, operation", self.action_turn_chart)
        yield SystemCommand("Next panel", "m: scenarios, errors, memory", self.action_turn_panel)
        yield SystemCommand("Target", "t: memory of its workers over the whole run", self.action_target)
        yield SystemCommand(
            "Generator",
            "h: load, lag, files and connections of this machine",
            partial(self.action_turn_over, "generator"),
        )
        yield SystemCommand("Limits", "l: each with its value now", partial(self.action_turn_over, "limits"))
        yield SystemCommand("Runs", "r: see one again, mark one as baseline", self.open_runs)
        yield SystemCommand("Help", "? all keys and signs", self.action_help)
        yield SystemCommand("Quit", "q: asks while a load runs", self.action_leave)
