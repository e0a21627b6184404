"""What is asked and not answered yet, whatever phase it began in: a target that hangs is seen while it hangs.

A hang makes no answers, so it is in no percentile until it is over; here is what can be said of it before.
"""

from __future__ import annotations

from lorax_tui.model.records import Interval
from lorax_tui.model.sums import Operation
from lorax_tui.model.tally import Tally
from lorax_tui.model.view import WaitingView

STALLED_S = 0.9
"""A protocol is stalled when its oldest ask has waited for so long and nothing was answered in so long: a whole
interval, which may be a little shorter than a second."""


class Waiting:
    """Folds what the intervals say of asks in flight."""

    def __init__(self) -> None:
        self.oldest_s: dict[Operation, float] = {}
        """Age of the oldest ask in flight by protocol and name, and by protocol (name `""`)."""
        self.stalled: frozenset[str] = frozenset()
        """Protocols that answer nothing although they are asked."""
        self._in_flight: dict[str, int] = {}
        self._answered_s: dict[str, float] = {}
        """When each protocol that is asked last answered, or was first asked."""

    def fold(self, interval: Interval) -> None:
        """Take in an interval."""
        end_s = interval.began_s + interval.lasted_s
        self.oldest_s, self._in_flight = {}, {}
        asked, answered = set(), set()
        for tally in interval.tallies:
            if tally.in_flight or tally.timeout:
                asked.add(tally.protocol)
            if tally.ok or tally.failed or tally.busy:
                answered.add(tally.protocol)
            if tally.in_flight:
                self._in_flight[tally.protocol] = self._in_flight.get(tally.protocol, 0) + tally.in_flight
                self._age(tally)
        self._answered_s = {
            protocol: end_s if protocol in answered else self._answered_s.get(protocol, interval.began_s)
            for protocol in asked
        }
        self.stalled = frozenset(protocol for protocol in asked - answered if self._is_stalled(protocol, end_s))

    def view(self) -> tuple[WaitingView, ...]:
        """By protocol; only those that have asks in flight."""
        return tuple(
            WaitingView(protocol, in_flight, self.oldest_s[protocol, ""], protocol in self.stalled)
            for protocol, in_flight in sorted(self._in_flight.items())
        )

    def _is_stalled(self, protocol: str, end_s: float) -> bool:
        """Once it is, it stays so until it answers: asks that run out of time make way for younger ones."""
        if protocol in self.stalled:
            return True
        silent_s = end_s - self._answered_s[protocol]
        return min(self.oldest_s.get((protocol, ""), 0.0), silent_s) >= STALLED_S

    def _age(self, tally: Tally) -> None:
        for operation in ((tally.protocol, ""), (tally.protocol, tally.name)):
            self.oldest_s[operation] = max(self.oldest_s.get(operation, 0.0), tally.oldest_s)
