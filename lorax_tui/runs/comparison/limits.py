"""How large a change has to be, beyond noise, to be one."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """A change is told where it is beyond the noise of both runs and beyond all of these that concern it."""

    percent: float = 10.0
    """Of the base's figure; for latencies and for the rate of a phase."""
    ms: float = 2.0
    """For latencies, on top."""
    p99_asks: int = 1_000
    """Answers that both runs need for a p99 to be judged."""
    failures_percent: float = 1.0
    """By how many of a hundred asks more, or fewer, have to fail."""
    slope_mb_per_min: float = 1.0
    """By how much the memory of a worker has to grow faster, or more slowly."""
