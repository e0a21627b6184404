"""Rules that a phase must keep, and how they are judged.

rule    = metric "<" value
metric  = "p50" | "p95" | "p99" | "max" | "error_rate"
value   = number ("ms" | "s") for latencies, number "%" for error_rate

p95 < 1s        p99 < 250ms        error_rate < 1%
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from math import ceil

from lorax_tui.model.histogram import Histogram, enough

_RULE = re.compile(r"\s*(?P<metric>[a-z0-9_]+)\s*<\s*(?P<number>[0-9]{1,9}(?:\.[0-9]{1,9})?)\s*(?P<unit>ms|s|%)\s*")
_EXPONENTS = {"ms": 0, "s": 3, "%": -2}
_SHARES = {"p50": 0.50, "p95": 0.95, "p99": 0.99, "max": 1.0}
METRICS = (*_SHARES, "error_rate")

MEMORY = "memory"
"""What a judgement on the target's memory has for a protocol."""

GROWTH = "rss_growth"
"""Its metric: MB a minute. A scenario says it in a key of its own, so it is no rule that is written."""


class Verdict(StrEnum):
    """What a judgement ends in. Undecided, never settled or generator-bound is inconclusive, not failed."""

    PASSED = "passed"
    FAILED = "failed"
    INCONCLUSIVE = "inconclusive"

    @staticmethod
    def over(parts: list[Verdict]) -> Verdict:
        """The verdict on a whole from those on its parts: one failure fails, one doubt leaves doubt."""
        if Verdict.FAILED in parts:
            return Verdict.FAILED
        return Verdict.PASSED if parts and set(parts) == {Verdict.PASSED} else Verdict.INCONCLUSIVE


@dataclass(frozen=True, slots=True)
class Rule:
    """One threshold. `limit` is milliseconds, a share for `error_rate`, or MB a minute for `rss_growth`."""

    metric: str
    limit: float
    text: str
    """As it was written."""

    @classmethod
    def parse(cls, text: str) -> Rule:
        """Read a rule.

        Raises:
            ValueError: what is wrong with the text and what was expected.
        """
        match = _RULE.fullmatch(text)
        if match is None:
            raise ValueError(f"{text!r} is no rule: expected for example 'p95 < 1s' or 'error_rate < 1%'")
        metric, number, unit = match["metric"], Decimal(match["number"]), match["unit"]
        if metric not in METRICS:
            raise ValueError(f"{text!r} has an unknown metric {metric!r}: one of {', '.join(METRICS)}")
        if (unit == "%") != (metric == "error_rate"):
            expected = "%" if metric == "error_rate" else "ms or s"
            raise ValueError(f"{text!r} gives {metric} in {unit!r}: expected {expected}")
        if not number:
            raise ValueError(f"{text!r} can never be kept: expected a limit above 0")
        return cls(metric, float(number.scaleb(_EXPONENTS[unit])), " ".join(text.split()))

    @classmethod
    def of_growth(cls, limit_mb_per_min: float) -> Rule:
        """How fast the memory of a worker may grow."""
        return cls(GROWTH, limit_mb_per_min, f"{GROWTH} < {limit_mb_per_min:g} MB/min")


@dataclass(frozen=True, slots=True)
class Judgement:
    """A rule held against what was measured."""

    protocol: str
    rule: Rule
    value: float | None
    """In the unit of the rule's limit; `None` where there is no such figure."""
    verdict: Verdict
    at_most: bool = False
    """Whether the value is no percentile but the maximum of too few answers: the percentile cannot be above it."""
    is_intended: bool = False
    """Whether it counts from the moments at which the asks were meant to start, as in a paced phase."""

    @property
    def is_waiting(self) -> bool:
        """Whether it is over the limit and yet undecided, because the asks waited for a free user."""
        is_over = self.value is not None and self.value >= self.rule.limit and not self.at_most
        return self.is_intended and is_over and self.verdict is Verdict.INCONCLUSIVE


def judge(
    protocol: str, rule: Rule, latency: Histogram, bad: int, ended: int, unended: Histogram | None = None
) -> Judgement:
    """Hold one rule against the settled part of a phase.

    A percentile of too few answers passes if even their maximum is under the limit, and is undecided otherwise;
    nothing at all is never passed. Nor is a percentile that asks which were still without an answer beyond the
    limit would have put over it.

    Args:
        latency: of the asks that ended ok.
        bad: asks that failed, timed out, were refused as busy or lost their socket.
        ended: asks that ended other than by being interrupted.
        unended: ages of the asks in flight and of those that were interrupted.
    """
    if rule.metric == "error_rate":
        value = bad / ended if ended else None
        verdict = Verdict.INCONCLUSIVE if value is None else _under(value, rule.limit)
        return Judgement(protocol, rule, value, verdict)
    share = _SHARES[rule.metric]
    overdue = unended.above(rule.limit) if unended is not None else 0
    if enough(latency.total, share):
        value = latency.percentile(share)
        assert value is not None
        verdict = _under(value, rule.limit)
        if verdict is Verdict.PASSED and overdue:
            kept = latency.total - latency.above(rule.limit)
            verdict = verdict if kept >= ceil(share * (latency.total + overdue)) else Verdict.INCONCLUSIVE
        return Judgement(protocol, rule, value, verdict)
    if overdue:  # then not even the slowest answer is a bound
        return Judgement(protocol, rule, None, Verdict.INCONCLUSIVE)
    passes = latency.max_ms is not None and latency.max_ms < rule.limit
    return Judgement(protocol, rule, latency.max_ms, Verdict.PASSED if passes else Verdict.INCONCLUSIVE, at_most=True)


def _under(value: float, limit: float) -> Verdict:
    return Verdict.PASSED if value < limit else Verdict.FAILED
