"""The driver of our terminals: thrifty with bytes, and deaf once the terminal is gone."""

from __future__ import annotations

import threading
from typing import Any

from textual.drivers.linux_driver import LinuxDriver

from lorax_tui.ui.thrift import Thrift


class TerminalDriver(LinuxDriver):
    """Textual's own, with another way of writing."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._thrift = Thrift()
        self._is_deaf = False

    @property
    def is_behind(self) -> bool:
        """Whether frames queue up in front of a slow terminal; waiting for it would stop the loop."""
        return self._writer_thread is not None and self._writer_thread._queue.qsize() > 1

    def write(self, data: str) -> None:
        """Write, where somebody reads."""
        if not self._is_deaf:
            super().write(self._thrift.frame(data))

    def forget(self) -> None:
        """The terminal has changed: whatever is drawn next is drawn whole."""
        self._thrift.forget()

    def turn_deaf(self) -> None:
        """Nobody reads the terminal any more: what is written to it now would wait for ever, and reading it never."""
        if self._is_deaf:
            return
        self._is_deaf = True
        self.exit_event.set()
        if self._writer_thread is not None:
            threading.Thread(target=_stand_in, args=(self._writer_thread,), name="drain", daemon=True).start()


def _stand_in(writer: Any) -> None:
    """Empty the queue of a thread that has died of a terminal that is gone, for whoever waits for room in it."""
    writer.join()
    while True:
        writer._queue.get()
