"""Whether the generator itself is at its limit, so that its figures must not be blamed on the target."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, fields
from enum import StrEnum

from lorax_tui.model.crew import names
from lorax_tui.model.health import Health
from lorax_tui.model.histogram import Histogram

BOUND_LAG_MS = 50.0
BOUND_CPU_PERCENT = 85.0
BOUND_IDLE_PERCENT = 5.0
BOUND_INTERVALS = 3
"""Generator-bound: so many intervals in a row with a lag p99 or CPU above, or the machine idle below, these."""


class Limit(StrEnum):
    """What the generator was at the limit of, as a clause."""

    LAG = f"its loop lagged by more than {BOUND_LAG_MS:g} ms"
    CPU = f"it took more than {BOUND_CPU_PERCENT:g} % of a core"
    MACHINE = f"its machine was idle for less than {BOUND_IDLE_PERCENT:g} %"
    SILENCE = "it did not tell of itself"


def at_limit(limits: Iterable[Limit], workers: Collection[str] = ()) -> str:
    """That the generator was at its limit, and at which; of a crew, which of its workers were."""
    found = set(limits)
    named = " and ".join(limit for limit in Limit if limit in found)
    who = (
        f"the generator ({'worker' if len(workers) == 1 else 'workers'} {names(workers)})"
        if workers
        else "the generator"
    )
    return f"{who} was at its limit" + (f": {named}" if named else "")


SCARCE_FILES = 0.9
"""Share of the limit from which on open files are nearly used up: every user needs one or two."""


@dataclass(frozen=True, slots=True)
class Peaks:
    """The highest figures of the intervals under load; `None`: unknown in all of them."""

    lag_max_ms: float | None = None
    cpu_percent: float | None = None
    rss_mb: float | None = None
    open_files: float | None = None
    http_connections: float | None = None
    http_in_use: float | None = None
    sockets_connected: float | None = None
    ui_tick_ms: float | None = None


_PEAKS = tuple(field.name for field in fields(Peaks))


def is_scarce(health: Health) -> bool:
    """Whether open files are nearly used up."""
    files, limit = health.open_files, health.file_limit
    return files is not None and limit is not None and files >= SCARCE_FILES * limit


class Strain:
    """Folds how well the generator was."""

    def __init__(self) -> None:
        self.health = Health()
        """Of the last interval."""
        self.files_scarce = False
        """Whether open files were ever nearly used up."""
        self.peaks = Peaks()
        self._strained = 0
        self._limits: frozenset[Limit] = frozenset()
        self._lag = Histogram()
        self._cpu = Histogram()

    @property
    def is_bound(self) -> bool:
        """Whether it is at its limit now."""
        return self._strained >= BOUND_INTERVALS

    @property
    def bound_by(self) -> frozenset[Limit]:
        """Where it is at its limit now: what it was at the limit of, in the intervals in a row."""
        return self._limits if self.is_bound else frozenset()

    @property
    def lag_p99_ms(self) -> float | None:
        """Of the lag p99 of the intervals, the p99 again; the worst of them where there are few."""
        return self._lag.percentile(1.0) if self._lag.total < 100 else self._lag.percentile(0.99)

    @property
    def cpu_p95_percent(self) -> float | None:
        """The p95 of the intervals' CPU; the worst where there are few."""
        return self._cpu.percentile(1.0) if self._cpu.total < 20 else self._cpu.percentile(0.95)

    def stall(self) -> None:
        """Nothing was heard of it for as long as it takes to be bound."""
        self._strained = BOUND_INTERVALS
        self._limits |= {Limit.SILENCE}

    def fold(self, health: Health, lasted_s: float, under_load: bool) -> None:
        """Take in an interval; outside of any phase it says nothing about the run. A long one counts as several."""
        self.health = health
        limits = limits_of(health)
        self._strained = self._strained + max(1, round(lasted_s)) if limits else 0
        self._limits = self._limits | limits if limits else frozenset()
        self.files_scarce = self.files_scarce or is_scarce(health)
        if not under_load:
            return
        if health.lag_p99_ms is not None:
            self._lag.record(health.lag_p99_ms)
        if health.cpu_percent is not None:
            self._cpu.record(health.cpu_percent)
        self.peaks = Peaks(*(_higher(getattr(self.peaks, name), getattr(health, name)) for name in _PEAKS))


def limits_of(health: Health) -> frozenset[Limit]:
    """What the generator was at the limit of in an interval."""
    found = {
        Limit.LAG: _above(health.lag_p99_ms, BOUND_LAG_MS),
        Limit.CPU: _above(health.cpu_percent, BOUND_CPU_PERCENT),
        Limit.MACHINE: health.idle_percent is not None and health.idle_percent < BOUND_IDLE_PERCENT,
    }
    return frozenset(limit for limit, holds in found.items() if holds)


def _higher(value: float | None, other: float | None) -> float | None:
    return other if value is None else value if other is None else max(value, other)


def _above(value: float | None, limit: float) -> bool:
    return value is not None and value > limit
