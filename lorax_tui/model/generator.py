"""The generator as a whole: one process, or a crew of which each worker is judged by itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from msgspec.structs import replace

from lorax_tui.model.crew import REPLACED_IN_S, WorkerPart, WorkerState
from lorax_tui.model.health import Health
from lorax_tui.model.records import Interval
from lorax_tui.model.roster import Roster
from lorax_tui.model.strain import Limit, Strain

_WORST = ("lag_p50_ms", "lag_p99_ms", "lag_max_ms", "cpu_percent")
_ADDED = ("http_connections", "http_in_use", "sockets_connected", "sockets_wanted")


class Generator:
    """Folds how well it was. The figures of a crew are those of its worst worker, and what they hold together."""

    def __init__(self) -> None:
        self.crew = Roster()
        self.own: Health | None = None
        """Of the process that keeps the record, where it is not the one that makes the load."""
        self.strain = Strain()
        """Of the one process; of a crew it judges nothing, and only keeps the figures."""
        self.bound_by: frozenset[Limit] = frozenset()
        self.bound_workers: frozenset[str] = frozenset()
        """Which workers of a crew are."""
        self._missing = 0
        self._lost: frozenset[str] = frozenset()
        self._moving_until_s = 0.0
        """Until when users of a worker that is lost or left may be on their way to others."""

    @property
    def is_bound(self) -> bool:
        """Whether it is at its limit now: a crew is if any of its workers is."""
        return bool(self.bound_by)

    def fold(self, interval: Interval, under_load: bool) -> None:
        """Take in an interval; outside of any phase it says nothing about the run."""
        health = together(interval.health, interval.workers) if interval.workers else interval.health
        self.strain.fold(health, interval.lasted_s, under_load)
        self.crew.fold(interval, under_load)
        if not self.crew:
            self.bound_by = self.strain.bound_by
            return
        self.own = interval.health
        bound = self.crew.bound()
        self.bound_by = frozenset(limit for worker in bound for limit in worker.bound_by)
        self.bound_workers = frozenset(worker.name for worker in bound)

    def users_missing(self, interval: Interval) -> int:
        """Users that are not there; one that is on its way from a worker to another is not missing."""
        missing = sum(max(0, users.wanted - users.actual) for users in interval.users.values())
        if not interval.workers:
            return missing
        end_s = interval.began_s + interval.lasted_s
        lost = frozenset(part.worker for part in interval.workers if part.state is WorkerState.LOST)
        if lost - self._lost:
            self._moving_until_s = end_s + REPLACED_IN_S
        before, self._missing, self._lost = self._missing, missing, lost
        return 0 if end_s <= self._moving_until_s else min(before, missing)

    def stall(self) -> None:
        """Nothing was heard of it for as long as it takes to be bound."""
        self.strain.stall()
        self.bound_by, self.bound_workers = self.strain.bound_by, frozenset()


def together(own: Health, parts: Iterable[WorkerPart]) -> Health:
    """A crew's health as one: the worst lag and CPU of a worker, the idlest share of a machine, what all have open.

    Args:
        own: of the process that keeps the record; what the screen costs is its own.
    """
    healths = [part.health for part in parts]
    known = [health for health in healths if health.open_files is not None]
    files = max(known, key=_share_of_files, default=Health())
    return replace(
        own,
        **{name: _of(max, healths, name) for name in _WORST},
        **added(healths),
        rss_mb=_of(sum, [own, *healths], "rss_mb"),
        idle_percent=_of(min, healths, "idle_percent"),
        open_files=files.open_files,
        file_limit=files.file_limit,
    )


def added(healths: list[Health]) -> dict[str, float | None]:
    """The connections of all together."""
    return {name: _of(sum, healths, name) for name in _ADDED}


def _of(fold: Callable[[list[float]], float], healths: list[Health], name: str) -> float | None:
    values = [value for health in healths if (value := getattr(health, name)) is not None]
    return fold(values) if values else None


def _share_of_files(health: Health) -> float:
    return (health.open_files or 0) / health.file_limit if health.file_limit else 0.0
