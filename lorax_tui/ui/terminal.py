"""What every app of ours does about its terminal: colours, pictures, signals, and the way out when it is gone."""

from __future__ import annotations

import asyncio
import errno
import os
import signal
import sys
import termios
import threading
from typing import TextIO

from rich.segment import Segments
from rich.traceback import Traceback
from textual.app import App

from lorax_tui.ui.commands import PlainCommands
from lorax_tui.ui.theme import THEME

ENDING_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

LAST_RESORT_S = 10.0
"""After this long without a terminal the process ends whatever still waits for it; the run is kept long before."""


class TerminalApp(App[None]):
    """An app that a signal ends in good order."""

    TITLE = "lorax-tui"
    CSS_PATH = "app.tcss"
    ALLOW_SELECT = False
    COMMANDS = {PlainCommands}  # noqa: RUF012

    def __init__(self) -> None:
        super().__init__()
        self.ended_by: int | None = None
        """The signal that ended the app, if one did."""
        self.register_theme(THEME)
        self.theme = THEME.name

    def export_screenshot(self, *, title: str | None = None, simplify: bool = False) -> str:
        """A picture of the screen as SVG, in which every viewer keeps the spaces."""
        picture = super().export_screenshot(title=title, simplify=simplify)
        return picture.replace("<svg ", '<svg xml:space="preserve" ', 1)

    def is_behind(self) -> bool:
        """Whether frames queue up in front of a slow terminal; waiting for it would stop this loop."""
        writer = getattr(self._driver, "_writer_thread", None)
        queue = getattr(writer, "_queue", None)
        return queue is not None and queue.qsize() > 1

    def leave_by(self, number: int) -> None:
        """A signal asks nobody."""
        self.exit()

    def on_ready(self) -> None:
        """Take the signals."""
        for number in ENDING_SIGNALS:
            asyncio.get_running_loop().add_signal_handler(number, self._end_by, number)

    def on_unmount(self) -> None:
        """Leave the signals to others."""
        for number in ENDING_SIGNALS:
            asyncio.get_running_loop().remove_signal_handler(number)

    def _end_by(self, number: int) -> None:
        if self.ended_by is not None:
            return
        self.ended_by = number
        if _is_gone(sys.__stderr__):
            self._turn_deaf(128 + number)
        self.leave_by(number)

    def _turn_deaf(self, exit_code: int) -> None:
        """Nobody reads the terminal any more: what is written to it now would wait for ever."""
        if self._driver is not None:
            self._driver.write = lambda data: None  # type: ignore[method-assign]
        last_resort = threading.Timer(LAST_RESORT_S, os._exit, (exit_code,))
        last_resort.daemon = True
        last_resort.start()

    def _fatal_error(self) -> None:
        """The stock one prints the values of variables, among them passwords and tokens, into the terminal."""
        self.bell()
        traceback = Traceback(show_locals=False, width=None)
        self._exit_renderables.append(Segments(self.console.render(traceback, self.console.options)))
        self._close_messages_no_wait()


def _is_gone(terminal: TextIO | None) -> bool:
    """Whether it was a terminal and its other end is closed, as after a lost connection."""
    try:
        termios.tcgetattr(terminal.fileno() if terminal else -1)
    except termios.error as error:
        return bool(error.args[0] == errno.EIO)
    except (OSError, ValueError):
        return False
    return False
