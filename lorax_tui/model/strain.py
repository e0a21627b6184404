"""Whether the generator itself is at its limit, so that its figures must not be blamed on the target."""

from __future__ import annotations

from lorax_tui.model.histogram import Histogram
from lorax_tui.model.records import Health

BOUND_LAG_MS = 50.0
BOUND_CPU_PERCENT = 85.0
BOUND_IDLE_PERCENT = 5.0
BOUND_INTERVALS = 3
"""Generator-bound: so many intervals in a row with a lag p99 or CPU above, or the machine idle below, these."""


class Strain:
    """Folds how well the generator was."""

    def __init__(self) -> None:
        self.health = Health()
        """Of the last interval."""
        self._strained = 0
        self._lag = Histogram()
        self._cpu = Histogram()

    @property
    def is_bound(self) -> bool:
        """Whether it is at its limit now."""
        return self._strained >= BOUND_INTERVALS

    @property
    def lag_p99_ms(self) -> float | None:
        """Of the lag p99 of the intervals, the p99 again; the worst of them where there are few."""
        return self._lag.percentile(1.0) if self._lag.total < 100 else self._lag.percentile(0.99)

    @property
    def cpu_p95_percent(self) -> float | None:
        """The p95 of the intervals' CPU; the worst where there are few."""
        return self._cpu.percentile(1.0) if self._cpu.total < 20 else self._cpu.percentile(0.95)

    def fold(self, health: Health, under_load: bool) -> None:
        """Take in an interval; outside of any phase it says nothing about the run."""
        self.health = health
        strained = (
            _above(health.lag_p99_ms, BOUND_LAG_MS)
            or _above(health.cpu_percent, BOUND_CPU_PERCENT)
            or (health.idle_percent is not None and health.idle_percent < BOUND_IDLE_PERCENT)
        )
        self._strained = self._strained + 1 if strained else 0
        if not under_load:
            return
        if health.lag_p99_ms is not None:
            self._lag.record(health.lag_p99_ms)
        if health.cpu_percent is not None:
            self._cpu.record(health.cpu_percent)


def _above(value: float | None, limit: float) -> bool:
    return value is not None and value > limit
