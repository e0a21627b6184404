"""The app that shows one recorded run; it has no session and makes no load."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, ClassVar

from textual.app import SystemCommand
from textual.binding import Binding, BindingType
from textual.screen import Screen

from lorax_tui.session.replay import Replay
from lorax_tui.ui.screens.replay import ReplayScreen
from lorax_tui.ui.terminal import TerminalApp


class ReplayApp(TerminalApp):
    """Nothing but the replay; every way out is out."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+q,ctrl+c", "quit", show=False, priority=True)]

    def __init__(self, replay: Replay, log_path: Path | None = None) -> None:
        super().__init__(log_path)
        self._board = ReplayScreen(replay)

    def get_default_screen(self) -> Screen[None]:
        """The replay."""
        return self._board

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """The keys by name."""
        yield from self._board.commands()
