"""The beat of a run: cuts the load of this process into intervals of about a second.

Lives in the engine's thread, in a greenlet of its own while a run goes on. Knows nothing of how users are steered, and
is told when a phase has settled.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from time import monotonic
from typing import Protocol

import gevent
from locust.user.users import User

from lorax_tui.engine.context import Context
from lorax_tui.engine.health import HealthMeter
from lorax_tui.engine.standstill import Standstill
from lorax_tui.engine.usage import Usage, usage
from lorax_tui.model.records import Interval, PhaseStart, UserCount
from lorax_tui.model.schedule import WHOLE, Share

INTERVAL_S = 1.0


class Headcount(Protocol):
    """Whoever knows the users of this process; counts are by class."""

    @property
    def user_classes_count(self) -> Mapping[str, int]: ...
    @property
    def draining_classes_count(self) -> Mapping[str, int]: ...
    @property
    def wanted(self) -> Mapping[str, int]: ...
    def users(self) -> Iterator[User]: ...


class Beat:
    """Hands out an interval a second between `begin` and `end`."""

    def __init__(
        self,
        context: Context,
        headcount: Headcount,
        on_interval: Callable[[Interval], None],
        on_failure: Callable[[BaseException], None],
        before_cut: Callable[[], None] = lambda: None,
    ) -> None:
        self._context = context
        self._headcount = headcount
        self._on_interval = on_interval
        self._on_failure = on_failure
        self._before_cut = before_cut
        self._health = HealthMeter()
        self._standstill = Standstill()
        self._lag = gevent.spawn(self._health.sample_lag)
        self._greenlet: gevent.Greenlet | None = None
        self._began_s = 0.0
        self._cut_s = 0.0
        self._settled_s: float | None = None

    def begin(self, began_s: float) -> None:
        """A run begins, whose clock counts from `began_s` (monotonic)."""
        self._began_s, self._cut_s = began_s, monotonic()
        self._settled_s = None
        self._standstill.take()
        self._health.read(Usage())
        self._greenlet = gevent.spawn(self._cut_for_ever)
        self._greenlet.link_exception(lambda dead: self._on_failure(dead.exception))

    def change(self, start: PhaseStart, share: Share = WHOLE, from_s: float = 0.0) -> None:
        """The load becomes another: what had settled has not any more.

        Args:
            share: which arrivals of a paced phase are this process's, of those that are due from `from_s` on.
        """
        recorder = self._context.recorder
        if recorder.phase == start.phase:
            recorder.unsettle()
        recorder.phase, recorder.settled = start.phase, False
        self._settled_s = None
        self._context.pacer.change(start, share, from_s)

    def settle(self, settled_s: float) -> None:
        """What is asked from now on belongs to the settled part of the phase, which began at `settled_s`."""
        self._settled_s = settled_s
        self._context.recorder.settled = True
        self._context.pacer.settle(settled_s)

    def end(self) -> None:
        """The run is over: hand out what is left."""
        if self._greenlet is not None:
            self._greenlet.kill()
            self._greenlet = None
            self._cut()

    def close(self) -> None:
        """End what runs here."""
        self._standstill.close()
        gevent.killall([greenlet for greenlet in (self._lag, self._greenlet) if greenlet is not None])

    def _cut_for_ever(self) -> None:
        while True:
            passed_s = monotonic() - self._began_s
            gevent.sleep(INTERVAL_S - passed_s % INTERVAL_S)
            self._before_cut()
            self._cut()

    def _cut(self) -> None:
        """Hand out what happened since the last cut."""
        now_s = monotonic()
        if stood_still_s := self._standstill.take():
            self._context.recorder.annul()
            self._context.pacer.skip()
            self._health.skip()
        interval = Interval(
            began_s=self._cut_s - self._began_s,
            lasted_s=max(now_s - self._cut_s, 1e-6),
            phase=self._context.recorder.phase,
            settled_s=self._settled_s,
            tallies=self._context.recorder.cut(),
            users=self._user_counts(),
            arrivals=self._context.pacer.cut(),
            raised=self._context.recorder.cut_raised(),
            health=self._health.read(usage(self._context, self._headcount.users())),
            stood_still_s=stood_still_s,
        )
        self._cut_s = now_s
        self._on_interval(interval)

    def _user_counts(self) -> dict[str, UserCount]:
        actual, wanted = self._headcount.user_classes_count, self._headcount.wanted
        draining = self._headcount.draining_classes_count
        return {
            name: UserCount(actual[name], wanted.get(name, 0), draining.get(name, 0))
            for name in actual
            if actual[name] or wanted.get(name) or draining.get(name)
        }
