"""The workers of a crew over a run: who they are, what each has done, and how strained each is by itself."""

from __future__ import annotations

from dataclasses import dataclass, field

from lorax_tui.model.crew import WorkerPart, WorkerState, order
from lorax_tui.model.crew_view import WorkerView
from lorax_tui.model.records import Interval
from lorax_tui.model.strain import BOUND_INTERVALS, Strain

MOST_WORKERS = 200
"""Workers that are remembered; beyond that, those that were given up longest ago are forgotten."""


@dataclass(slots=True)
class _Member:
    """What is known of one worker."""

    part: WorkerPart
    strain: Strain = field(default_factory=Strain)
    told_s: float | None = None
    rate: float = 0.0
    asks: int = 0
    seconds_late: int = 0
    seconds_lost: int = 0
    was_bound: bool = False
    silent_s: float = 0.0
    has_joined: bool = False
    """Whether it has had users since it came, or came back: a share of none is no longer new to it."""

    def fold(self, part: WorkerPart, interval: Interval, under_load: bool) -> None:
        """Take in an interval; one of which the worker has told nothing says nothing of how it was."""
        self.part = part
        self.rate = part.asks / interval.lasted_s
        self.asks += part.asks
        self.seconds_late += part.seconds_late
        self.seconds_lost += part.seconds_lost
        self.has_joined = part.state is not WorkerState.LOST and (self.has_joined or part.users > 0)
        if part.state is WorkerState.MISSING:
            self.silent_s += interval.lasted_s
            if self.silent_s >= BOUND_INTERVALS:
                self.strain.stall()
        else:
            self.silent_s = 0.0
            self.strain.fold(part.health, interval.lasted_s + part.seconds_late, under_load)
        if part.state in (WorkerState.HERE, WorkerState.LATE):
            self.told_s = interval.began_s + interval.lasted_s
        self.was_bound = self.was_bound or (under_load and self.is_bound)

    @property
    def is_bound(self) -> bool:
        """Whether it is at its limit; one that is given up makes no load that could be its own."""
        return self.strain.is_bound and self.part.state is not WorkerState.LOST

    @property
    def _state(self) -> WorkerState:
        is_idle = self.part.state is WorkerState.JOINING and self.has_joined
        return WorkerState.HERE if is_idle else self.part.state

    def view(self) -> WorkerView:
        part = self.part
        return WorkerView(
            name=part.worker,
            host=part.host,
            pid=part.pid,
            state=self._state,
            users=part.users,
            wanted=part.wanted,
            rate=self.rate,
            asks=self.asks,
            health=self.strain.health,
            told_s=self.told_s,
            lag_p99_ms=self.strain.lag_p99_ms,
            cpu_p95_percent=self.strain.cpu_p95_percent,
            bound_by=self.strain.bound_by if self.is_bound else frozenset(),
            was_bound=self.was_bound,
            seconds_late=self.seconds_late,
            seconds_owed=part.seconds_owed,
            seconds_lost=self.seconds_lost,
            clock_offset_ms=part.clock_offset_ms,
            clock_error_ms=part.clock_error_ms,
        )


class Roster:
    """Folds what intervals tell of the workers."""

    def __init__(self) -> None:
        self._members: dict[str, _Member] = {}

    def __bool__(self) -> bool:
        return bool(self._members)

    def fold(self, interval: Interval, under_load: bool) -> None:
        """Take in an interval."""
        for part in interval.workers:
            member = self._members.get(part.worker)
            if member is None:
                member = self._members[part.worker] = _Member(part)
            member.fold(part, interval, under_load)
        told = {part.worker for part in interval.workers}
        for name, member in self._members.items():
            if name not in told:
                member.rate = 0.0
        gone = [name for name, member in self._members.items() if member.part.state is WorkerState.LOST]
        for name in gone[: max(0, len(self._members) - MOST_WORKERS)]:
            del self._members[name]

    def untold(self, part: WorkerPart) -> int:
        """Seconds that a worker newly has not told, as its part of the next interval says."""
        member = self._members.get(part.worker)
        known = 0 if member is None or part.seconds_late else member.part.seconds_owed
        return max(0, part.seconds_owed + part.seconds_lost - known)

    def bound(self) -> list[WorkerView]:
        """Those that are at their limit now."""
        return [member.view() for member in self._members.values() if member.is_bound]

    def view(self) -> tuple[WorkerView, ...]:
        """All of them, by name; those that are given up come last."""
        views = (member.view() for member in self._members.values())
        return tuple(sorted(views, key=lambda view: (view.state is WorkerState.LOST, order(view.name))))
