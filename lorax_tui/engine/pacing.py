"""The pace of a run: in a paced phase, users wait in line for the arrivals of its schedule.

    take ──► due ──► start ──► an ask begins, with its delay
              └────► give_back, by a user that is stopped before that

Nothing is queued for an arrival without a free user: the schedule's cursor lags behind the clock until somebody takes
what it points at, and a second cursor counts what was offered by then. Lives in the engine's thread only; knows nothing
of users or of what they ask.
"""

from __future__ import annotations

from bisect import insort
from math import isfinite
from time import monotonic
from typing import Any

import gevent
from gevent.hub import Waiter

from lorax_tui.engine.recorder import Arrival
from lorax_tui.model.arrivals import MISSED_S, Arrivals
from lorax_tui.model.records import PhaseStart
from lorax_tui.model.schedule import NOTHING, WHOLE, Schedule, Share


class Pacer:
    """Hands out the arrivals of one run, in their order, to whoever came first."""

    def __init__(self, began_s: float = 0.0) -> None:
        """
        Args:
            began_s: when the run's clock began to count (monotonic).
        """
        self.is_paced = False
        """Whether asks wait here for their turn; where not, users think between them."""
        self._began_s = began_s
        self._phase = 0
        self._settled_s: float | None = None
        self._cursor: Schedule | None = None
        self._offered: Schedule | None = None
        self._returned: list[float] = []
        """Arrivals that were given back, in their order; all before the cursor."""
        self._taken: set[float] = set()
        """Arrivals whose asks are about to start."""
        self._open = {False: 0, True: 0}
        """Arrivals offered and not started, by whether they are of the settled part."""
        self._arrivals: dict[tuple[int, bool], Arrivals] = {}
        self._line: dict[Waiter, None] = {}
        self._thinking: set[Waiter] = set()
        self._timer: Any = None

    def change(self, start: PhaseStart, share: Share = WHOLE, from_s: float = 0.0) -> None:
        """A phase begins: its schedule replaces the one before, whose open arrivals are given up.

        Args:
            share: which of its arrivals are handed out here.
            from_s: from when on; what is due before is nobody's here.
        """
        self._give_up()
        if start.phase == self._phase:
            self._unsettle()
        self._phase, self._settled_s = start.phase, None
        self.is_paced = start.pacing is not None
        loop = gevent.get_hub().loop
        if start.pacing is not None:
            first = NOTHING if from_s else share
            self._cursor, self._offered = Schedule(start.pacing, first), Schedule(start.pacing, first)
            if from_s:
                self.deal(share, from_s)
            for waiter in self._thinking:
                loop.run_callback(waiter.switch, None)
            self._arm()
        else:
            for waiter in self._line:
                loop.run_callback(waiter.switch, None)

    def deal(self, share: Share, from_s: float) -> None:
        """Other arrivals are handed out here, of those that are due from `from_s` on."""
        for schedule in (self._cursor, self._offered):
            if schedule is not None:
                schedule.deal(share, from_s)
        self._arm()

    def settle(self, at_s: float) -> None:
        """The phase has settled: what is due from now on belongs to its settled part."""
        self._settled_s = at_s

    def end(self) -> None:
        """No arrival comes any more; who waits is left to wait until he is stopped."""
        self._give_up()

    def take(self) -> float | None:
        """The next arrival, when it is due and everybody who came before has got one.

        Returns:
            When it was due, in seconds of the run; `None`: the loop was closed meanwhile.
        """
        if not self._line and (due_s := self._next_s()) is not None and due_s <= self._now_s():
            return self._pop()
        waiter = Waiter()
        self._line[waiter] = None
        if len(self._line) == 1:
            self._arm()
        try:
            due: float | None = waiter.get()
            return due
        finally:
            self._line.pop(waiter, None)

    def start(self, due_s: float) -> Arrival | None:
        """The ask starts now that was meant to start at `due_s`; `None`: that was given up, the phase is another."""
        if due_s not in self._taken:
            return None
        self._taken.discard(due_s)
        delay_s = self._now_s() - due_s
        settled = self._is_settled(due_s)
        arrivals = self._tally(settled)
        arrivals.started += 1
        arrivals.missed += delay_s > MISSED_S
        self._open[settled] -= 1
        return Arrival(delay_s * 1e3, settled)

    def give_back(self, due_s: float) -> None:
        """The ask will not start: the next user in line gets its arrival."""
        if due_s in self._taken:
            self._taken.discard(due_s)
            insort(self._returned, due_s)
            self._arm()

    def think(self, seconds: float) -> None:
        """Sleep as a user does between two asks; a paced phase that begins ends it."""
        if seconds <= 0:
            gevent.sleep(0)
            return
        hub = gevent.get_hub()
        waiter = Waiter(hub)
        self._thinking.add(waiter)
        try:
            with hub.loop.timer(seconds) as timer:
                timer.start(waiter.switch, None, update=True)
                waiter.get()
        finally:
            self._thinking.discard(waiter)

    def skip(self) -> None:
        """The process stood still: what came due since the last cut is in no figure, what is still open is not asked.

        Only who is about to start still does.
        """
        self._offer()
        now_s = self._now_s()
        while self._cursor is not None and self._cursor.next_s <= now_s:
            self._cursor.advance()
        self._returned.clear()
        for settled, count in self._open.items():
            taken = sum(1 for due_s in self._taken if self._is_settled(due_s) is settled)
            arrivals = self._tally(settled)
            arrivals.offered = max(0, arrivals.offered - arrivals.started - (count - taken))
            arrivals.started = arrivals.missed = 0
            self._open[settled] = taken
        self._arm()

    def cut(self) -> list[Arrivals]:
        """What became of the schedule since the last cut; what waits comes again with the next one."""
        self._offer()
        now_s = self._now_s()
        due = [*self._taken, *self._returned]
        if self._cursor is not None:
            due.append(self._cursor.next_s)
        for settled, count in self._open.items():
            if count:
                arrivals = self._tally(settled)
                arrivals.waiting = count
                arrivals.oldest_s = now_s - min(
                    (at_s for at_s in due if self._is_settled(at_s) is settled), default=now_s
                )
        arrivals_cut, self._arrivals = list(self._arrivals.values()), {}
        return arrivals_cut

    def _admit(self) -> None:
        """Somebody's arrival is due; called by the hub, so that whoever is let in goes on at once."""
        while self._line and (due_s := self._next_s()) is not None and due_s <= self._now_s():
            waiter = next(iter(self._line))
            del self._line[waiter]
            waiter.switch(self._pop())
        self._arm()

    def _arm(self) -> None:
        """Wake up when the first in line may go."""
        if self._timer is not None:
            self._timer.close()
            self._timer = None
        if self._line and (due_s := self._next_s()) is not None and isfinite(due_s):
            self._timer = gevent.get_hub().loop.timer(max(0.0, due_s - self._now_s()))
            self._timer.start(self._admit, update=True)

    def _next_s(self) -> float | None:
        if self._returned:
            return self._returned[0]
        return None if self._cursor is None else self._cursor.next_s

    def _pop(self) -> float:
        if self._returned:
            due_s = self._returned.pop(0)
        else:
            assert self._cursor is not None
            due_s = self._cursor.advance()
        self._taken.add(due_s)
        return due_s

    def _offer(self) -> None:
        """Count what came due by now."""
        if self._offered is None:
            return
        now_s = self._now_s()
        while self._offered.next_s <= now_s:
            settled = self._is_settled(self._offered.advance())
            self._tally(settled).offered += 1
            self._open[settled] += 1

    def _give_up(self) -> None:
        self._offer()
        for settled, count in self._open.items():
            if count:
                self._tally(settled).never_started += count
                self._open[settled] = 0
        self._cursor = self._offered = None
        self._returned.clear()
        self._taken.clear()
        self._arm()

    def _unsettle(self) -> None:
        settled = self._arrivals.pop((self._phase, True), None)
        if settled is not None:
            self._tally(False).absorb(settled)

    def _is_settled(self, due_s: float) -> bool:
        return self._settled_s is not None and due_s >= self._settled_s

    def _tally(self, settled: bool) -> Arrivals:
        key = (self._phase, settled)
        arrivals = self._arrivals.get(key)
        if arrivals is None:
            arrivals = self._arrivals[key] = Arrivals(*key)
        return arrivals

    def _now_s(self) -> float:
        return monotonic() - self._began_s
