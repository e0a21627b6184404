"""The stream of records that a run is: everything shown, saved or judged is a fold over these.

    Header (Interval | TargetSample | Event)* End

Times are seconds since the run began, on a monotonic clock; only the header carries a wall-clock label. Every
string that came from outside has been through `safe()` before it is put into a record.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from msgspec import Meta, Struct, field

from lorax_tui.model.arrivals import Arrivals, Pacing
from lorax_tui.model.bounds import Count, Figure, Seconds, Whole
from lorax_tui.model.crew import WorkerPart
from lorax_tui.model.health import Health
from lorax_tui.model.rule import Rule
from lorax_tui.model.search import SearchStep
from lorax_tui.model.stages import StageMark
from lorax_tui.model.tally import Raised, Tally

SCHEMA = "1.0"
"""Version of the records; a reader refuses a newer major one."""

HTTP = "HTTP"
SOCKET_IO = "Socket.IO"


class UserCount(Struct, frozen=True, omit_defaults=True):
    """Users of one class."""

    actual: Count = 0
    wanted: Count = 0
    draining: Count = 0
    """Told to stop and still finishing an ask; not among `actual`."""


class Interval(Struct, frozen=True, tag="interval", omit_defaults=True):
    """About one second of load."""

    began_s: Seconds
    lasted_s: Annotated[float, Meta(ge=1e-9, le=1e9)]
    """Measured, never assumed: rates divide by it."""
    phase: Count
    """The phase at the end of the interval; 0 before the first."""
    settled_s: Seconds | None = None
    """When the wanted users of that phase were reached; `None` while they are not."""
    tallies: list[Tally] = field(default_factory=list)
    users: dict[str, UserCount] = field(default_factory=dict)
    """By class name."""
    health: Health = field(default_factory=Health)
    """Of the process that keeps the record; with a crew, which has the load, each worker's is in `workers`."""
    arrivals: list[Arrivals] = field(default_factory=list)
    """Of paced phases; nothing where the loop is closed."""
    raised: list[Raised] = field(default_factory=list)
    workers: list[WorkerPart] = field(default_factory=list)
    """Those of the crew; none where the load is made in this process."""
    stood_still_s: Seconds = 0.0
    """For how long of it the process did not run at all, as when it is suspended: the interval then says nothing."""


class TargetSample(Struct, frozen=True, tag="target", omit_defaults=True):
    """One poll of `/memory_status`, or why there is none. Whatever is missing or odd is `None`, never 0."""

    at_s: Seconds
    round_trip_ms: Figure | None = None
    pid: Whole | None = None
    """The worker that answered."""
    rss_mb: Figure | None = None
    vms_mb: Figure | None = None
    file_cache_size: Whole | None = None
    artifacts: dict[str, Figure] = field(default_factory=dict)
    """Counters and gauges of the target's artifact store by dotted name."""
    error: str | None = None
    """Why there is no sample, in one line."""
    age_s: Seconds | None = None
    """How long ago the worker was started; known only of a process of the generator's own machine."""
    ended: list[int] = field(default_factory=list)
    """Workers of known age that have ended since the last poll."""


class PhaseStart(Struct, frozen=True, omit_defaults=True):
    """The load that begins with an event."""

    phase: Count
    """Number of the phase, from 1. A number that is already there redefines that phase (keys pressed in a row)."""
    scenario: str
    users: Count
    spawn_rate: Figure
    mix: dict[str, Figure]
    """Weight by user class."""
    duration_s: Seconds | None = None
    """Planned length; `None`: until something else happens."""
    thresholds: dict[str, list[str]] = field(default_factory=dict)
    """Rules by protocol, as in `p95 < 1s`."""
    guards_stop: bool = True
    """Whether a guard that trips under this load ends the run, or is only told of."""
    own_thresholds: bool = False
    """Whether the rules were written for this scenario; common ones do not judge a protocol that is never asked."""
    max_growth_mb_per_min: Annotated[float, Meta(gt=0)] | None = None
    """How fast a worker's memory may grow; `None`: the scenario does not watch it."""
    scenario_start_s: Seconds | None = None
    """When the scenario's clock started; it goes on through its stages."""
    scenario_end_s: Seconds | None = None
    """When its time will be over; `None`: it has no end."""
    pacing: Pacing | None = None
    """`None`: the loop is closed, users ask again when they have their answer and have thought."""
    search: SearchStep | None = None
    """Which part of a search for the breaking point it is, if it is one."""
    stage: StageMark | None = None
    """Which stage of its scenario it is, and those that are to follow."""
    lead_s: Annotated[float, Meta(ge=0, le=1e9)] = 0.0
    """How long all users must have been there before it has settled: what they ask as they come is a burst."""

    @property
    def requests_per_second(self) -> float | None:
        return self.pacing.requests_per_second if self.pacing else None

    def __post_init__(self) -> None:
        for rules in self.thresholds.values():
            for rule in rules:
                Rule.parse(rule)


class GuardName(StrEnum):
    """What may end a run by itself."""

    UNREACHABLE = "unreachable"
    ERRORS = "errors"
    MEMORY = "memory"
    GENERATOR = "generator"


class GuardLimits(Struct, frozen=True, omit_defaults=True):
    """How far things may go before a run ends by itself; `None`: for ever."""

    unreachable_s: Seconds | None = None
    """No sign of life from the target for so long."""
    error_rate: Figure | None = None
    """A larger share than this ended badly, over `errors_s`, or over up to twice that for `errors_asks` asks."""
    errors_s: Seconds = 10.0
    errors_asks: Count = 50
    memory_mb: Figure | None = None
    """Resident memory of one of the target's workers."""
    bound_s: Seconds | None = None
    """The generator at its own limit for so long."""


class EventKind(StrEnum):
    """What happened."""

    SWITCH = "switch"
    ADJUST = "adjust"
    STOP = "stop"
    SNAPSHOT = "snapshot"
    NOTE = "note"
    WARNING = "warning"
    LOG = "log"
    BREACH = "breach"
    """A limit that can end the run was passed."""
    SILENCE = "silence"
    """The operator wants a guard to end nothing any more."""
    STALL = "stall"
    """The generator has told nothing of itself for so long that it must be at its limit."""


class Event(Struct, frozen=True, tag="event", omit_defaults=True):
    """Something that somebody or something did."""

    at_s: Seconds
    kind: EventKind
    text: str
    start: PhaseStart | None = None
    """With `switch` and `adjust`: the load from here on."""
    guard: GuardName | None = None
    """With `breach` and `silence`: which one."""


class Header(Struct, frozen=True, tag="header", omit_defaults=True):
    """The first record: what ran, where, with what."""

    schema: str
    run: str
    """Name of the run, which is the name of its folder."""
    host: str
    started_at: str
    """Wall-clock label, ISO 8601 in UTC."""
    versions: dict[str, str] = field(default_factory=dict)
    user_classes: list[str] = field(default_factory=list)
    guards: GuardLimits = field(default_factory=GuardLimits)
    config: dict[str, object] = field(default_factory=dict)
    """The whole configuration the run was started with, secrets redacted."""


QUIT, CRASH = "quit", "crash"
"""The reasons of a run that was still going on when the program ended: it was told to, or could not go on itself."""


class End(Struct, frozen=True, tag="end", omit_defaults=True):
    """The last record, with the reason: finished, stopped, quit, signal NAME, crash, or the guard that ended it."""

    at_s: Seconds
    reason: str
    unsaved_from_s: Seconds | None = None
    """Where the disk took no more records; `None` where all of them are there."""
    by_guard: bool = False
    """Whether a guard or a threshold ended the run."""


Record = Header | Interval | TargetSample | Event | End
"""What a journal holds, one a line."""


def reached_s(record: Record) -> float:
    """Up to when a record tells something."""
    match record:
        case Interval():
            return record.began_s + record.lasted_s
        case Header():
            return 0.0
        case _:
            return record.at_s
