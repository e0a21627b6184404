"""What a reader of a run sees: one frozen picture, the same for screen, plain lines and files.

Every figure is in the unit its name ends in; `None` means unknown or too few answers, never 0. All strings are safe
to show as plain text.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from lorax_tui.model.capacity import CapacityView
from lorax_tui.model.crew_view import WorkerView
from lorax_tui.model.health import Health
from lorax_tui.model.phase_view import PhaseView
from lorax_tui.model.point import Point
from lorax_tui.model.records import Event, GuardName, UserCount
from lorax_tui.model.strain import Peaks
from lorax_tui.model.target_view import LoadView, TargetView
from lorax_tui.model.thresholds import Verdict


@dataclass(frozen=True, slots=True)
class WaitingView:
    """The asks of a protocol that have no answer yet, of whatever phase."""

    protocol: str
    in_flight: int
    oldest_s: float
    """Age of the oldest."""
    is_stalled: bool
    """Whether nothing was answered for as long as the last interval, and the oldest has waited for longer."""


@dataclass(frozen=True, slots=True)
class ErrorView:
    """Asks that ended badly in the same way."""

    protocol: str
    name: str
    kind: str
    message: str
    hint: str
    """What to do about it; empty where nothing can be advised."""
    count: int
    rate: float
    """A second, in the last interval."""
    first_s: float
    last_s: float
    example: str = ""
    """One of the messages, where `message` is what several have in common, with `#` for what differs."""


@dataclass(frozen=True, slots=True)
class GuardView:
    """A guard that has something to say."""

    name: GuardName
    text: str
    """What is wrong, in one line."""
    share: float
    """How far it is on its way to its limit; from 1 on it is over it."""
    trips_in_s: float | None
    """When it will be, if nothing changes; `None`: it is, or nobody can tell."""
    stops: bool
    """Whether it then ends the run: it is not silenced, and the load is not one that is made to break things."""

    @property
    def has_tripped(self) -> bool:
        """Whether the limit is reached."""
        return self.share >= 1


@dataclass(frozen=True, slots=True)
class RunView:
    """Everything there is to show of a run."""

    run: str = ""
    host: str = ""
    started_at: str = ""
    closed_loop: bool = True
    """Whether users waited for each answer before they asked again, in all phases."""
    elapsed_s: float = 0.0
    """End of the last record."""
    ended: str | None = None
    """Why the run is over; `None` while it goes on."""
    ended_by_guard: bool = False
    """Whether it did not end as planned, nor by the operator, but because a limit was passed."""
    users: dict[str, UserCount] = field(default_factory=dict)
    health: Health = field(default_factory=Health)
    bound: bool = False
    """Whether the generator is at its limit now."""
    was_bound: bool = False
    """Whether it was in any phase."""
    phases: tuple[PhaseView, ...] = ()
    """The recent ones, oldest first."""
    earlier_phases: int = 0
    """How many came before them: their figures are in the totals and in the verdict."""
    points: tuple[Point, ...] = ()
    """The recent ones, oldest first."""
    load: LoadView = field(default_factory=LoadView)
    window_s: dict[tuple[str, str], float] = field(default_factory=dict)
    """Length of the sliding window behind the newest point, by protocol and name as in `Point.latency`."""
    marks: tuple[tuple[float, str], ...] = ()
    """When the load was changed, and to what, or a worker of the target came or went; the recent ones."""
    waiting: tuple[WaitingView, ...] = ()
    """By protocol; only those that have asks in flight."""
    errors: tuple[ErrorView, ...] = ()
    """Most recent first."""
    guards: tuple[GuardView, ...] = ()
    """Those that have something to say, the most pressing first."""
    target: TargetView = field(default_factory=TargetView)
    events: tuple[Event, ...] = ()
    """The recent ones, oldest first."""
    verdict: Verdict = Verdict.INCONCLUSIVE
    lag_p99_ms: float | None = None
    """Of the loop lag p99 of the intervals, the p99 again; the worst of them where there are few."""
    cpu_p95_percent: float | None = None
    peaks: Peaks = field(default_factory=Peaks)
    """The worst that the generator has been."""
    crew: tuple[WorkerView, ...] = ()
    """The processes that make the load, where it is not this one; those that were given up come last."""
    program: Health | None = None
    """How this process is, where a crew makes the load; `health` is then the crew's."""
    searches: tuple[CapacityView, ...] = ()
    """Those for the breaking point, in their order."""

    @property
    def phase(self) -> PhaseView | None:
        """The one that goes on, or the last."""
        return self.phases[-1] if self.phases else None

    @property
    def search(self) -> CapacityView | None:
        """The search that goes on, or that was the last thing to happen."""
        phase = self.phase
        return self.searches[-1] if self.searches and phase is not None and phase.search is not None else None

    @property
    def in_flight(self) -> int:
        """Asks without an answer yet."""
        return sum(waiting.in_flight for waiting in self.waiting)

    @property
    def oldest_s(self) -> float | None:
        """Age of the oldest of them."""
        return max((waiting.oldest_s for waiting in self.waiting), default=None)

    @property
    def is_stalled(self) -> bool:
        """Whether nothing is answered, although it is asked for."""
        return bool(self.waiting) and all(waiting.is_stalled for waiting in self.waiting)

    @property
    def users_actual(self) -> int:
        return sum(users.actual for users in self.users.values())

    @property
    def users_wanted(self) -> int:
        return sum(users.wanted for users in self.users.values())

    @property
    def users_draining(self) -> int:
        return sum(users.draining for users in self.users.values())


EMPTY = RunView()
"""Before anything has happened."""
