"""What one operation did in one interval, and how each of its asks ended."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct, field

from lorax_tui.model.bounds import Count, Seconds
from lorax_tui.model.histogram import Histogram

OTHER = "other"
"""The name under which everything beyond a cap is counted."""

TASK = "task"
"""What exceptions of tasks have for a protocol among the errors."""

EXCEPTION = "exception"
"""Their kind."""

SESSION_LOST = "session lost"
"""The kind of an ask whose answer shows that the target does not know the user's session any more."""

WAITED_S = 0.5
"""From this age on an ask in flight is news; a younger one is on its way."""

MOST_KINDS = 30
"""Kinds of failure told apart for one operation; the rest is counted as `other`."""


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
    count: Count
    example: str = ""
    """One of the messages, where `message` is what several have in common."""


class Raised(Struct, frozen=True, omit_defaults=True):
    """Exceptions of a user's own task in one interval, for one phase: a mistake of the user's, not of the target's."""

    phase: Count
    task: str
    """As in `Browsing.look`."""
    errors: list[ErrorCount]

    @property
    def count(self) -> int:
        return sum(error.count for error in self.errors)


class Tally(Struct, omit_defaults=True):
    """What one operation did in one interval, for one phase and one side of its settling.

    An ask is counted in `asks` when it starts and in one outcome when it ends, under the phase it *started* in;
    so over a whole run asks = sum of outcomes + in flight.
    """

    phase: Count
    settled: bool
    """Whether the wanted users had been reached when the ask started."""
    protocol: str
    name: str
    asks: Count = 0
    ok: Count = 0
    failed: Count = 0
    timeout: Count = 0
    busy: Count = 0
    disconnected: Count = 0
    interrupted: Count = 0
    late: Count = 0
    """Answers that came after their ask had ended: counted beside the outcomes, credited to nobody."""
    in_flight: Count = 0
    """Asks without an outcome at the end of the interval."""
    oldest_s: Seconds = 0.0
    """Age of the oldest of them."""
    interrupted_oldest_s: Seconds = 0.0
    """Age of the oldest ask that we interrupted."""
    ok_latency: Histogram = field(default_factory=Histogram)
    intended_latency: Histogram = field(default_factory=Histogram)
    """Of the paced ones among `ok`, counted from the moment at which they were meant to start."""
    failed_latency: Histogram = field(default_factory=Histogram)
    """Latencies of `failed` and `timeout`."""
    errors: list[ErrorCount] = field(default_factory=list)
    waited: Histogram = field(default_factory=Histogram)
    """Ages of those in flight that have waited for `WAITED_S` and longer."""
    interrupted_latency: Histogram = field(default_factory=Histogram)
    """Ages at which asks were interrupted."""
    kinds: dict[str, int] = field(default_factory=dict)
    """The asks of `failed` by kind."""

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
        self.intended_latency.merge(other.intended_latency)
        self.failed_latency.merge(other.failed_latency)
        self.interrupted_latency.merge(other.interrupted_latency)
        for kind, count in other.kinds.items():
            self.count_kind(kind, count)

    def annul(self) -> None:
        """Whatever has ended was interrupted, and nobody knows what it would have come to."""
        self.interrupted += self.answered
        self.ok = self.failed = self.timeout = self.busy = self.disconnected = 0
        self.interrupted_oldest_s, self.kinds = 0.0, {}
        self.ok_latency, self.intended_latency, self.failed_latency = Histogram(), Histogram(), Histogram()
        self.interrupted_latency = Histogram()

    def hold(self, other: Tally) -> None:
        """Add what `other` has in flight: a state, that holds for an interval and is forgotten with the next."""
        self.in_flight += other.in_flight
        self.oldest_s = max(self.oldest_s, other.oldest_s)
        self.waited.merge(other.waited)

    def count_kind(self, kind: str, count: int = 1) -> str:
        """Count failed asks of a kind; returns the kind under which they are counted."""
        if kind not in self.kinds and len(self.kinds) >= MOST_KINDS:
            kind = OTHER
        self.kinds[kind] = self.kinds.get(kind, 0) + count
        return kind
