"""A recorded run on the same dashboard; time goes as the keys say."""

from __future__ import annotations

from collections.abc import Iterable

from textual.app import ComposeResult, SystemCommand

from lorax_tui.session.replay import Replay
from lorax_tui.session.view import SessionView
from lorax_tui.ui.kept_keys import REPLAY_BINDINGS, REPLAY_FOOTER, REPLAY_HELP
from lorax_tui.ui.screens.dashboard import Dashboard
from lorax_tui.ui.screens.help import HelpScreen
from lorax_tui.ui.screens.moment import MomentScreen
from lorax_tui.ui.screens.target import TargetMoment
from lorax_tui.ui.widgets.operations import OperationsTable
from lorax_tui.ui.widgets.position import PositionBar
from lorax_tui.ui.widgets.scenarios import ScenarioList

FRAME_S = 0.25


class ReplayScreen(Dashboard):
    """The dashboard with a position bar; whatever would need an engine is not there."""

    BINDINGS = REPLAY_BINDINGS
    KEYS = REPLAY_FOOTER
    AUTO_FOCUS = "OperationsTable"

    def __init__(self, replay: Replay) -> None:
        super().__init__()
        self._replay = replay
        self._drawn: SessionView | None = None

    def compose(self) -> ComposeResult:
        """All panels, and the bar."""
        yield from super().compose()
        yield PositionBar(id="position")

    def on_mount(self) -> None:
        """Begin to look."""
        self.query_one(ScenarioList).can_focus = False
        self.set_interval(FRAME_S, self.tick)
        self.call_after_refresh(self.tick)

    def on_unmount(self) -> None:
        """Nothing needs to be prepared any more."""
        self._replay.close()

    def tick(self) -> None:
        """Draw the moment, unless it is drawn already."""
        view = self._replay.view
        if view is not self._drawn:
            self._drawn = view
            target = next((screen for screen in self.app.screen_stack if isinstance(screen, TargetMoment)), None)
            (target or self).show(view)

    def action_play_or_hold(self) -> None:
        """Play, or hold."""
        self._replay.toggle()
        self.tick()

    def action_step(self, steps: int) -> None:
        """An interval on, or back."""
        self._replay.step(steps)
        self.tick()

    def action_skip(self, seconds: int) -> None:
        """So much on, or back."""
        self._replay.skip(seconds)
        self.tick()

    def action_to_event(self, steps: int) -> None:
        """To what happened next, or before."""
        self._replay.to_event(steps)
        self.tick()

    def action_seek(self, at_s: float) -> None:
        """To a moment."""
        self._replay.seek(at_s)
        self.tick()

    def action_seek_end(self) -> None:
        """To the last moment."""
        self.action_seek(self._replay.length_s)

    def action_speed(self, steps: int) -> None:
        """Faster, or slower."""
        self._replay.change_speed(steps)
        self.tick()

    def action_ask_time(self) -> None:
        """To a moment that is asked for."""
        self.app.push_screen(
            MomentScreen(self._replay.length_s), lambda at_s: None if at_s is None else self.action_seek(at_s)
        )

    def action_point(self) -> None:
        """The keys up and down move in the operations."""
        self.query_one(OperationsTable).focus()

    def action_turn_chart(self) -> None:
        """The next latency."""
        self.turn_chart()

    def action_turn_panel(self) -> None:
        """The next of the lower panels."""
        self.turn_panel()

    def action_turn_over(self, page: str) -> None:
        """The other side of a panel: the generator, the limits."""
        self.turn_over(page)

    def action_target(self) -> None:
        """The target's side, up to this moment; time goes on as it did."""
        self.app.push_screen(TargetMoment(self._replay.view), lambda _: self.show(self._replay.view))

    def action_help(self) -> None:
        """The keys of a replay."""
        self.app.push_screen(HelpScreen(REPLAY_HELP))

    def action_leave(self) -> None:
        """Back to where one came from, or out."""
        if len(self.app.screen_stack) > 1:
            self.dismiss()
        else:
            self.app.exit()

    def on_scenario_list_chosen(self, message: ScenarioList.Chosen) -> None:
        """There is no load that could be switched."""
        message.stop()

    def commands(self) -> Iterable[SystemCommand]:
        """The keys by name."""
        yield SystemCommand("Play or hold", "space", self.action_play_or_hold)
        yield SystemCommand("Faster", "+", lambda: self.action_speed(1))
        yield SystemCommand("Slower", "-", lambda: self.action_speed(-1))
        yield SystemCommand("Next event", "n", lambda: self.action_to_event(1))
        yield SystemCommand("Previous event", "b", lambda: self.action_to_event(-1))
        yield SystemCommand("To a time", "t", self.action_ask_time)
        yield SystemCommand("To the beginning", "home", lambda: self.action_seek(0))
        yield SystemCommand("To the end", "end", self.action_seek_end)
        yield SystemCommand("Next latency chart", "p: HTTP, Socket.IO, operation", self.turn_chart)
        yield SystemCommand("Next panel", "m: scenarios, errors, memory", self.turn_panel)
        yield SystemCommand("Target", "w: memory of its workers up to that moment", self.action_target)
        yield SystemCommand("Help", "? all keys and signs", self.action_help)
        yield SystemCommand("Leave the replay", "q", self.action_leave)
