"""How well the generator itself is: a slow generator must not be blamed on the target."""

from __future__ import annotations

import os
import resource
from time import monotonic

import gevent
import psutil

from lorax_tui.engine.usage import Usage
from lorax_tui.model.health import Health
from lorax_tui.model.histogram import Histogram

LAG_SAMPLE_S = 0.008
"""Often enough for a p99 of one second's samples."""

SHORTEST_SHARE_S = 0.25
"""The kernel counts CPU time in steps of 10 ms: in a shorter time, as that of a run's last interval, a step is much."""


class HealthMeter:
    """Measures the engine's loop and this process between two readings; lives in the engine's thread."""

    def __init__(self) -> None:
        self._process = psutil.Process()
        self._lag = Histogram()
        self._void_until_s = 0.0
        self._cpu_s = self._process_cpu_s()
        self._read_s = monotonic()
        limit = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
        self._file_limit = None if limit == resource.RLIM_INFINITY else limit
        psutil.cpu_times_percent(interval=None)

    def sample_lag(self) -> None:
        """Watch how late the loop wakes up; runs for ever in a greenlet of its own."""
        while True:
            due_s = monotonic() + LAG_SAMPLE_S
            gevent.sleep(LAG_SAMPLE_S)
            if due_s >= self._void_until_s:
                self._lag.record(max(0.0, monotonic() - due_s) * 1e3)

    def skip(self) -> None:
        """The process stood still up to now: that is no lag of its loop."""
        self._lag, self._void_until_s = Histogram(), monotonic()

    def read(self, usage: Usage) -> Health:
        """What was measured since the last reading; a share of too short a time is unknown."""
        now_s, cpu_s = monotonic(), self._process_cpu_s()
        passed_s = now_s - self._read_s
        lag, self._lag = self._lag, Histogram()
        idle_percent = psutil.cpu_times_percent(interval=None).idle
        lag_p50_ms, lag_p99_ms = lag.percentiles((0.5, 0.99))
        health = Health(
            lag_p50_ms=lag_p50_ms,
            lag_p99_ms=lag.max_ms if lag_p99_ms is None else lag_p99_ms,
            lag_max_ms=lag.max_ms,
            cpu_percent=100 * (cpu_s - self._cpu_s) / passed_s if passed_s >= SHORTEST_SHARE_S else None,
            idle_percent=idle_percent if passed_s >= SHORTEST_SHARE_S else None,
            rss_mb=self._process.memory_info().rss / 2**20,
            open_files=len(os.listdir("/proc/self/fd")),
            file_limit=self._file_limit,
            http_connections=usage.http_connections,
            http_in_use=usage.http_in_use,
            sockets_connected=usage.sockets_connected,
            sockets_wanted=usage.sockets_wanted,
        )
        self._read_s, self._cpu_s = now_s, cpu_s
        return health

    @staticmethod
    def _process_cpu_s() -> float:
        times = os.times()
        return times.user + times.system
