"""Who came of those that a run wants, and under which name."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic

from gevent.event import Event

from lorax_tui.engine.crew.messages import Hello
from lorax_tui.engine.crew.processes import Processes
from lorax_tui.engine.crew.seat import Roster, Seat
from lorax_tui.errors import UsageError
from lorax_tui.model.crew import CrewPlan
from lorax_tui.model.records import EventKind
from lorax_tui.model.text import safe

START_LIMIT_S = 60.0
"""A worker of this machine that is not here after so long will not come."""


class Muster:
    """Gives workers their names, and waits for them."""

    def __init__(
        self,
        plan: CrewPlan,
        roster: Roster,
        processes: Processes,
        on_news: Callable[[EventKind, str], None],
    ) -> None:
        self._plan = plan
        self._roster = roster
        self._processes = processes
        self._tell = on_news
        self._news = Event()
        self._by_host: dict[str, int] = {}
        self._lost: set[int] = set()
        """Process ids of workers of this machine that were here and have ended."""

    def seat(self, worker_id: str, hello: Hello) -> Seat:
        """A seat for a worker that was let in."""
        number = self._processes.number_of(hello.pid)
        is_local = number is not None and not any(seat.is_local and seat.pid == hello.pid for seat in self._roster)
        host = safe(hello.host, 40)
        if is_local:
            return Seat(worker_id, f"w{number}", host, hello.pid, True)
        self._by_host[host] = self._by_host.get(host, 0) + 1
        return Seat(worker_id, f"{host}/{self._by_host[host]}", host, hello.pid, False)

    def look_again(self) -> None:
        """Somebody may have come or gone."""
        self._news.set()

    def wait(self) -> None:
        """Return when all are here.

        Raises:
            UsageError: a worker of this machine cannot start.
        """
        until_s, told = monotonic() + START_LIMIT_S, ""
        where = f" at {self._plan.address}" if self._plan.address else ""
        while True:
            live = self._roster.live()
            local = sum(seat.is_local for seat in live)
            remote = len(live) - local
            starting = self._starting(local)
            if not starting and remote >= self._plan.expected and live:
                return
            if not starting and not live and not self._plan.expected:
                raise UsageError("no worker of this machine is left")
            if starting and monotonic() > until_s:
                raise UsageError(f"the workers of this machine have not come within {START_LIMIT_S:g} s")
            sides = (remote, self._plan.expected, "of elsewhere"), (local, self._plan.local, "of this machine")
            here = ", ".join(f"{came} of {wanted} {side}" for came, wanted, side in sides if wanted)
            if here != told:
                told = here
                self._tell(EventKind.NOTE, f"waiting for workers{where}: {here}")
            self._news.clear()
            self._news.wait(1)

    def _starting(self, local: int) -> int:
        """How many of this machine are still to come; one that was here and is lost does not come again."""
        seated = {seat.pid for seat in self._roster if seat.is_local} | self._lost
        ended = set(self._processes.ended())
        for pid in ended - seated:
            words = self._processes.last_words(pid)
            raise UsageError(f"a worker of this machine has ended at once: {words or 'it gave no reason'}")
        self._lost |= ended & seated
        return self._plan.local - local - len(self._lost)
