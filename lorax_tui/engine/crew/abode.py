"""The crew as a place where users live: who comes in, who has which share, and what all of them are told.

    Hello ─► Welcome ─► Ready: a share ─► silent, or ended: lost ─► heard again: Who? ─► Hello ...

Lives in the engine's thread.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from os import getpid
from time import monotonic

import gevent
import locust

from lorax_tui.engine.context import Context
from lorax_tui.engine.crew import messages as say
from lorax_tui.engine.crew.door import hash_of, objection, own_hello
from lorax_tui.engine.crew.gathering import Gathering
from lorax_tui.engine.crew.muster import Muster
from lorax_tui.engine.crew.processes import Processes
from lorax_tui.engine.crew.runner import CrewRunner
from lorax_tui.engine.crew.seat import SILENT_S, Roster, Seat
from lorax_tui.engine.dispatch import MixDispatcher, Plan, class_counts, dealt
from lorax_tui.engine.home import Home
from lorax_tui.engine.settling import Settling
from lorax_tui.model.crew import CrewPlan
from lorax_tui.model.records import EventKind, Interval, PhaseStart
from lorax_tui.model.schedule import Share

ACK_LIMIT_S = 1.0
"""How long a change of the load waits for workers that do not acknowledge it."""

SHARE_LEAD_S = 0.25
"""How far ahead of its time a new share is told, so that all workers know it by then."""

BREATH_S = 0.25
"""What the last users get to die in, and their workers to tell, before the wanted ones count as there."""

LAST_WORDS_S = 2.5
"""What workers have, beyond their users' time, to tell that all have ended."""

_BEAT_S = 0.01


class Crew:
    """Users live in the processes of workers."""

    def __init__(
        self,
        context: Context,
        user_classes: Sequence[type[locust.User]],
        plan: CrewPlan,
        processes: Processes,
        on_interval: Callable[[Interval], None],
        on_failure: Callable[[BaseException], None],
        on_news: Callable[[EventKind, str], None],
    ) -> None:
        self._context = context
        self._processes = processes
        self._tell = on_news
        names = [user_class.__name__ for user_class in user_classes]
        self._ours = own_hello(plan.file_hash or hash_of(plan.file), names, socket.gethostname(), getpid())
        self._load = Plan()
        self._roster = Roster()
        self._start: PhaseStart | None = None
        self._run = self._change = 0
        self._began_s = 0.0
        self._is_running = False
        home = Home(context, user_classes, partial(MixDispatcher, self._load))
        self._runner = CrewRunner(
            home.environment, self._load, self._roster, (plan.bind_host, plan.bind_port), self._hear, self._watch
        )
        home.environment.runner = self._runner
        self.port: int = self._runner.server.port
        self._muster = Muster(plan, self._roster, processes, on_news)
        self._settling = Settling(self._wanted, self.users, self._settle, BREATH_S)
        self._runner.on_ramped = self._settling.ramped
        self._gathering = Gathering(
            self._roster,
            self._wanted,
            self._posts,
            lambda: (0 if self._start is None else self._start.phase, self._settling.settled_s),
            self._settling.look,
            on_interval,
            on_failure,
        )

    def muster(self) -> None:
        """Wait until all workers that the run wants are here."""
        self._muster.wait()

    def users(self) -> Mapping[str, int]:
        """Those that run now, by class."""
        return self._roster.users()

    def begin(self, began_s: float) -> None:
        """A run begins."""
        self._run += 1
        self._start, self._began_s, self._is_running = None, began_s, True
        for seat in self._roster.live():
            self._runner.send(seat, self._beginning())
        self._settling.begin(began_s)
        self._gathering.begin(began_s)

    def apply(self, start: PhaseStart) -> None:
        """Tell all workers of the phase, then go to its users."""
        self._runner.halt()
        self._change += 1
        self._start, change = start, self._change
        self._load.mix, self._load.had = dict(start.mix), 0
        self._settling.change(start)
        seats = self._roster.live()
        for rank, seat in enumerate(seats):
            self._runner.send(seat, say.Phase(change, start, self._share(rank, len(seats))))
        until_s = monotonic() + ACK_LIMIT_S
        while (silent := [seat for seat in seats if seat.is_live and seat.acked < change]) and monotonic() < until_s:
            gevent.sleep(_BEAT_S / 5)
        for seat in silent:
            self._tell(EventKind.WARNING, f"worker {seat.name} has not acknowledged the change of the load")
        if change == self._change and self._is_running:
            self._runner.start(start.users, start.spawn_rate)

    def stop(self, timeout_s: float) -> int:
        """Stop the users of all workers."""
        self._runner.halt()
        if not self._is_running:
            return 0
        self._is_running, self._start = False, None
        self._change += 1
        seats = self._roster.live()
        for seat in seats:
            self._runner.send(seat, say.Stop(timeout_s))
        until_s = monotonic() + timeout_s + LAST_WORDS_S
        while any(seat.is_live and seat.stopped < self._run for seat in seats) and monotonic() < until_s:
            gevent.sleep(_BEAT_S)
        self._gathering.end()
        return sum(seat.files_left for seat in self._roster if seat.stopped == self._run)

    def close(self) -> None:
        """Send everybody home."""
        for seat in self._roster:
            self._runner.send(seat, say.Quit())
        self._gathering.close()
        self._runner.quit()

    def _hear(self, worker_id: str, message: say.FromWorker) -> None:
        seat = self._roster.get(worker_id)
        if isinstance(message, say.Hello):
            self._answer(worker_id, seat, message)
        elif seat is None:
            self._runner.send_to(worker_id, say.Who())
        else:
            seat.heard_s = monotonic()
            if seat.lost_s is not None and not isinstance(message, say.Part | say.Ready):
                self._runner.send(seat, say.Who())
            self._hear_from(seat, message)

    def _hear_from(self, seat: Seat, message: say.FromWorker) -> None:
        match message:
            case say.Alive():
                seat.ahead_s, seat.error_s = message.clock_ahead_s, message.clock_error_s
                seat.reported = message.users
                self._runner.send(seat, say.Heard(message.asked_s, monotonic()))
            case say.Ready():
                self._join(seat)
            case say.Acked():
                seat.acked = max(seat.acked, message.change)
            case say.Placed():
                seat.reported = message.users
                if message.step == seat.step:
                    seat.sent = None
            case say.Part():
                if message.run == self._run:
                    self._gathering.take(seat, message.interval)
            case say.Stopped():
                seat.stopped, seat.files_left = message.run, message.files_left
                seat.reported, seat.sent = {}, None
                self._gathering.stopped(seat)
            case say.Left():
                self._lose(seat, "has left", is_gone=True)

    def _answer(self, worker_id: str, seat: Seat | None, hello: say.Hello) -> None:
        """Somebody asks to be let in."""
        reason = objection(hello, self._ours)
        if reason is not None:
            where = f"{hello.host}, pid {hello.pid}"
            self._tell(EventKind.WARNING, f"a worker ({where}) is refused: {reason}")
            self._runner.send_to(worker_id, say.Refused(reason))
            return
        if seat is None:
            seat = self._muster.seat(worker_id, hello)
            self._roster.add(seat)
        seat.heard_s = monotonic()
        self._runner.send(seat, say.Welcome(seat.name))

    def _join(self, seat: Seat) -> None:
        """A worker is ready: it gets its share of the load, and the others less."""
        is_back = seat.lost_s is not None
        if seat.is_live:
            return
        seat.is_ready, seat.lost_s, seat.is_gone, seat.sent = True, None, False, None
        if self._is_running:
            kind = "is back" if is_back else "has joined"
            self._tell(EventKind.NOTE, f"worker {seat.name} {kind}: {len(self._roster.live())} share the users")
            self._runner.send(seat, self._beginning())
            self._gathering.joined(seat)
            self._deal_anew(seat)
        self._muster.look_again()

    def _lose(self, seat: Seat, how: str, is_gone: bool) -> None:
        """A worker takes no part any more: the others get its users."""
        seat.is_gone = seat.is_gone or is_gone
        if seat.lost_s is None:
            if seat.is_live:
                self._load.had = max(self._load.had, sum(self.users().values()))
            seat.lost_s = monotonic()
            if self._is_running:
                count = len(self._roster.live())
                self._tell(EventKind.WARNING, f"worker {seat.name} {how}: {count or 'no'} others share its users")
                self._deal_anew()
            self._muster.look_again()
        self._gathering.look_again()

    def _watch(self, excused_s: float) -> None:
        """See to who is lost."""
        now_s = monotonic()
        for seat in self._roster:
            seat.heard_s += excused_s
            if seat.is_local and not seat.is_gone and self._processes.has_ended(seat.pid):
                self._lose(seat, "has ended", is_gone=True)
            elif seat.lost_s is None and now_s - seat.heard_s > SILENT_S:
                self._lose(seat, f"has not been heard of for {SILENT_S:g} s", is_gone=False)
        for seat in self._roster.forget(now_s):
            seat.is_gone = True
        self._muster.look_again()

    def _deal_anew(self, newcomer: Seat | None = None) -> None:
        """Share users and schedule out to those that are here now, at the spawn rate."""
        if self._start is None:
            return
        seats = self._roster.live()
        from_s = monotonic() - self._began_s + SHARE_LEAD_S
        for rank, seat in enumerate(seats):
            share = self._share(rank, len(seats))
            if seat is newcomer:
                settled_s = self._settling.settled_s
                self._runner.send(seat, say.Phase(self._change, self._start, share, from_s, settled_s))
            else:
                self._runner.send(seat, say.Deal(share, from_s))
        self._runner.start(self._start.users, self._start.spawn_rate)

    def _share(self, rank: int, workers: int) -> Share:
        return Share(rank, workers, max(1, 0 if self._start is None else self._start.users))

    def _beginning(self) -> say.Begin:
        context = self._context
        return say.Begin(self._run, self._began_s, context.target, context.answers_ping, context.data_file)

    def _wanted(self) -> dict[str, int]:
        """Users by class when the ramp is over."""
        return {} if self._start is None else class_counts(self._start.users, self._start.mix)

    def _posts(self) -> dict[str, int]:
        """Users by the id of their worker, then."""
        ids = [seat.id for seat in self._roster.live()]
        posts = dealt(self._wanted(), ids)
        return {worker_id: sum(count for (at, _), count in posts.items() if at == worker_id) for worker_id in ids}

    def _settle(self, settled_s: float) -> None:
        for seat in self._roster.live():
            self._runner.send(seat, say.Settle(settled_s))
