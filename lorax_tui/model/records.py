"""The stream of records that a run is: everything shown, saved or judged is a fold over these.

    Header (Interval | TargetSample | Event)* End

Times are seconds since the run began, on a monotonic clock; only the header carries a wall-clock label. Every
string that came from outside has been through `safe()` before it is put into a record.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from msgspec import Meta, Struct, field

from lorax_tui.model.histogram import Histogram
from lorax_tui.model.thresholds import Rule

SCHEMA = "1.0"
"""Version of the records; a reader refuses a newer major one."""

HTTP = "HTTP"
SOCKET_IO = "Socket.IO"
OTHER = "other"
"""The name under which everything beyond a cap is counted."""


class Outcome(StrEnum):
    """How an ask ended. Exactly one of these each."""

    OK = "ok"
    FAILED = "failed"
    TIMEOUT = "timeout"
    BUSY = "busy"
    DISCONNECTED = "disconnected"
    INTERRUPTED = "interrupted"


class ErrorCount(Struct, frozen=True, omit_defaults=True):
    """Asks that ended badly in the same way."""

    kind: str
    """One word for what happened, such as `refused`, `reset`, `status`, `application`."""
    message: str
    """What they say; where they differ in numbers only, what they have in common, with `#` for each number."""
    count: int
    example: str = ""
    """One of the messages, where `message` is what several have in common."""


class Tally(Struct, omit_defaults=True):
    """What one operation did in one interval, for one phase and one side of its settling.

    An ask is counted in `asks` when it starts and in one outcome when it ends, under the phase it *started* in;
    so over a whole run asks = sum of outcomes + in flight.
    """

    phase: int
    settled: bool
    """Whether the wanted users had been reached when the ask started."""
    protocol: str
    name: str
    asks: int = 0
    ok: int = 0
    failed: int = 0
    timeout: int = 0
    busy: int = 0
    disconnected: int = 0
    interrupted: int = 0
    late: int = 0
    """Answers that came after their ask had ended: counted beside the outcomes, credited to nobody."""
    in_flight: int = 0
    """Asks without an outcome at the end of the interval."""
    oldest_s: float = 0.0
    """Age of the oldest of them."""
    interrupted_oldest_s: float = 0.0
    """Age of the oldest ask that we interrupted."""
    ok_latency: Histogram = field(default_factory=Histogram)
    failed_latency: Histogram = field(default_factory=Histogram)
    """Latencies of `failed` and `timeout`."""
    errors: list[ErrorCount] = field(default_factory=list)

    @property
    def bad(self) -> int:
        """Asks that ended neither ok nor by us."""
        return self.failed + self.timeout + self.busy + self.disconnected

    @property
    def answered(self) -> int:
        """Asks that ended other than by us."""
        return self.ok + self.bad

    def absorb(self, other: Tally) -> None:
        """Add what `other` counted; what is in flight is a state, not a sum, and is left alone."""
        self.asks += other.asks
        self.ok += other.ok
        self.failed += other.failed
        self.timeout += other.timeout
        self.busy += other.busy
        self.disconnected += other.disconnected
        self.interrupted += other.interrupted
        self.late += other.late
        self.interrupted_oldest_s = max(self.interrupted_oldest_s, other.interrupted_oldest_s)
        self.ok_latency.merge(other.ok_latency)
        self.failed_latency.merge(other.failed_latency)


class UserCount(Struct, frozen=True, omit_defaults=True):
    """Users of one class."""

    actual: int = 0
    wanted: int = 0
    draining: int = 0
    """Told to stop and still finishing an ask; not among `actual`."""


class Health(Struct, frozen=True, omit_defaults=True):
    """How well the generator itself was during an interval. `None`: unknown."""

    lag_p50_ms: float | None = None
    lag_p99_ms: Annotated[float, Meta(ge=0)] | None = None
    lag_max_ms: float | None = None
    """How late the engine's loop woke up."""
    cpu_percent: Annotated[float, Meta(ge=0)] | None = None
    """CPU of this process; 100 is one core."""
    idle_percent: float | None = None
    """Idle share of the whole machine."""
    rss_mb: float | None = None
    open_files: int | None = None
    file_limit: int | None = None
    http_connections: int | None = None
    sockets_connected: int | None = None


class Interval(Struct, frozen=True, tag="interval", omit_defaults=True):
    """About one second of load."""

    began_s: float
    lasted_s: Annotated[float, Meta(gt=0)]
    """Measured, never assumed: rates divide by it."""
    phase: int
    """The phase at the end of the interval; 0 before the first."""
    settled_s: float | None = None
    """When the wanted users of that phase were reached; `None` while they are not."""
    tallies: list[Tally] = field(default_factory=list)
    users: dict[str, UserCount] = field(default_factory=dict)
    """By class name."""
    health: Health = field(default_factory=Health)


class TargetSample(Struct, frozen=True, tag="target", omit_defaults=True):
    """One poll of `/memory_status`, or why there is none. Whatever is missing or odd is `None`, never 0."""

    at_s: float
    round_trip_ms: float | None = None
    pid: int | None = None
    """The worker that answered."""
    rss_mb: float | None = None
    vms_mb: float | None = None
    file_cache_size: int | None = None
    artifacts: dict[str, float] = field(default_factory=dict)
    """Counters and gauges of the target's artifact store by dotted name."""
    error: str | None = None
    """Why there is no sample, in one line."""


class PhaseStart(Struct, frozen=True, omit_defaults=True):
    """The load that begins with an event."""

    phase: int
    """Number of the phase, from 1. A number that is already there redefines that phase (keys pressed in a row)."""
    scenario: str
    users: int
    spawn_rate: float
    mix: dict[str, float]
    """Weight by user class."""
    duration_s: float | None = None
    """Planned length; `None`: until something else happens."""
    thresholds: dict[str, list[str]] = field(default_factory=dict)
    """Rules by protocol, as in `p95 < 1s`."""
    own_thresholds: bool = False
    """Whether the rules were written for this scenario; common ones do not judge a protocol that is never asked."""

    def __post_init__(self) -> None:
        for rules in self.thresholds.values():
            for rule in rules:
                Rule.parse(rule)


class EventKind(StrEnum):
    """What happened."""

    SWITCH = "switch"
    ADJUST = "adjust"
    STOP = "stop"
    SNAPSHOT = "snapshot"
    NOTE = "note"
    WARNING = "warning"
    LOG = "log"


class Event(Struct, frozen=True, tag="event", omit_defaults=True):
    """Something that somebody or something did."""

    at_s: float
    kind: EventKind
    text: str
    start: PhaseStart | None = None
    """With `switch` and `adjust`: the load from here on."""


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
    closed_loop: bool = True
    """Whether users wait for each answer before they ask again."""
    config: dict[str, object] = field(default_factory=dict)
    """The whole configuration the run was started with, secrets redacted."""


class End(Struct, frozen=True, tag="end", omit_defaults=True):
    """The last record, with the reason: finished, quit, stopped, signal, crash."""

    at_s: float
    reason: str


Record = Header | Interval | TargetSample | Event | End
"""What a journal holds, one a line."""
