"""What ends a run by itself: a target that is gone, that only fails, that eats the machine; a generator at its limit.

Folds intervals and samples; tells how near each guard is to its limit, and which has reached it. Knows nothing of who
ends what.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

from lorax_tui.model.duration import format_duration
from lorax_tui.model.format import megabytes, percent
from lorax_tui.model.records import GuardLimits, GuardName, Interval, TargetSample
from lorax_tui.model.tally import Tally
from lorax_tui.model.view import GuardView

TELLS_FROM = 0.2
"""Share of its limit from which on a guard is told of."""

_NO_SIGN_OF_LIFE = frozenset({"refused", "reset", "dns", "tls", "connection", "timeout", "disconnected"})
"""Kinds of failure that come without a word from the target."""

_NEAR = 0.9
"""Share of a size from which on it is told of: memory is always some share of its limit."""

_LONGEST_LOOK = 2
"""How many times as far back as a busy load a quiet one is looked at, for as many asks."""

_RSS_IS_OLD_S = 15.0
"""A worker that was not seen for so long is no reason to end a run."""


@dataclass(frozen=True, slots=True)
class _Ended:
    """What ended in one interval."""

    began_s: float
    bad: int
    answered: int


class Guards:
    """One that was silenced goes on telling, but ends nothing."""

    def __init__(self, limits: GuardLimits) -> None:
        self._limits = limits
        self._silenced: set[GuardName] = set()
        self._stop = True
        self._now_s = 0.0
        self._alive_s = 0.0
        """When the target gave its last sign of life."""
        self._ended: deque[_Ended] = deque()
        self._rss_mb: dict[int, tuple[float, float]] = {}
        """When each worker was seen last, and its memory."""
        self._bound_since_s: float | None = None

    def silence(self, name: GuardName) -> None:
        """This one shall end nothing any more."""
        self._silenced.add(name)

    def restart(self, stop: bool) -> None:
        """The load becomes another, under which guards end the run or only tell; its errors are counted anew."""
        self._stop = stop
        self._ended.clear()

    def fold_interval(self, interval: Interval, is_bound: bool) -> None:
        """Take in an interval, and whether the generator is at its own limit."""
        self._reach(interval.began_s + interval.lasted_s)
        if any(map(_is_alive, interval.tallies)):
            self._alive_s = self._now_s
        bad = sum(tally.bad for tally in interval.tallies)
        self._ended.append(_Ended(interval.began_s, bad, sum(tally.answered for tally in interval.tallies)))
        while len(self._ended) > 1 and self._tells_enough_without_its_first():
            self._ended.popleft()
        if not is_bound:
            self._bound_since_s = None
        elif self._bound_since_s is None:
            self._bound_since_s = interval.began_s

    def skip(self, interval: Interval) -> None:
        """The generator stood still: nobody listened for signs of life, nor for errors."""
        self._reach(interval.began_s + interval.lasted_s)
        self._alive_s, self._bound_since_s = self._now_s, None
        self._ended.clear()

    def fold_sample(self, sample: TargetSample) -> None:
        """Take in a poll; any answer is a sign of life."""
        self._reach(sample.at_s)
        if sample.round_trip_ms is not None:
            self._alive_s = self._now_s
        if sample.pid is not None and sample.rss_mb is not None:
            self._rss_mb[sample.pid] = sample.at_s, sample.rss_mb
            for pid in [pid for pid, (seen_s, _) in self._rss_mb.items() if seen_s < sample.at_s - _RSS_IS_OLD_S]:
                del self._rss_mb[pid]

    def view(self) -> tuple[GuardView, ...]:
        """Those that have something to say, the most pressing first."""
        told = [view for view in self._views() if view.share >= TELLS_FROM]
        return tuple(sorted(told, key=lambda view: -view.share))

    def _reach(self, at_s: float) -> None:
        self._now_s = max(self._now_s, at_s)

    def _tells_enough_without_its_first(self) -> bool:
        """Whether what ended since the second interval lasts long enough and holds enough, or is old enough."""
        limits, span_s = self._limits, self._now_s - self._ended[1].began_s
        if span_s < limits.errors_s:
            return False
        rest = sum(ended.answered for ended in self._ended) - self._ended[0].answered
        return rest >= limits.errors_asks or span_s >= _LONGEST_LOOK * limits.errors_s

    def _views(self) -> Iterator[GuardView]:
        limits = self._limits
        if limits.unreachable_s is not None:
            gone_s = self._now_s - self._alive_s
            text = f"the target gave no sign of life for {gone_s:.0f} s"
            yield self._timed(GuardName.UNREACHABLE, text, gone_s, limits.unreachable_s)
        if limits.error_rate is not None:
            yield self._errors(limits.error_rate)
        if limits.memory_mb is not None and self._rss_mb:
            pid, (_, rss_mb) = max(self._rss_mb.items(), key=lambda item: item[1][1])
            text = f"the target's pid {pid} takes {megabytes(rss_mb)} of {megabytes(limits.memory_mb)}"
            yield self._sized(GuardName.MEMORY, text, rss_mb / limits.memory_mb)
        if limits.bound_s is not None and self._bound_since_s is not None:
            bound_s = self._now_s - self._bound_since_s
            text = f"the generator is at its own limit for {bound_s:.0f} s"
            yield self._timed(GuardName.GENERATOR, text, bound_s, limits.bound_s)

    def _errors(self, limit: float) -> GuardView:
        """Nothing is wrong before there were asks enough, and for long enough."""
        limits = self._limits
        bad, answered = sum(ended.bad for ended in self._ended), sum(ended.answered for ended in self._ended)
        span_s = self._now_s - self._ended[0].began_s if self._ended else 0.0
        rate = bad / answered if answered >= limits.errors_asks else 0.0
        text = f"{percent(rate)} errors in {format_duration(round(span_s))}, {bad} of {answered} asks"
        if rate <= limit:
            return GuardView(GuardName.ERRORS, text, 0.0, None, self._stops(GuardName.ERRORS))
        return self._timed(GuardName.ERRORS, text, span_s, limits.errors_s)

    def _timed(self, name: GuardName, text: str, passed_s: float, limit_s: float) -> GuardView:
        left_s = limit_s - passed_s
        return GuardView(name, text, passed_s / limit_s, left_s if left_s > 0 else None, self._stops(name))

    def _sized(self, name: GuardName, text: str, share: float) -> GuardView:
        """Memory near its limit is no news before it is very near."""
        return GuardView(name, text, share if share >= _NEAR else 0.0, None, self._stops(name))

    def _stops(self, name: GuardName) -> bool:
        return self._stop and name not in self._silenced


def _is_alive(tally: Tally) -> bool:
    """Whether the target answered anything at all."""
    return bool(tally.ok or tally.busy) or any(error.kind not in _NO_SIGN_OF_LIFE for error in tally.errors)
