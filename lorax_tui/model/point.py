"""One interval on the charts."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Latency:
    """Percentiles over the sliding window that ends at a point; `None` where the window holds too few answers."""

    p50_ms: float | None
    p95_ms: float | None
    p99_ms: float | None
    intended_p99_ms: float | None = None
    """From the moment at which the ask was meant to start, in a paced phase."""


@dataclass(frozen=True, slots=True)
class Point:
    """One interval on the charts."""

    at_s: float
    """End of the interval."""
    ok_rate: float
    bad_rate: float
    users: int
    users_wanted: int
    latency: dict[tuple[str, str], Latency]
    """By protocol and name; the name `""` stands for the protocol as a whole. Missing: nothing answered yet."""
    lasted_s: float = 1.0
    """How long the interval was, or all those that a coarser point stands for."""
    oldest_s: dict[tuple[str, str], float] = field(default_factory=dict)
    """Age of the oldest ask in flight, by the same keys. Missing: none in flight."""
