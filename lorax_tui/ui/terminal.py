"""What every app of ours does about its terminal: colours, pictures, and the ways out, also when it is gone."""

from __future__ import annotations

import logging
import os
import signal
import sys
from concurrent.futures import Future
from pathlib import Path
from typing import Any, ClassVar

from rich.text import Text
from textual import events
from textual.app import App
from textual.binding import Binding, BindingType

from lorax_tui.model.text import safe
from lorax_tui.session.streams import is_gone
from lorax_tui.ui.commands import PlainCommands
from lorax_tui.ui.driver import TerminalDriver
from lorax_tui.ui.ending import Ending, guarded
from lorax_tui.ui.shell import has_shell
from lorax_tui.ui.theme import THEME
from lorax_tui.ui.vigil import Vigil

_log = logging.getLogger(__name__)

_LONGEST_TOAST = 1000

SIGN_OF_LIFE_S = 0.5
"""How often the loop shows that it turns."""


class TerminalApp(App[None]):
    """An app that a signal ends in good order.

    Args:
        log_path: where it is told what went wrong.
        keep_running: whether the app goes on without its terminal.
    """

    TITLE = "lorax-tui"
    CSS_PATH = "app.tcss"
    ALLOW_SELECT = False
    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+z", "suspend_process", show=False, priority=True)]
    COMMANDS = {PlainCommands}  # noqa: RUF012

    def __init__(self, log_path: Path | None = None, keep_running: bool = False) -> None:
        super().__init__(driver_class=TerminalDriver)
        self._log_path = log_path
        self._keep_running = keep_running
        self._ending = Ending(self.keep, self._leave_soon, self._survives)
        self._vigil = Vigil(self.fall_silent, self.die)
        self.register_theme(THEME)
        self.theme = THEME.name

    @property
    def ended_by(self) -> int | None:
        """The signal that ended the app, if one did."""
        return self._ending.number

    def run(self, *arguments: Any, **options: Any) -> Any:
        """Run until the end, and give the terminal back whatever that is."""
        self._ending.by_force = True
        line = "lorax-tui was ended at once; what was measured is kept: see `lorax-tui runs`"
        with guarded(sys.__stdout__, f"{line}, and {self._log_path}" if self._log_path else line):
            try:
                return super().run(*arguments, **options)
            finally:
                self._vigil.end()
                self._ending.over()

    def export_screenshot(self, *, title: str | None = None, simplify: bool = False) -> str:
        """A picture of the screen as SVG, in which every viewer keeps the spaces."""
        picture = super().export_screenshot(title=title, simplify=simplify)
        self._forget_colours()
        return picture.replace("<svg ", '<svg xml:space="preserve" ', 1)

    def _forget_colours(self) -> None:
        """A style keeps the codes that it was written with first: those of a picture, which has all colours."""
        if self.console.color_system != "truecolor":
            for strip in self.screen._compositor.render_strips():
                for segment in strip:
                    if segment.style is not None:
                        segment.style._ansi = None

    def notify(self, message: str, *arguments: Any, **options: Any) -> None:
        """Say it in a corner; whatever the text is made of is shown as it is."""
        super().notify(safe(message, _LONGEST_TOAST), *arguments, **{**options, "markup": False})

    async def on_event(self, event: events.Event) -> None:
        """What is pasted is a text from outside, too."""
        if isinstance(event, events.Paste):
            event.text = safe(event.text.partition("\n")[0])
        await super().on_event(event)

    def is_behind(self) -> bool:
        """Whether a slow terminal has not taken yet what it was told; once it has, it is told what it has missed."""
        driver = self._driver
        if not isinstance(driver, TerminalDriver) or driver.is_behind:
            return isinstance(driver, TerminalDriver)
        if driver.has_lost:
            driver.forget()
            self.screen.refresh()
        return False

    def keep(self, number: int) -> Future[Any] | None:
        """Have what there is kept, from any thread; nothing here is worth it."""
        return None

    def fall_silent(self) -> None:
        """This loop has not turned for so long that nobody can stop anything with it; called in another thread."""

    def die(self) -> None:
        """Nor does it turn again; called in another thread, and nothing needs to be ended by force."""

    def leave_by(self, number: int) -> None:
        """A signal asks nobody."""
        self.exit()

    def go_on(self) -> None:
        """The terminal is gone, and that ends nothing."""

    def action_suspend_process(self) -> None:
        """Stop as other programs do at this key, with all that was started together; the stock one stops for ever."""
        if has_shell():
            os.killpg(os.getpgrp(), signal.SIGTSTP)
        else:
            self.notify("not suspended: no shell is there that could have it go on", severity="warning")

    def stop_listening(self) -> None:
        """The way out has begun: keys are for nobody any more, and the end need not wait for them."""
        if isinstance(self._driver, TerminalDriver):
            self._driver.stop_listening()

    def on_ready(self) -> None:
        """Take the signals."""
        self._ending.begin()
        if self._ending.by_force:
            self.set_interval(SIGN_OF_LIFE_S, self._live)
            self._vigil.begin()

    def _live(self) -> None:
        """Show that the loop turns, and look at what no signal may tell."""
        self._vigil.alive()
        if isinstance(self._driver, TerminalDriver):
            self._driver.look_at_size()

    def on_resize(self) -> None:
        """What a terminal of another size shows now is its own business."""
        if isinstance(self._driver, TerminalDriver):
            self._driver.forget()

    def on_unmount(self) -> None:
        """Leave the signals to others."""
        self._ending.give_back()
        if not self._ending.by_force:
            self._ending.over()

    def panic(self, *renderables: Any) -> None:
        """A terminal that is gone cannot be read from, either: that is no failure of ours."""
        if not is_gone(sys.__stdout__):
            super().panic(*renderables)

    def _leave_soon(self, number: int) -> None:
        """Pass the wish on to the loop, whatever it does just now."""
        self._turn_deaf_where_it_is_gone()
        self.call_later(self.leave_by, number)

    def _survives(self, number: int) -> bool:
        """Whether this signal ends nothing."""
        if not (self._keep_running and number == signal.SIGHUP):
            return False
        if self._turn_deaf_where_it_is_gone():
            self.call_later(self.go_on)
        return True

    def _turn_deaf_where_it_is_gone(self) -> bool:
        if not is_gone(sys.__stdout__):
            return False
        if isinstance(self._driver, TerminalDriver):
            self._driver.turn_deaf()
        return True

    def _fatal_error(self) -> None:
        """The stock one prints the values of variables, among them passwords and tokens, into the terminal."""
        self.bell()
        kind = sys.exc_info()[0]
        _log.exception("the screen has failed")
        line = f"lorax-tui: unexpected failure: {kind.__name__ if kind else 'unknown'}"
        where = f"; the details are in {self._log_path}" if self._log_path else "; the log says more"
        self._exit_renderables.append(Text(line + where, overflow="fold"))
        self._close_messages_no_wait()
