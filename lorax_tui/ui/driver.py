"""The driver of our terminals: thrifty with bytes, waits for no terminal, quick to give it back, deaf to noise."""

from __future__ import annotations

import os
import select
import signal
import sys
import termios
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from textual import events
from textual.drivers.linux_driver import LinuxDriver
from textual.geometry import Size

from lorax_tui.ui.guardian import MODES_OFF
from lorax_tui.ui.keyboard import Keyboard
from lorax_tui.ui.outlet import Outlet
from lorax_tui.ui.thrift import Thrift

_LOOK_S = 0.1
"""How often it is looked whether to end, and for how long the rest of a key is waited for."""

_READ_BYTES = 4096


class TerminalDriver(LinuxDriver):
    """Textual's own, with another way of writing, of reading, of pausing and of ending."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._file = sys.__stdout__  # stock draws on stderr, which is a file where somebody keeps what is said there
        self._thrift = Thrift()
        self._outlet: Outlet | None = None
        self._is_deaf = False

    @property
    def _output(self) -> int:
        assert self._file is not None
        return self._file.fileno()

    @property
    def is_behind(self) -> bool:
        """Whether the terminal has not taken yet what it was told; more would only come later."""
        return self._outlet is not None and self._outlet.waiting > 0

    @property
    def has_lost(self) -> bool:
        """Whether it was so far behind that frames were thrown away, and must be drawn anew."""
        return self._outlet is not None and self._outlet.has_lost

    def write(self, data: str) -> None:
        """Write, where somebody reads."""
        if self._outlet is not None and not self._is_deaf:
            self._outlet.put(self._thrift.frame(data))

    def forget(self) -> None:
        """The terminal may show anything: whatever is drawn next is drawn whole."""
        self._thrift.forget()
        if self._outlet is not None:
            self._outlet.has_lost = False

    def _get_terminal_size(self) -> tuple[int, int]:
        """Columns and rows as they are; the stock one believes COLUMNS and LINES, which know of no resize."""
        size = self._told_size()
        return size if all(size) else super()._get_terminal_size()

    def _told_size(self) -> tuple[int, int]:
        try:
            return os.get_terminal_size(self._output)
        except OSError:
            return 0, 0

    def look_at_size(self) -> None:
        """Pass on a size that is not known yet: others may have taken the signal that tells of it."""
        size = Size(*self._told_size())
        if all(size) and size != self._app.size:
            self._app.post_message(events.Resize(size, size))

    def _query_in_band_window_resize(self) -> None:
        """Not asked for: a signal tells of every resize."""

    def run_input_thread(self) -> None:
        """Pass on what is typed until the end."""
        keyboard, is_last = Keyboard(), False
        while not is_last:
            is_last = self.exit_event.is_set()
            readable, _, _ = select.select([self.fileno], [], [], 0 if is_last else _LOOK_S)
            received = os.read(self.fileno, _READ_BYTES) if readable else None
            is_last = is_last or received == b""  # the terminal is gone: it would be ready to tell so for ever
            typed = keyboard.paused(_LOOK_S) if received is None else keyboard.typed(received, is_last)
            for message in typed:
                self.process_message(message)

    def _sigtstp_application(self, *_: Any) -> None:
        """Within a signal nothing can be waited for that the loop may hold just now: the loop does it."""
        self._in_loop(self._suspend)

    def _sigcont_application(self, *_: Any) -> None:
        """The same."""
        self._in_loop(self._resume)

    def _in_loop(self, act: Callable[[], None]) -> None:
        with suppress(RuntimeError):  # nothing is drawn any more
            self._loop.call_soon_threadsafe(act)

    def _suspend(self) -> None:
        """Give the terminal back, and stop this process, all of it; what follows does so when it goes on."""
        if self._outlet is not None and self._auto_restart:
            self.suspend_application_mode()
        os.kill(os.getpid(), signal.SIGSTOP)

    def _resume(self) -> None:
        """Take the terminal again, also where it was never given back: whoever had it meanwhile has changed it."""
        if self._auto_restart and not self._is_deaf:
            if self._outlet is not None:
                self.suspend_application_mode()
            self.resume_application_mode()
            self._app.screen.refresh()

    def turn_deaf(self) -> None:
        """Nobody reads the terminal any more, and nobody types."""
        self._is_deaf = True
        self.exit_event.set()

    def stop_listening(self) -> None:
        """What is typed from now on is for nobody; the thread that listens needs a moment to end."""
        self.exit_event.set()

    def start_application_mode(self) -> None:
        """Take the terminal."""
        self._outlet = Outlet(self._output)
        super().start_application_mode()  # type: ignore[no-untyped-call]

    def disable_input(self) -> None:
        """Wait for the thread that listens, and forget what it has not read."""
        if self._key_thread is None:
            return
        signal.signal(signal.SIGWINCH, signal.SIG_DFL)
        self.exit_event.set()
        self._key_thread.join()
        self._key_thread = None
        self.exit_event.clear()
        with suppress(termios.error):
            termios.tcflush(self.fileno, termios.TCIFLUSH)

    def stop_application_mode(self) -> None:
        """Give the terminal back, and nothing that was on its way to it before that."""
        if self._outlet is not None:
            self._outlet.discard()
            self._outlet = None
            self._restore()
        self.disable_input()

    def _restore(self) -> None:
        if self._is_deaf:
            return
        if self.attrs_before is not None:
            with suppress(termios.error):
                termios.tcsetattr(self.fileno, termios.TCSANOW, self.attrs_before)
        with suppress(OSError, ValueError):
            os.write(self._output, MODES_OFF.encode())
