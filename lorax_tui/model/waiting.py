"""What is asked and not answered yet, whatever phase it began in: a target that hangs is seen while it hangs.

A hang makes no answers, so it is in no percentile until it is over; here is what can be said of it before.
"""

from __future__ import annotations

from lorax_tui.model.records import Interval, Tally
from lorax_tui.model.sums import Operation
from lorax_tui.model.view import WaitingView

STALLED_S = 0.9
"""A protocol is stalled when its oldest ask has waited for so long and nothing was answered in so long: a whole
interval, which may be a little shorter than a second."""


class Waiting:
    """Folds what the intervals say of asks in flight."""

    def __init__(self) -> None:
        self.oldest_s: dict[Operation, float] = {}
        """Age of the oldest ask in flight by protocol and name, and by protocol (name `""`)."""
        self._in_flight: dict[str, int] = {}
        self._answered_s: dict[str, float] = {}
        """When each protocol last answered, or was first asked again."""
        self._now_s = 0.0

    def fold(self, interval: Interval) -> None:
        """Take in an interval."""
        self._now_s = interval.began_s + interval.lasted_s
        before, self.oldest_s, self._in_flight = self._in_flight, {}, {}
        for tally in interval.tallies:
            if tally.protocol not in before:
                self._answered_s.setdefault(tally.protocol, interval.began_s)
            if tally.ok or tally.failed or tally.busy:
                self._answered_s[tally.protocol] = self._now_s
            if tally.in_flight:
                self._in_flight[tally.protocol] = self._in_flight.get(tally.protocol, 0) + tally.in_flight
                self._age(tally)
        self._answered_s = {protocol: self._answered_s[protocol] for protocol in self._in_flight}

    def view(self) -> tuple[WaitingView, ...]:
        """By protocol; only those that have asks in flight."""
        return tuple(
            WaitingView(protocol, in_flight, self.oldest_s[protocol, ""], self._is_stalled(protocol))
            for protocol, in_flight in sorted(self._in_flight.items())
        )

    def stalled(self) -> frozenset[str]:
        """Protocols that answer nothing although they are asked."""
        return frozenset(filter(self._is_stalled, self._in_flight))

    def _is_stalled(self, protocol: str) -> bool:
        silent_s = self._now_s - self._answered_s[protocol]
        return min(self.oldest_s[protocol, ""], silent_s) >= STALLED_S

    def _age(self, tally: Tally) -> None:
        for operation in ((tally.protocol, ""), (tally.protocol, tally.name)):
            self.oldest_s[operation] = max(self.oldest_s.get(operation, 0.0), tally.oldest_s)
