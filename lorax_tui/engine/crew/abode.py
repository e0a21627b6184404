"""The crew as a place where users live: who comes in, who is lost, who returns.

    Hello ─► Welcome ─► Ready: a share ─► silent, or ended: lost ─► heard again: Who? ─► Hello ...

Lives in the engine's thread.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from os import getpid
from time import monotonic

import locust

from lorax_tui.engine.context import Context
from lorax_tui.engine.crew import messages as say
from lorax_tui.engine.crew.door import hash_of, objection, own_hello
from lorax_tui.engine.crew.gathering import Gathering
from lorax_tui.engine.crew.muster import Muster
from lorax_tui.engine.crew.orders import Orders
from lorax_tui.engine.crew.processes import Processes
from lorax_tui.engine.crew.runner import CrewRunner
from lorax_tui.engine.crew.seat import SILENT_S, Roster, Seat
from lorax_tui.engine.dispatch import MixDispatcher, Plan
from lorax_tui.engine.home import Home
from lorax_tui.model.crew import CrewPlan
from lorax_tui.model.records import EventKind, Interval, PhaseStart
from lorax_tui.model.text import safe

MOST_REFUSALS = 30
"""Refusals that are told; whoever asks after that asks in vain as well."""


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
        self._processes = processes
        self._tell = on_news
        names = [user_class.__name__ for user_class in user_classes]
        self._ours = own_hello(hash_of(plan.file), names, socket.gethostname(), getpid())
        self._refused: set[tuple[str, str]] = set()
        load = Plan()
        self._roster = Roster()
        home = Home(context, user_classes, partial(MixDispatcher, load))
        address = plan.bind_host, plan.bind_port
        self._runner = CrewRunner(home.environment, load, self._roster, address, self._hear, self._watch)
        home.environment.runner = self._runner
        self.port: int = self._runner.server.port
        self._muster = Muster(plan, self._roster, processes, on_news)
        self._orders = Orders(context, load, self._roster, self._runner)
        self._gathering = Gathering(self._roster, self._orders, on_interval, on_failure)

    def muster(self) -> None:
        """Wait until all workers that the run wants are here."""
        self._muster.wait()

    def users(self) -> Mapping[str, int]:
        """Those that run now, by class."""
        return self._roster.users()

    def begin(self, began_s: float) -> None:
        """A run begins."""
        self._orders.begin(began_s)
        self._gathering.begin(began_s)

    def apply(self, start: PhaseStart) -> None:
        """Go to the users of a phase."""
        for seat in self._orders.apply(start):
            self._tell(EventKind.WARNING, f"worker {seat.name} has not acknowledged the change of the load")

    def stop(self, timeout_s: float) -> int:
        """Stop the users of all workers."""
        if not self._orders.is_running:
            return 0
        files_left = self._orders.stop(timeout_s)
        self._gathering.end()
        return files_left

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
            if seat.lost_s is not None and isinstance(message, say.Alive):
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
                if message.run == self._orders.run:
                    self._gathering.take(seat, message.interval)
            case say.Stopped():
                seat.stopped, seat.files_left = message.run, message.files_left
                seat.reported, seat.sent = {}, None
                self._gathering.stopped(seat)
            case say.Leaving():
                self._lose(seat, "has left", is_gone=False)
            case say.Left():
                self._lose(seat, "has left", is_gone=True)

    def _answer(self, worker_id: str, seat: Seat | None, hello: say.Hello) -> None:
        """Somebody asks to be let in."""
        reason = objection(hello, self._ours)
        if reason is not None:
            self._tell_refused(safe(hello.host, 40), reason)
            self._runner.send_to(worker_id, say.Refused(reason))
            return
        if seat is None:
            seat = self._muster.seat(worker_id, hello)
            self._roster.add(seat)
        seat.heard_s = monotonic()
        self._runner.send(seat, say.Welcome(seat.name))

    def _tell_refused(self, host: str, reason: str) -> None:
        """Once: somebody may have it started again and again."""
        if (host, reason) not in self._refused and len(self._refused) < MOST_REFUSALS:
            self._refused.add((host, reason))
            self._tell(EventKind.WARNING, f"a worker of {host} is refused: {reason}")

    def _join(self, seat: Seat) -> None:
        """A worker is ready: it gets its share of the load, and the others less."""
        if seat.is_live:  # it has never been missed here, and stopped its users because it missed us
            self._orders.deal_anew()
            return
        kind = "has joined" if seat.lost_s is None else "is back"
        is_new = seat.lost_s is None or seat.is_gone
        seat.is_ready, seat.lost_s, seat.is_gone, seat.sent = True, None, False, None
        if self._orders.is_running:
            count = len(self._roster.live())
            self._tell(EventKind.NOTE, f"worker {seat.name} {kind}: {_together(count)}")
            self._gathering.joined(seat)
            self._orders.bring_up_to_date(seat, is_new)
        self._muster.look_again()

    def _lose(self, seat: Seat, how: str, is_gone: bool) -> None:
        """A worker takes no part any more."""
        seat.is_gone = seat.is_gone or is_gone
        if seat.lost_s is None:
            self._orders.lose(seat)
            if self._orders.is_running:
                self._tell(EventKind.WARNING, f"worker {seat.name} {how}: {_together(len(self._roster.live()))}")
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
                if seat.is_ready:
                    self._lose(seat, f"has been silent for {SILENT_S:g} s", is_gone=False)
                else:
                    self._roster.drop(seat)  # whoever it was never took part
        for seat in self._roster.forget(now_s):
            seat.is_gone = True
        self._muster.look_again()


def _together(workers: int) -> str:
    """Who has the users now."""
    match workers:
        case 0:
            return "no worker is left, the run waits"
        case 1:
            return "one worker has all users"
        case _:
            return f"{workers} workers share the users"
