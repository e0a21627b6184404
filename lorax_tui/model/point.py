"""One interval on the charts."""

from __future__ import annotations

from dataclasses import dataclass, field

from lorax_tui.model.tally import WAITED_S


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

    def at_least_ms(self, subject: tuple[str, str]) -> float | None:
        """Age of the oldest ask in flight where it says more than the percentiles: they will become at least that."""
        oldest_ms = self.oldest_s.get(subject, 0.0) * 1000
        latency = self.latency.get(subject)
        known = () if latency is None else (latency.p50_ms, latency.p95_ms, latency.p99_ms)
        slowest_ms = max((value for value in known if value is not None), default=0.0)
        return oldest_ms if oldest_ms >= WAITED_S * 1000 and oldest_ms > slowest_ms else None
