"""Which workers of the target have ended, where they run on this machine: the process table knows at once.

Of a target elsewhere, or in a container with process numbers of its own, it knows nothing and says nothing.
"""

from __future__ import annotations

import os
from ipaddress import ip_address
from pathlib import Path
from time import CLOCK_BOOTTIME, clock_gettime
from urllib.parse import urlsplit

import psutil

from lorax_tui.target.memory_status import MemoryStatus

MOST_WORKERS = 64
_ALIKE = 0.25
"""By how much the size that a worker tells may differ from that of the process, so that they are one and the same."""


_START_TIME = 19
"""Place of a process's start among the fields after its name in /proc/PID/stat, see proc(5)."""


class Workers:
    """Remembers the processes behind the answers."""

    def __init__(self, base_url: str) -> None:
        self._is_here = _is_loopback(urlsplit(base_url).hostname or "")
        self._processes: dict[int, psutil.Process] = {}

    def answered(self, status: MemoryStatus) -> float | None:
        """A worker has told of itself: how long ago its process began, if there is one of that number and size."""
        pid, rss_mb = status.pid, status.rss_mb
        if not self._is_here or pid is None or rss_mb is None:
            return None
        if pid not in self._processes and len(self._processes) < MOST_WORKERS:
            process = _found(pid, rss_mb)
            if process is not None:
                self._processes[pid] = process
        return _age_s(pid) if pid in self._processes else None

    def ended(self) -> list[int]:
        """Those that have ended since this was asked last."""
        over = [pid for pid, process in self._processes.items() if _is_over(process)]
        for pid in over:
            del self._processes[pid]
        return over


def _age_s(pid: int) -> float | None:
    """How long ago a process began, on the clock of the process table: the wall clock may have been set since boot."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        began_s = int(fields[_START_TIME]) / os.sysconf("SC_CLK_TCK")
    except (OSError, ValueError, IndexError):
        return None
    return max(0.0, clock_gettime(CLOCK_BOOTTIME) - began_s)


def _found(pid: int, rss_mb: float) -> psutil.Process | None:
    try:
        process = psutil.Process(pid)
        process.create_time()  # remembered from here on, to tell it from a later one of the same number
        is_alike = abs(process.memory_info().rss / 2**20 / rss_mb - 1) <= _ALIKE
    except psutil.Error:
        return None
    return process if is_alike else None


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _is_over(process: psutil.Process) -> bool:
    try:
        return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True
    except psutil.Error:
        return False
