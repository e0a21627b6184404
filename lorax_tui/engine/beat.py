"""The beat of a run: cuts the load into intervals of about a second, and tells when a phase has settled.

Lives in the engine's thread, in a greenlet of its own while a run goes on. Knows nothing of how users are steered.
"""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic
from typing import Any

import gevent

from lorax_tui.engine.context import Context
from lorax_tui.engine.health import HealthMeter
from lorax_tui.engine.runner import SteadyRunner
from lorax_tui.engine.usage import Usage, usage
from lorax_tui.model.records import Interval, PhaseStart, UserCount

INTERVAL_S = 1.0

FIRST_BREATH_S = 0.1
"""What the last users get to die in before the wanted ones count as there."""


class Beat:
    """Hands out an interval a second between `begin` and `end`."""

    def __init__(
        self,
        context: Context,
        runner: SteadyRunner,
        on_interval: Callable[[Interval], None],
        on_failure: Callable[[BaseException], None],
    ) -> None:
        self._context = context
        self._runner = runner
        self._on_interval = on_interval
        self._on_failure = on_failure
        self._health = HealthMeter()
        self._lag = gevent.spawn(self._health.sample_lag)
        self._greenlet: gevent.Greenlet | None = None
        self._began_s = 0.0
        self._cut_s = 0.0
        self._settled_s: float | None = None
        self._ramped = False
        self._lead_s = 0.0
        self._there_s: float | None = None
        """Since when every wanted user is there."""

    def begin(self, began_s: float) -> None:
        """A run begins, whose clock counts from `began_s` (monotonic)."""
        self._began_s, self._cut_s = began_s, monotonic()
        self._settled_s = None
        self._health.read(Usage())
        self._greenlet = gevent.spawn(self._cut_for_ever)
        self._greenlet.link_exception(lambda dead: self._on_failure(dead.exception))

    def change(self, start: PhaseStart) -> None:
        """The load becomes another: what had settled has not any more."""
        recorder = self._context.recorder
        if recorder.phase == start.phase:
            recorder.unsettle()
        recorder.phase, recorder.settled = start.phase, False
        self._settled_s, self._ramped = None, False
        self._lead_s, self._there_s = start.lead_s, None
        self._context.pacer.change(start)

    def on_spawning_complete(self, user_count: int, **_: Any) -> None:
        """Locust has started the last user."""
        self._ramped = True
        gevent.spawn_later(FIRST_BREATH_S, self._settle)

    def end(self) -> None:
        """The run is over: hand out what is left."""
        if self._greenlet is not None:
            self._greenlet.kill()
            self._greenlet = None
            self._cut()

    def close(self) -> None:
        """End what runs here."""
        gevent.killall([greenlet for greenlet in (self._lag, self._greenlet) if greenlet is not None])

    def _settle(self) -> None:
        """The phase has settled when every wanted user is there: a user that died on the way is missing."""
        if self._ramped and self._settled_s is None and self._runner.target_user_count:
            actual = self._runner.user_classes_count
            if all(actual[name] >= wanted for name, wanted in self._runner.wanted.items()):
                now_s = monotonic() - self._began_s
                self._there_s = now_s if self._there_s is None else self._there_s
                if now_s - self._there_s >= self._lead_s:
                    self._settled_s = now_s
                    self._context.recorder.settled = True
                    self._context.pacer.settle(self._settled_s)

    def _cut_for_ever(self) -> None:
        while True:
            passed_s = monotonic() - self._began_s
            gevent.sleep(INTERVAL_S - passed_s % INTERVAL_S)
            self._settle()
            self._cut()

    def _cut(self) -> None:
        """Hand out what happened since the last cut."""
        now_s = monotonic()
        interval = Interval(
            began_s=self._cut_s - self._began_s,
            lasted_s=max(now_s - self._cut_s, 1e-6),
            phase=self._context.recorder.phase,
            settled_s=self._settled_s,
            tallies=self._context.recorder.cut(),
            users=self._user_counts(),
            arrivals=self._context.pacer.cut(),
            raised=self._context.recorder.cut_raised(),
            health=self._health.read(usage(self._context, self._runner.users())),
        )
        self._cut_s = now_s
        self._on_interval(interval)

    def _user_counts(self) -> dict[str, UserCount]:
        actual, wanted = self._runner.user_classes_count, self._runner.wanted
        draining = self._runner.draining_classes_count
        return {
            name: UserCount(actual[name], wanted.get(name, 0), draining[name])
            for name in actual
            if actual[name] or wanted.get(name) or draining[name]
        }
