"""Workers on this machine: processes that end with this one, whatever ends it, and never touch its terminal."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

from lorax_tui.engine.crew.command import worker_command
from lorax_tui.errors import UsageError
from lorax_tui.model.crew import LOOPBACK, CrewPlan
from lorax_tui.model.text import named, safe

END_LIMIT_S = 0.7
"""What a worker that was told to quit, and has no users any more, has to end in."""

ANYWHERE = ("0.0.0.0", "*", "::")  # noqa: S104  (what is meant where somebody else writes it)
"""Addresses to listen at that are none to connect to."""

_LOG_TAIL = 4_000


class Processes:
    """Started once, from the main thread: the kernel ends a worker when the thread that started it ends."""

    def __init__(self, plan: CrewPlan) -> None:
        self._plan = plan
        self._running: list[subprocess.Popen[bytes]] = []
        self._logs: dict[int, Path] = {}
        self._folder: Path | None = None

    def start(self, port: int) -> None:
        """Start them; they come to the engine by themselves.

        Raises:
            UsageError: their logs cannot be written.
        """
        folder = self._plan.logs
        if folder is None:
            folder = self._folder = Path(tempfile.mkdtemp(prefix="lorax-tui-workers-"))
        host = LOOPBACK if self._plan.bind_host in ANYWHERE else self._plan.bind_host
        command = worker_command(host, port, self._plan.file, os.getpid())
        for number in range(1, self._plan.local + 1):
            path = folder / f"worker-{number}.log"
            log = _opened(path)
            try:
                process = subprocess.Popen(
                    command,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                )
            finally:
                os.close(log)
            self._running.append(process)
            self._logs[process.pid] = path

    def number_of(self, pid: int) -> int | None:
        """Which one a process is, from 1; `None`: none of them."""
        pids = [process.pid for process in self._running]
        return pids.index(pid) + 1 if pid in pids else None

    def has_ended(self, pid: int) -> bool:
        """Whether it was started here and runs no more."""
        return any(process.pid == pid and process.poll() is not None for process in self._running)

    def ended(self) -> list[int]:
        """The process ids of those that run no more."""
        return [process.pid for process in self._running if process.poll() is not None]

    def last_words(self, pid: int) -> str:
        """The last line that a worker has written."""
        try:
            text = self._logs[pid].read_bytes()[-_LOG_TAIL:].decode(errors="replace")
        except OSError:
            return ""
        return safe(next((line for line in reversed(text.splitlines()) if line.strip()), ""))

    def end(self) -> None:
        """See to it that all have ended; they were told to quit before."""
        until_s = time.monotonic() + END_LIMIT_S
        for process in self._running:
            try:
                process.wait(max(0.0, until_s - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self._running.clear()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)


def _opened(path: Path) -> int:
    """A new file that nobody else can read; a planted link is not followed."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        return os.open(path, flags, 0o600)
    except OSError as error:
        raise UsageError(
            f"{named(path)}: the log of a worker cannot be written: {error.strerror}; "
            "XDG_STATE_HOME names another place"
        ) from error
