"""A terminal that can be lost, stalled or slow, and that remembers how it was before the program took it."""

from __future__ import annotations

import os
import re
import signal
import termios
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pexpect
import psutil

from lorax_tui.model.records import Interval
from lorax_tui.runs import store
from lorax_tui.runs.recorded import Recorded, read
from tests.e2e.program import PROGRAM, Launcher, records
from tests.waiting import wait_until


class Pty:
    """A program in a terminal whose reader can be told to read slowly, or not at all."""

    def __init__(self, child: pexpect.spawn) -> None:
        self.child = child
        self.raw = b""
        self.bytes_per_s: float | None = None
        """How fast the terminal is read; `None`: as fast as it comes, 0: not at all."""
        self.before = termios.tcgetattr(child.child_fd)
        self._is_open = True
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    @property
    def pid(self) -> int:
        return int(self.child.pid)

    @property
    def modes_left_on(self) -> set[bytes]:
        """What was turned on and not off again, the cursor apart."""
        last = dict(re.findall(rb"\x1b\[\?(\d+)([hl])", self.raw))
        keyboard = {b">u"} if self.raw.rfind(b"\x1b[<u") < (self.raw.rfind(b"\x1b[>")) else set()
        return {mode for mode, switch in last.items() if switch == b"h"} - {b"25", b"7"} | keyboard

    @property
    def cursor_is_shown(self) -> bool:
        return self.raw.rfind(b"\x1b[?25h") > self.raw.rfind(b"\x1b[?25l")

    def assert_as_before(self) -> None:
        """Modes and termios are those from before the program."""
        assert b"\x1b[?1049h" in self.raw, "it never took the terminal"
        wait_until(lambda: not self.modes_left_on and self.cursor_is_shown, f"modes are off: {self.modes_left_on}")
        assert termios.tcgetattr(self.child.child_fd) == self.before
        assert b"Traceback" not in self.raw

    def wait_for(self, text: bytes, deadline_s: float = 40.0) -> None:
        """Until the program has written this."""
        try:
            wait_until(lambda: text in self.raw, repr(text), deadline_s)
        except AssertionError as error:
            raise AssertionError(f"{error}; it wrote {self.raw[-2000:]!r}") from None

    def press(self, key: str) -> None:
        self.child.send(key)

    def send(self, number: int) -> None:
        os.kill(self.pid, number)

    def ended(self, deadline_s: float = 20.0) -> int:
        """How the program has ended: its exit code, or minus the signal that killed it."""
        wait_until(lambda: not self.child.isalive(), "it has ended", deadline_s)
        return int(self.child.exitstatus if self.child.exitstatus is not None else -self.child.signalstatus)

    def lose(self) -> None:
        """Close the other end, as a lost connection does; it is closed when nobody waits to read there any more."""
        self._is_open = False
        os.close(self.child.child_fd)
        self._reader.join(5)

    def _read(self) -> None:
        with suppress(OSError):
            while self._is_open:
                rate = self.bytes_per_s
                if rate == 0:
                    time.sleep(0.02)
                    continue
                size = 65536 if rate is None else max(1, int(rate * 0.02))
                chunk = os.read(self.child.child_fd, size)
                if not chunk:
                    return
                self.raw += chunk
                if rate is not None:
                    time.sleep(len(chunk) / rate)


@contextmanager
def pty(
    launcher: Launcher,
    *arguments: object,
    columns: int = 120,
    rows: int = 40,
    program: Path = PROGRAM,
    preexec: Callable[[], object] | None = None,
    **environment: str,
) -> Iterator[Pty]:
    """The program in such a terminal; it is gone after the block."""
    child = pexpect.spawn(
        str(program),
        [str(argument) for argument in arguments],
        cwd=str(launcher.home),
        env=launcher.environment | environment,
        dimensions=(rows, columns),
        preexec_fn=preexec,
    )
    child.delaybeforesend = None
    terminal = Pty(child)
    try:
        yield terminal
    finally:
        terminal.bytes_per_s = None
        if child.isalive():
            os.kill(child.pid, signal.SIGKILL)
            child.wait()
        terminal._is_open = False
        with suppress(OSError):
            child.close()


def is_over(process: psutil.Process) -> bool:
    """Whether it has ended, though nobody may have taken note of it yet."""
    try:
        return process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def only_run(launcher: Launcher) -> Path:
    """The folder of the one run that there is."""
    [folder] = store.runs(launcher.home / "state/lorax-tui/runs")
    return folder


def last_record(launcher: Launcher) -> dict[str, Any]:
    """What stands last in the journal of the one run that there is."""
    return records(only_run(launcher))[-1]


def recorded(launcher: Launcher) -> Recorded:
    """The journal of the one run that there is."""
    return read(only_run(launcher) / "run.jsonl")


def intervals(launcher: Launcher) -> list[Interval]:
    """What it tells of the load."""
    return [record for record in recorded(launcher).records if isinstance(record, Interval)]


def connections(server_pid: int, client_pid: int | None = None) -> set[Any]:
    """Addresses of the clients that a server has connections with, or of one client."""
    seen = _established(server_pid)
    ours = {one.laddr for one in _established(client_pid)} if client_pid is not None else {one.raddr for one in seen}
    return {one.raddr for one in seen} & ours


def _established(pid: int) -> list[Any]:
    return [one for one in psutil.Process(pid).net_connections("tcp") if one.status == psutil.CONN_ESTABLISHED]
