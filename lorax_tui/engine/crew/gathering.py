"""The parts of all workers, put together second by second.

A second is handed out when all workers have told it, or a little after its end; what comes later is in the next one,
marked. Nothing is made up: of a worker that is late stands what it last told, and of one that is gone are told the
seconds that will never come.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import floor, inf
from statistics import fmean
from time import monotonic

import gevent
from gevent.event import Event
from msgspec.structs import replace

from lorax_tui.engine.beat import INTERVAL_S
from lorax_tui.engine.crew.orders import Orders
from lorax_tui.engine.crew.seat import ALONE_S, Roster, Seat
from lorax_tui.engine.health import HealthMeter
from lorax_tui.engine.recorder import MOST_OPERATIONS
from lorax_tui.engine.usage import Usage
from lorax_tui.model.crew import WorkerPart, WorkerState
from lorax_tui.model.generator import added
from lorax_tui.model.health import Health
from lorax_tui.model.merging import capped, joined, left, merged, standing, washed
from lorax_tui.model.records import Interval, UserCount

GRACE_S = 0.7
"""What a part has to come in, after the end of its second."""

ON_THE_GRID_S = 0.01
"""Clocks of several machines agree no better."""


MOST_LOST = round(ALONE_S / INTERVAL_S) + 1
"""Seconds that one that is cut off can have had users in; of those after it has nothing to tell."""


@dataclass(slots=True)
class Account:
    """What one worker has told of the run."""

    told_s: float
    """Up to when."""
    pending: Interval | None = None
    """What is in no interval yet."""
    last: Interval | None = None
    """What stands of what it told."""
    owed: int = 0
    """Seconds that were handed out without it."""
    is_closed: bool = False
    """Whether it was told what the worker has taken with it."""


class Gathering:
    """Hands out an interval a second between `begin` and `end`."""

    def __init__(
        self,
        roster: Roster,
        orders: Orders,
        on_interval: Callable[[Interval], None],
        on_failure: Callable[[BaseException], None],
    ) -> None:
        self._roster = roster
        self._orders = orders
        self._on_interval = on_interval
        self._on_failure = on_failure
        self._accounts: dict[Seat, Account] = {}
        self._operations: set[tuple[str, str]] = set()
        """Those that are told apart in this run, by protocol and name; each worker caps its own alone."""
        self._news = Event()
        self._health = HealthMeter()
        self._lag = gevent.spawn(self._health.sample_lag)
        self._greenlet: gevent.Greenlet | None = None
        self._began_s = 0.0
        self._told_s = 0.0
        """Up to when intervals were handed out."""

    def begin(self, began_s: float) -> None:
        """A run begins, whose clock counts from `began_s` (monotonic)."""
        self._began_s = began_s
        self._told_s = self._now_s()
        self._accounts = {seat: Account(self._told_s) for seat in self._roster.live()}
        self._operations = set()
        self._health.read(Usage())
        self._greenlet = gevent.spawn(self._hand_out_for_ever)
        self._greenlet.link_exception(lambda dead: self._on_failure(dead.exception))

    def joined(self, seat: Seat) -> None:
        """A worker takes part from now on; one that is back has still what it had."""
        account = self._accounts.get(seat)
        if account is None or account.is_closed:
            self._accounts[seat] = Account(self._now_s())

    def take(self, seat: Seat, part: Interval) -> None:
        """A worker tells of itself; after the end nobody can hand it out any more."""
        if self._greenlet is None:
            return
        part = capped(washed(part), self._operations, MOST_OPERATIONS)
        account = self._accounts.setdefault(seat, Account(part.began_s))
        account.pending = part if account.pending is None else joined(account.pending, part)
        account.told_s = _end_s(part)
        self._news.set()

    def stopped(self, seat: Seat) -> None:
        """A worker has told all that it will."""
        if seat in self._accounts:
            self._accounts[seat].told_s = inf
        self._news.set()

    def look_again(self) -> None:
        """Somebody whose part is awaited may have gone."""
        self._news.set()

    def end(self) -> None:
        """The run is over: hand out what is left."""
        if self._greenlet is not None:
            self._greenlet.kill()
            self._greenlet = None
            self._hand_out(self._now_s(), is_last=True)
            self._accounts = {}

    def close(self) -> None:
        """End what runs here."""
        gevent.killall([greenlet for greenlet in (self._lag, self._greenlet) if greenlet is not None])

    def _hand_out_for_ever(self) -> None:
        while True:
            end_s = floor(self._told_s / INTERVAL_S + 0.5) * INTERVAL_S + INTERVAL_S
            gevent.sleep(max(0.0, end_s - self._now_s()))
            while (rest_s := end_s + GRACE_S - self._now_s()) > 0 and self._is_awaited(end_s):
                self._news.clear()
                self._news.wait(rest_s)
            self._orders.settling.look()
            self._hand_out(end_s)

    def _is_awaited(self, end_s: float) -> bool:
        return any(seat.is_live and not _has_told(account, end_s) for seat, account in self._accounts.items())

    def _hand_out(self, end_s: float, is_last: bool = False) -> None:
        """Hand out what happened since the last time; several seconds at once, where this loop itself was held up."""
        ends = [_end_s(account.pending) for account in self._accounts.values() if account.pending is not None]
        if ends and min(ends) > end_s + INTERVAL_S / 2:
            end_s = min(ends)
        on_time = [told_s for told_s in ends if abs(told_s - end_s) < INTERVAL_S / 2]
        end_s = max(fmean(on_time) if on_time else end_s, self._told_s + 1e-6)
        parts: dict[str, Interval] = {}
        workers: list[WorkerPart] = []
        shares = self._orders.wanted_of()
        for seat, account in self._accounts.items():
            is_gone = seat.is_gone or (is_last and account.told_s < inf)
            worker = _part_of(seat, account, end_s, is_gone)
            if (part := _booked(seat, account, is_gone)) is not None:
                parts[seat.id] = part
                worker = replace(worker, users=sum(users.actual for users in part.users.values()))
            workers.append(replace(worker, wanted=shares.get(seat.id, 0)))
        phase, settled_s = self._orders.standing()
        interval = merged(parts, self._told_s, end_s - self._told_s, phase, settled_s)
        self._told_s = end_s
        for seat, account in list(self._accounts.items()):
            if account.is_closed and self._roster.get(seat.id) is not seat:
                del self._accounts[seat]
        self._on_interval(
            replace(interval, users=self._users(interval), workers=workers, health=self._own_health(workers))
        )

    def _users(self, interval: Interval) -> dict[str, UserCount]:
        """The users of all workers; wanted are those of the run, whoever shall have them."""
        wanted = self._orders.wanted()
        counts = {name: UserCount() for name in wanted} | interval.users
        found = {name: replace(count, wanted=wanted.get(name, 0)) for name, count in counts.items()}
        return {name: count for name, count in found.items() if count.actual or count.wanted or count.draining}

    def _own_health(self, workers: list[WorkerPart]) -> Health:
        """Of this process; the connections are those of all workers."""
        return replace(self._health.read(Usage()), **added([worker.health for worker in workers]))

    def _now_s(self) -> float:
        return monotonic() - self._began_s


def _has_told(account: Account, end_s: float) -> bool:
    return account.told_s >= end_s - ON_THE_GRID_S


def _end_s(part: Interval) -> float:
    return part.began_s + part.lasted_s


def _part_of(seat: Seat, account: Account, end_s: float, is_gone: bool) -> WorkerPart:
    """What a worker has to do with an interval."""
    part, late, lost, state = account.pending, 0, 0, seat.state
    has_told = _has_told(account, end_s)
    if part is not None:
        late, account.owed = account.owed, 0
    if is_gone and not account.is_closed:
        lost, account.owed = min(account.owed + (not has_told), MOST_LOST), 0
    elif not is_gone and not has_told:
        account.owed += 1
        if seat.is_live:
            state = WorkerState.MISSING if part is None else WorkerState.LATE
    elif late and seat.is_live:
        state = WorkerState.LATE
    return WorkerPart(
        worker=seat.name,
        state=state,
        host=seat.host,
        pid=seat.pid,
        asks=0 if part is None else sum(tally.asks for tally in part.tallies),
        health=Health() if part is None else part.health,
        seconds_late=late,
        seconds_owed=min(account.owed, MOST_LOST),
        seconds_lost=lost,
        stood_still_s=0.0 if part is None else part.stood_still_s,
        clock_offset_ms=None if seat.ahead_s is None else seat.ahead_s * 1e3,
        clock_error_ms=None if seat.error_s is None else seat.error_s * 1e3,
    )


def _booked(seat: Seat, account: Account, is_gone: bool) -> Interval | None:
    """What a worker adds to an interval; afterwards that is told."""
    part, account.pending = account.pending, None
    if part is not None:
        account.last = standing(part)
    else:
        part = account.last
    account.is_closed = is_gone
    if is_gone:
        account.last = None
        return None if part is None else joined(part, left(part))
    return part if part is None or seat.is_live else replace(part, users={})
