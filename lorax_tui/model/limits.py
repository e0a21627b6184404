"""The rules of a phase, watched while it goes on: how long each has been broken by the sliding window.

    key of the rules        HTTP                  all of a protocol
                            HTTP GET /projects    one operation

Only what was asked after the wanted users were there counts. Judging the phase as a whole is done elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from lorax_tui.model.records import PhaseStart
from lorax_tui.model.rule import ERROR_RATE, RPS, OnBreach, Rule
from lorax_tui.model.sums import Operation
from lorax_tui.model.tally import Tally
from lorax_tui.model.window import Window


def subject_of(key: str) -> Operation:
    """Protocol and operation that a key of the rules names; the operation is empty for all of the protocol."""
    protocol, _, name = key.partition(" ")
    return protocol, name


@dataclass(slots=True)
class Breach:
    """One rule against the sliding window."""

    now: float | None = None
    """The window's figure, in the unit of the rule's limit; `None`: too few answers."""
    now_s: float = 0.0
    since_s: float | None = None
    """Since when it has been over the limit without a break; `None`: it is not."""
    longest_s: float = 0.0
    """The longest that it ever was."""

    @property
    def lasted_s(self) -> float:
        """How long it has been over the limit."""
        return 0.0 if self.since_s is None else self.now_s - self.since_s

    def fold(self, rule: Rule, now: float | None, began_s: float, end_s: float) -> None:
        """The window has moved on by one interval."""
        self.now, self.now_s = now, end_s
        if now is None or rule.is_kept(now):
            self.since_s = None
            return
        if self.since_s is None:
            self.since_s = began_s
        self.longest_s = max(self.longest_s, self.lasted_s)


class Limits:
    """What a phase must keep."""

    def __init__(self, start: PhaseStart) -> None:
        self.rules: dict[Operation, list[Rule]] = {
            subject_of(key): [Rule.parse(rule) for rule in rules] for key, rules in sorted(start.thresholds.items())
        }
        self._windows: dict[Operation, Window] = {}
        self._breaches: dict[tuple[Operation, str], Breach] = {}

    def __iter__(self) -> Iterator[tuple[Operation, Rule]]:
        return ((subject, rule) for subject, rules in self.rules.items() for rule in rules)

    @property
    def can_stop(self) -> bool:
        """Whether any of them ends the run when it is broken."""
        return any(rule.on_breach is OnBreach.STOP for _, rule in self)

    def breach(self, subject: Operation, rule: Rule) -> Breach:
        """How a rule stands against the window."""
        return self._breaches.get((subject, rule.text)) or Breach()

    def fold(self, tallies: Iterable[Tally], began_s: float, end_s: float, oldest_s: Mapping[Operation, float]) -> None:
        """Take in an interval.

        Args:
            tallies: of the phase's settled part.
            oldest_s: age of the oldest ask in flight, of what has answered nothing of late; it is no less slow.
        """
        sums = {subject: Tally(0, True, *subject) for subject in self.rules}
        for tally in tallies:
            for subject in ((tally.protocol, ""), (tally.protocol, tally.name)):
                if subject in sums:
                    sums[subject].absorb(tally)
        for subject, total in sums.items():
            window = self._windows.setdefault(subject, Window())
            latency = total.intended_latency if total.intended_latency.total else total.ok_latency
            window.push(began_s, end_s, latency, total.bad, total.answered)
            for rule in self.rules[subject]:
                now = _figure(rule, window, oldest_s.get(subject))
                self._breaches.setdefault((subject, rule.text), Breach()).fold(rule, now, began_s, end_s)

    def clear(self) -> None:
        """Nothing has settled yet, or any more."""
        self._windows, self._breaches = {}, {}

    def cut(self) -> None:
        """Begin new windows."""
        self._windows = {}

    def close(self) -> None:
        """The phase is over: what its windows held is not asked for again."""
        self._windows = {}


def _figure(rule: Rule, window: Window, oldest_s: float | None) -> float | None:
    if rule.metric == RPS:
        return window.rps
    if rule.metric == ERROR_RATE:
        return window.error_rate
    assert rule.share is not None
    value = window.percentile(rule.share)
    if oldest_s is None:
        return value
    return max(value or 0.0, oldest_s * 1e3)
