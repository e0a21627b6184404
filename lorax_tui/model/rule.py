"""A threshold as it is written, read and printed back. Knows nothing of what was measured.

rule    = metric ("<" | ">") value ["for" duration] ["then" action]
metric  = "p50" | "p95" | "p99" | "max"      "<"  number ("ms" | "s")
        | "error_rate"                       "<"  number "%"
        | "rps"                              ">"  number
        | "rss_growth"                       "<"  number "MB/min"
action  = "mark" | "stop"

p95 < 1s        error_rate < 5% for 10s then stop        rps > 50        rss_growth < 2 MB/min
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from difflib import get_close_matches
from enum import StrEnum
from typing import NoReturn

from lorax_tui.model.duration import format_duration, parse_duration

SHARES = {"p50": 0.50, "p95": 0.95, "p99": 0.99, "max": 1.0}
"""The latencies that a rule can be about, as shares of the answers."""

ERROR_RATE = "error_rate"
RPS = "rps"
RSS_GROWTH = "rss_growth"
METRICS = (*SHARES, ERROR_RATE, RPS, RSS_GROWTH)

_LATENCY_UNITS = {"ms": 0, "s": 3}
_UNITS: dict[str, dict[str, int]] = dict.fromkeys(SHARES, _LATENCY_UNITS) | {
    ERROR_RATE: {"%": -2},
    RPS: {"": 0},
    RSS_GROWTH: {"MB/min": 0},
}
"""What a number may be followed by, and the power of ten that makes it the unit of a limit."""

_TOKEN = re.compile(r"\s*([a-z][a-z0-9_]*|[<>]|[0-9]{1,9}(?:\.[0-9]{1,9})?|%|MB/min|\S)", re.ASCII)
_NUMBER = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,9})?", re.ASCII)
_LONGEST = 120


class OnBreach(StrEnum):
    """What happens when a rule is broken."""

    MARK = "mark"
    """It is told, and the verdict is failed."""
    STOP = "stop"
    """The run ends, too."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One threshold."""

    metric: str
    limit: float
    """Milliseconds, a share for `error_rate`, answers a second, or MB a minute."""
    text: str
    """As it is printed."""
    for_s: float | None = None
    """How long the sliding window must be over the limit; `None`: the settled part as a whole is judged."""
    on_breach: OnBreach = OnBreach.MARK

    @property
    def share(self) -> float | None:
        """The share of a latency; `None` where the rule is about something else."""
        return SHARES.get(self.metric)

    def is_kept(self, value: float) -> bool:
        """Whether a value is on the right side of the limit; on it is not."""
        return value > self.limit if self.metric == RPS else value < self.limit

    def margin(self, value: float) -> float:
        """The share of the limit that is left; below 0 where it is broken."""
        return (value - self.limit if self.metric == RPS else self.limit - value) / self.limit

    @classmethod
    def parse(cls, text: str) -> Rule:
        """Read a rule.

        Raises:
            ValueError: where the text is wrong, and what was expected there.
        """
        return _Reader(text).rule()

    @classmethod
    def of_growth(cls, limit_mb_per_min: float) -> Rule:
        """How fast the memory of a worker may grow."""
        return cls(RSS_GROWTH, limit_mb_per_min, f"{RSS_GROWTH} < {limit_mb_per_min:g} MB/min")


class _Reader:
    """Reads one text from left to right."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._place = 0
        self._column = 1

    def rule(self) -> Rule:
        if len(self._text) > _LONGEST:
            raise ValueError(f"{self._text[:40]!r}... is no rule: longer than {_LONGEST} characters")
        metric = self._metric()
        operator = ">" if metric == RPS else "<"
        if self._next() != operator:
            self._refuse(f"expected '{operator}'")
        number = self._next()
        if not _NUMBER.fullmatch(number):
            self._refuse("expected a number")
        if not Decimal(number):
            self._refuse("such a limit can never be kept: expected a number above 0")
        place, unit = self._column, self._unit(metric)
        limit = float(Decimal(number).scaleb(_UNITS[metric][unit]))
        if metric == ERROR_RATE and limit > 1:
            self._column = place
            self._refuse("such a limit can never be broken: expected 100 % at most")
        gap = " " if unit == "MB/min" else ""
        words = f"{metric} {operator} {number}{gap}{unit}"
        for_s, on_breach = self._duration(), self._action()
        if self._peek():
            self._next()
            self._refuse("expected 'for', 'then' or the end")
        if for_s is not None:
            words += f" for {format_duration(for_s)}"
        if on_breach is OnBreach.STOP:
            words += f" then {on_breach}"
        return Rule(metric, limit, words, for_s, on_breach)

    def _metric(self) -> str:
        metric = self._next()
        if metric not in METRICS:
            close = get_close_matches(metric, METRICS, n=1)
            nearest = f"; did you mean {close[0]}?" if close else ""
            self._refuse(f"unknown metric {metric!r}, expected one of {', '.join(METRICS)}{nearest}")
        return metric

    def _unit(self, metric: str) -> str:
        units = _UNITS[metric]
        if self._peek() in units and self._peek():
            return self._next()
        if "" in units:
            return ""
        self._next()
        self._refuse(f"expected {' or '.join(units)} after {metric}'s number")

    def _duration(self) -> float | None:
        if self._peek() != "for":
            return None
        self._next()
        rest = re.match(r"\s*(\S*)", self._text[self._place :])
        assert rest is not None
        self._column = self._place + rest.start(1) + 1
        self._place += rest.end()
        try:
            return parse_duration(rest[1])
        except ValueError:
            self._refuse("expected a length of time as in 30s or 2m")

    def _action(self) -> OnBreach:
        if self._peek() != "then":
            return OnBreach.MARK
        self._next()
        action = self._next()
        if action not in list(OnBreach):
            self._refuse(f"expected {' or '.join(OnBreach)}")
        return OnBreach(action)

    def _peek(self) -> str:
        match = _TOKEN.match(self._text, self._place)
        return match[1] if match else ""

    def _next(self) -> str:
        match = _TOKEN.match(self._text, self._place)
        if match is None:
            self._column = len(self._text.rstrip()) + 1
            return ""
        self._column, self._place = match.start(1) + 1, match.end()
        return match[1]

    def _refuse(self, expected: str) -> NoReturn:
        raise ValueError(f"{self._text!r} is no rule: column {self._column}: {expected}")
