"""What a reader of a run sees of the target's side: its workers over the whole run, above the load.

Units and unknowns as in `view`.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from lorax_tui.model.blocks import Block
from lorax_tui.model.growth import Growth


@dataclass(frozen=True, slots=True)
class PidView:
    """Memory of one worker of the target."""

    pid: int
    rss_mb: float
    first_mb: float
    min_mb: float
    max_mb: float
    growth: Growth
    """Over the settled part of the current phase."""
    last_s: float
    points: tuple[tuple[float, float], ...]
    """(seconds, resident MB), the recent ones."""
    gone: bool = False
    """Whether it has ended, or others have answered so often and for so long since that it must have."""
    first_s: float = 0.0
    vms_mb: float | None = None
    file_cache_size: int | None = None
    artifacts: dict[str, float] = field(default_factory=dict)
    """What it tells of its artifact store, by dotted name."""
    resident: tuple[Block, ...] = ()
    """MB over the whole run; the longer the run, the coarser."""
    virtual: tuple[Block, ...] = ()
    cached: tuple[Block, ...] = ()
    """Files in its cache."""

    @property
    def slope_mb_per_min(self) -> float | None:
        """How fast it grows; `None`: too few samples to say."""
        return self.growth.mb_per_min


@dataclass(frozen=True, slots=True)
class TargetView:
    """The target as `/memory_status` tells it."""

    samples: int = 0
    """Polls that were answered."""
    last_s: float | None = None
    """When the last answered poll was taken."""
    round_trip_ms: float | None = None
    pids: tuple[PidView, ...] = ()
    """By pid."""
    restarts: int = 0
    """Workers that have ended and for which another has come since."""
    error: str | None = None
    """Why the latest poll gave no sample."""
    round_trips: tuple[Block, ...] = ()
    """Milliseconds of the polls over the whole run."""
    marks: tuple[tuple[float, str], ...] = ()
    """When a worker was found to have ended or to be a new one; the recent ones."""


@dataclass(frozen=True, slots=True)
class LoadView:
    """The load over the whole run; the longer the run, the coarser."""

    users: tuple[Block, ...] = ()
    ok_rate: tuple[Block, ...] = ()
    bad_rate: tuple[Block, ...] = ()
