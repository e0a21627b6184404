"""The crew: the processes that make a run's load where one is not enough.

They are called workers, as in Locust; the target's own processes are called so too, and have nothing to do with these.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from msgspec import Struct, field

from lorax_tui.model.bounds import Count, Figure, Seconds, Whole
from lorax_tui.model.health import Health

LOOPBACK = "127.0.0.1"

REPLACED_IN_S = 2.0
"""How soon users are back whose worker is lost or leaves, however low the spawn rate."""


@dataclass(frozen=True, slots=True)
class CrewPlan:
    """Which workers a run wants, and where it listens for them."""

    local: int
    """Worker processes to start on this machine."""
    expected: int = 0
    """Workers of elsewhere that the run waits for before it begins."""
    bind_host: str = LOOPBACK
    bind_port: int = 0
    """0: any free one."""
    file: Path | None = None
    """The user's own file; a worker has to have the same."""
    logs: Path | None = None
    """Folder for the logs of the workers that are started here."""
    is_open: bool = False
    """Whether other machines can reach where it listens."""

    @property
    def address(self) -> str:
        """Where workers of elsewhere are listened for, if a port is named for them."""
        return f"{self.bind_host}:{self.bind_port}" if self.bind_port else ""

    @property
    def warning(self) -> str:
        """What whoever opens it to others has to know; empty where it is not open."""
        if not self.is_open:
            return ""
        return f"workers are listened for at {self.address} without authentication or encryption: Locust has neither"


class WorkerState(StrEnum):
    """How a worker stands at the end of an interval."""

    JOINING = "joining"
    """Welcome, and without users yet."""
    HERE = "here"
    LATE = "late"
    """It has told, and of earlier seconds too, which should have been there before."""
    MISSING = "missing"
    """Its second was not there in time; it is not yet given up."""
    LOST = "lost"
    """Given up: what it had not told is in no figure."""


class WorkerPart(Struct, frozen=True, omit_defaults=True):
    """What one worker had to do with an interval."""

    worker: str
    """Its name: `w1` of this machine, `HOST/1` of elsewhere."""
    state: WorkerState = WorkerState.HERE
    host: str = ""
    pid: Whole | None = None
    users: Count = 0
    """As it last told."""
    wanted: Count = 0
    """Its share of the users."""
    asks: Count = 0
    """Asks that it began in the interval."""
    health: Health = field(default_factory=Health)
    seconds_late: Count = 0
    """Seconds that came with this interval and belong into an earlier one: all that it owed before."""
    seconds_owed: Count = 0
    """Seconds up to the end of the interval that it has not told, and may tell yet."""
    seconds_lost: Count = 0
    """Seconds of which it was found in this interval that they will never come: what it owed, and what was new."""
    clock_offset_ms: Figure | None = None
    """How far its clock is ahead of the run's; its times are told by the run's."""
    clock_error_ms: Figure | None = None
    """The most by which that can be wrong: half of the round trip by which it was measured."""
    stood_still_s: Seconds = 0.0
    """For how long it did not run at all; what it had under way then counts as interrupted."""


def order(name: str) -> tuple[str, int]:
    """By which names are sorted: `w2` comes before `w10`."""
    stem = name.rstrip("0123456789")
    digits = name[len(stem) :]
    return stem, int(digits[:9]) if digits else 0


def names(workers: Iterable[str], most: int = 3) -> str:
    """Some workers in a sentence: `w1 and w2`, `w1, w2, w3 and 4 more`."""
    ordered = sorted(workers, key=order)
    shown = ordered if len(ordered) <= most else [*ordered[:most], f"{len(ordered) - most} more"]
    return " and ".join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)
