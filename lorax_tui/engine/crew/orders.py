"""What the workers are told of the load: the run, its phases, and the share that each of them has.

Who they are is another's business; a newcomer is told everything, the others what has changed.
"""

from __future__ import annotations

from secrets import randbits
from time import monotonic

import gevent

from lorax_tui.engine.beat import INTERVAL_S
from lorax_tui.engine.context import Context
from lorax_tui.engine.crew import messages as say
from lorax_tui.engine.crew.runner import CrewRunner
from lorax_tui.engine.crew.seat import Roster, Seat
from lorax_tui.engine.dispatch import Plan, class_counts, turns
from lorax_tui.engine.settling import Settling
from lorax_tui.model.records import PhaseStart
from lorax_tui.model.schedule import Share

ACK_LIMIT_S = 1.0
"""How long a change of the load waits for workers that do not acknowledge it."""

SHARE_LEAD_S = 0.25
"""How far ahead of its time a new share is told, so that all workers know it by then."""

BREATH_S = 0.25
"""What the last users get to die in, and their workers to tell, before the wanted ones count as there."""

LAST_WORDS_S = 2.5
"""What workers have, beyond their users' time, to tell that all have ended."""

QUIET_S = 0.02
"""Around the end of a second, users are neither started nor stopped for so long before and after."""

_BEAT_S = 0.005


class Orders:
    """Steers all workers of one run after the other."""

    def __init__(self, context: Context, plan: Plan, roster: Roster, runner: CrewRunner) -> None:
        self.run = randbits(48)
        """Number of the run; by chance, so that no worker takes it for one of another engine."""
        self.is_running = False
        self._context = context
        self._plan = plan
        self._roster = roster
        self._runner = runner
        self._start: PhaseStart | None = None
        self._change = 0
        self._began_s = 0.0
        self.settling = Settling(self.wanted, roster.users, self._settle, BREATH_S)
        runner.on_ramped = self.settling.ramped
        runner.quiet_s = self.quiet_s

    def begin(self, began_s: float) -> None:
        """A run begins, whose clock counts from `began_s` (monotonic)."""
        self.run += 1
        self._start, self._began_s, self.is_running = None, began_s, True
        self.settling.begin(began_s)
        for seat in self._roster.live():
            self._runner.send(seat, self._beginning(is_new=True))

    def apply(self, start: PhaseStart) -> list[Seat]:
        """Tell all workers of a phase, and then to go to its users; returns who has not acknowledged it."""
        self._runner.halt()
        self._change += 1
        self._start, change = start, self._change
        self._plan.mix, self._plan.had = dict(start.mix), 0
        self.settling.change(start)
        seats = self._roster.live()
        for rank, seat in enumerate(seats):
            self._runner.send(seat, say.Phase(change, start, self._share(rank, len(seats))))
        until_s = monotonic() + ACK_LIMIT_S
        while (silent := [seat for seat in seats if seat.is_live and seat.acked < change]) and monotonic() < until_s:
            gevent.sleep(_BEAT_S)
        if change == self._change and self.is_running:
            self._runner.start(start.users, start.spawn_rate)
        return silent

    def stop(self, timeout_s: float) -> int:
        """Stop the users of all workers, and wait until they have told all; returns how many files are left."""
        self._runner.halt()
        self.is_running, self._start = False, None
        self._change += 1
        seats = self._roster.live()
        for seat in seats:
            self._runner.send(seat, say.Stop(timeout_s))
        until_s = monotonic() + timeout_s + LAST_WORDS_S
        while any(seat.is_live and seat.stopped < self.run for seat in seats) and monotonic() < until_s:
            gevent.sleep(_BEAT_S)
        return sum(seat.files_left for seat in self._roster if seat.stopped == self.run)

    def bring_up_to_date(self, newcomer: Seat, is_new: bool) -> None:
        """Tell a worker that joins what the others know, and give it its share.

        Args:
            is_new: whether it was not there before, or what it had is told as lost already.
        """
        self._runner.send(newcomer, self._beginning(is_new))
        self.deal_anew(newcomer)

    def lose(self, seat: Seat) -> None:
        """Give a worker up: the others get its users, faster than the spawn rate."""
        if seat.is_live:
            self._plan.had = max(self._plan.had, sum(self._roster.users().values()))
        seat.lost_s = monotonic()
        self.deal_anew()

    def deal_anew(self, newcomer: Seat | None = None) -> None:
        """Share users and schedule out to those that are here now."""
        if self._start is None:
            return
        seats = self._roster.live()
        from_s = monotonic() - self._began_s + SHARE_LEAD_S
        for rank, seat in enumerate(seats):
            share = self._share(rank, len(seats))
            if seat is newcomer:
                settled_s = self.settling.settled_s
                self._runner.send(seat, say.Phase(self._change, self._start, share, from_s, settled_s))
            else:
                self._runner.send(seat, say.Deal(share, from_s))
        self._runner.start(self._start.users, self._start.spawn_rate)

    def wanted(self) -> dict[str, int]:
        """Users by class when the ramp is over."""
        return {} if self._start is None else class_counts(self._start.users, self._start.mix)

    def wanted_of(self) -> dict[str, int]:
        """Users by the id of their worker, then."""
        seats, users = self._roster.live(), sum(self.wanted().values())
        return {seat.id: turns(users, rank, len(seats)) for rank, seat in enumerate(seats)}

    def standing(self) -> tuple[int, float | None]:
        """The phase, and when it settled."""
        return 0 if self._start is None else self._start.phase, self.settling.settled_s

    def _share(self, rank: int, workers: int) -> Share:
        return Share(rank, workers, max(1, 0 if self._start is None else self._start.users))

    def quiet_s(self) -> float:
        """How long to leave users as they are now: where seconds meet, all workers are to count the same ones."""
        past_s = (monotonic() - self._began_s + QUIET_S) % INTERVAL_S
        return max(0.0, 2 * QUIET_S - past_s)

    def _beginning(self, is_new: bool) -> say.Begin:
        context = self._context
        return say.Begin(self.run, is_new, self._began_s, context.target, context.answers_ping, context.data_file)

    def _settle(self, settled_s: float) -> None:
        for seat in self._roster.live():
            self._runner.send(seat, say.Settle(settled_s))
