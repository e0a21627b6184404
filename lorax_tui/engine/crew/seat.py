"""What the engine knows of its workers: who they are, what they were told, what they have told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from time import monotonic

from lorax_tui.engine.dispatch import Post
from lorax_tui.model.crew import WorkerState

SILENT_S = 3.0
"""A worker of which nothing was heard for so long is lost."""

ALONE_S = 5.0
"""And one that has heard nothing for so long stops its users: they are others' by then."""

FORGOTTEN_S = 60.0
"""A lost one is not spoken of any more after so long."""


@dataclass(slots=True, eq=False)
class Seat:
    """One worker."""

    id: str
    """Locust's name of it on the wire."""
    name: str
    host: str
    pid: int
    is_local: bool
    """Whether it was started by this process."""
    is_ready: bool = False
    """Whether it may have users."""
    heard_s: float = field(default_factory=monotonic)
    """When anything was last heard of it (monotonic)."""
    lost_s: float | None = None
    """Since when it is given up (monotonic)."""
    is_gone: bool = False
    """Whether nothing more of it can come."""
    reported: dict[str, int] = field(default_factory=dict)
    """Users by class, as it last told."""
    sent: dict[str, int] | None = None
    """Users by class that it was told to have, until it tells that it does."""
    step: int = 0
    """Number of what it was last told."""
    acked: int = 0
    """Number of the last change of the load that it has acknowledged."""
    stopped: int = 0
    """Number of the last run that it has stopped."""
    files_left: int = 0
    ahead_s: float | None = None
    """How far its clock is ahead of ours."""
    error_s: float | None = None

    @property
    def is_live(self) -> bool:
        """Whether it may have users."""
        return self.is_ready and self.lost_s is None

    @property
    def users(self) -> dict[str, int]:
        """Users by class: those that it was told to have, where it has not answered yet."""
        return self.reported if self.sent is None else self.sent

    @property
    def state(self) -> WorkerState:
        """How it stands, apart from what it tells of its load."""
        if self.lost_s is not None:
            return WorkerState.LOST
        return WorkerState.HERE if self.is_ready and self.users else WorkerState.JOINING


class Roster:
    """All workers that were ever let in, in the order in which they came, until they are forgotten."""

    def __init__(self) -> None:
        self._seats: dict[str, Seat] = {}

    def __iter__(self) -> Iterator[Seat]:
        return iter(list(self._seats.values()))

    def get(self, worker_id: str) -> Seat | None:
        """The worker of that id."""
        return self._seats.get(worker_id)

    def add(self, seat: Seat) -> None:
        """A worker was let in."""
        self._seats[seat.id] = seat

    def live(self) -> list[Seat]:
        """Those that users can live in, in the order in which the load is dealt out to them."""
        return [seat for seat in self._seats.values() if seat.is_live]

    def users(self) -> Counter[str]:
        """Users of all of them, by class."""
        counts: Counter[str] = Counter()
        for seat in self.live():
            counts.update(seat.users)
        return counts

    def posts(self) -> dict[Post, int]:
        """Users by worker and class."""
        return {(seat.id, name): count for seat in self.live() for name, count in seat.users.items()}

    def drop(self, seat: Seat) -> None:
        """Take one out."""
        del self._seats[seat.id]

    def forget(self, now_s: float) -> list[Seat]:
        """Take out those that were lost long ago, and return them."""
        gone = [seat for seat in self if seat.lost_s is not None and now_s - seat.lost_s > FORGOTTEN_S]
        for seat in gone:
            self.drop(seat)
        return gone
