"""What a reader of a run sees of the crew: its workers, each with how it is.

Units and unknowns as in `view`.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from lorax_tui.model.crew import WorkerState
from lorax_tui.model.health import Health
from lorax_tui.model.strain import Limit


@dataclass(frozen=True, slots=True)
class WorkerView:
    """One worker of the crew."""

    name: str
    host: str
    pid: int | None
    state: WorkerState
    users: int
    """As it last told."""
    wanted: int
    """Its share of the users."""
    rate: float
    """Asks a second in the last interval."""
    asks: int
    """All that it has begun."""
    health: Health
    """As it last told."""
    told_s: float | None
    """Up to when it has told of itself; `None`: it never has."""
    lag_p99_ms: float | None = None
    """As of the whole generator."""
    cpu_p95_percent: float | None = None
    bound_by: frozenset[Limit] = field(default_factory=frozenset)
    """What it is at the limit of now."""
    was_bound: bool = False
    """Whether it ever was at its limit under load."""
    seconds_late: int = 0
    """Seconds that were told too late to be in their own interval; they are in a later one."""
    seconds_owed: int = 0
    """Seconds that it has not told so far."""
    seconds_lost: int = 0
    """Seconds that were never told, and are in no figure."""
    clock_offset_ms: float | None = None
    clock_error_ms: float | None = None

    @property
    def is_here(self) -> bool:
        """Whether it takes part now."""
        return self.state in (WorkerState.HERE, WorkerState.LATE, WorkerState.JOINING)

    @property
    def stands_out(self) -> bool:
        """Whether it is to be looked at: silent, given up, or at its limit."""
        return not self.is_here or bool(self.bound_by)
