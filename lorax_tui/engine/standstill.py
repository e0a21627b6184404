"""Notices that this whole process did not run for a while: suspended by its terminal, stopped, or its machine paused.

A loop that is kept busy is another matter, and tells of itself in its lag: there, other threads go on or CPU is used.
"""

from __future__ import annotations

import threading
from time import monotonic, process_time

LOOK_S = 0.1

LONGEST_S = 2.0
"""What passes between two looks on a machine that is merely busy is less: two ticks."""

MOST_CPU_S = 0.25
"""CPU that this process takes in that time if it was stopped: what it took before and after, within a look each."""


class Standstill:
    """Looks at the clock ten times a second, in a thread of its own that needs nobody."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._looked_s, self._cpu_s = monotonic(), process_time()
        self._stood_still_s = 0.0
        threading.Thread(target=self._watch, name="standstill", daemon=True).start()

    def take(self) -> float:
        """For how long this process has not run since this was last asked; 0: it always did."""
        with self._lock:
            self._look()
            stood_still_s, self._stood_still_s = self._stood_still_s, 0.0
        return stood_still_s

    def close(self) -> None:
        """Look no more."""
        self._over.set()

    def _watch(self) -> None:
        while not self._over.wait(LOOK_S):
            with self._lock:
                self._look()

    def _look(self) -> None:
        now_s, cpu_s = monotonic(), process_time()
        passed_s = now_s - self._looked_s
        if passed_s > LONGEST_S and cpu_s - self._cpu_s < MOST_CPU_S:
            self._stood_still_s += passed_s
        self._looked_s, self._cpu_s = now_s, cpu_s
