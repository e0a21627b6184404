"""An app with a session: what it asks for is answered, and it does not go before the run is kept.

All ways out are here: the question, signals, a loop that is silent, and a terminal that is gone.
"""

from __future__ import annotations

import logging
import os
import signal
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from pathlib import Path
from typing import Any

from lorax_tui.errors import ExitCode, LoraxTuiError
from lorax_tui.model import format as words
from lorax_tui.model.records import EventKind
from lorax_tui.session.view import SessionView, State
from lorax_tui.ui.screens.quit import QuitScreen
from lorax_tui.ui.steering import Steering
from lorax_tui.ui.terminal import TerminalApp
from lorax_tui.ui.vigil import LOOK_S, SILENT_AFTER

_log = logging.getLogger(__name__)

SILENT = f"the screen was silent for {SILENT_AFTER * LOOK_S:g} s: nobody could have stopped the load"
"""Why a run has ended of which the screen no longer lives."""

LEAVING_TICK_S = 0.05
"""How often to look whether the load has ended, once everything waits for that."""

LONGEST_LEAVING_S = 3.0
"""How long quitting waits for the load to end; users get 2 s to finish their last asks."""

UNSEEN_TICK_S = 1.0
"""The same where nobody looks any more, and the load may take its time."""


class SessionApp(TerminalApp):
    """Leaves the session with its run on disk, and with a picture of how the run ended."""

    def __init__(self, session: Steering, log_path: Path | None = None, keep_running: bool = False) -> None:
        super().__init__(log_path, keep_running)
        self._session = session
        self._pictured: str | None = None
        """The run whose last picture is taken."""
        self._picture: Future[Path] | None = None
        """That picture, on its way to the disk."""
        self._is_leaving = False
        self._kept: Future[None] | None = None
        """The end of the run that was asked for by a signal, or as this loop was silent."""

    @property
    def is_elsewhere(self) -> bool:
        """Whether other runs than the session's fill the terminal."""
        return False

    def tick(self) -> None:
        """Draw the newest view."""

    def ask(self, future: Future[Any], done: Callable[[Any], None] | None = None) -> None:
        """Go on; when the session has answered, a slip of the operator becomes a toast."""

        def _answered() -> None:
            error = future.exception()
            if error is None:
                if done is not None:
                    done(future.result())
            elif isinstance(error, LoraxTuiError):
                self.notify(str(error), severity="warning")
            else:
                _log.error("the session failed", exc_info=error)
                self.notify(f"{type(error).__name__}: {error}", severity="error")
            self.tick()

        def _pass_on(_: Future[Any]) -> None:
            if not future.cancelled():
                with suppress(RuntimeError):  # nobody listens any more
                    self.call_later(_answered)

        future.add_done_callback(_pass_on)

    def picture(self, view: SessionView) -> None:
        """Once a run, keep how it ended, as soon as this view of it is drawn."""
        if view.state is State.ENDED and self._pictured != view.run.run and not self.is_elsewhere:
            self._pictured, self._picture = view.run.run, None
            self.call_after_refresh(self._keep_picture)

    def _keep_picture(self) -> None:
        folder = self._session.view.folder
        if folder is not None:
            self._picture = self._session.save_picture(self.export_screenshot(), folder)
            self.ask(self._picture)

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
        self.ask(self._session.stop("quit"))
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
        self.set_interval(UNSEEN_TICK_S, lambda: None if self._session.view.is_loaded else self.exit())

    def _leave(self) -> None:
        self._is_leaving = True
        self.stop_listening()
        while self.is_elsewhere:
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
