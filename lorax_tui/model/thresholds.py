"""How a rule is held against what was measured, and what a judgement ends in."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from math import ceil

from lorax_tui.model.histogram import Histogram, enough
from lorax_tui.model.rule import ERROR_RATE, Rule

SHORTEST_RATE_S = 5.0
"""A rate over less is chance."""

MEMORY = "memory"
"""What a judgement on the target's memory has for a protocol."""


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
class Judgement:
    """A rule held against what was measured."""

    protocol: str
    rule: Rule
    value: float | None
    """In the unit of the rule's limit; `None` where there is no such figure."""
    verdict: Verdict
    at_most: bool = False
    """Whether the value is no percentile but the maximum of too few answers: the percentile cannot be above it."""
    name: str = ""
    """The operation that the rule is about; empty for all of the protocol."""
    now: float | None = None
    """What the sliding window says, in the same unit."""
    breach_s: float = 0.0
    """How long the window has been over the limit until now."""
    is_intended: bool = False
    """Whether it counts from the moments at which the asks were meant to start, as in a paced phase."""

    @property
    def subject(self) -> str:
        """What it is about, in words: HTTP, or HTTP GET /projects."""
        return f"{self.protocol} {self.name}".rstrip()

    @property
    def margin(self) -> float | None:
        """The share of the limit that is left; below 0 where it is broken."""
        return None if self.value is None else self.rule.margin(self.value)

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
    if rule.metric == ERROR_RATE:
        value = bad / ended if ended else None
        verdict = Verdict.INCONCLUSIVE if value is None else _under(value, rule.limit)
        return Judgement(protocol, rule, value, verdict)
    share = rule.share
    assert share is not None
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


def judge_rps(protocol: str, rule: Rule, answered: int, lasted_s: float | None) -> Judgement:
    """Hold a rule on the rate of answers against the settled part; a few seconds say nothing."""
    value = answered / lasted_s if lasted_s else None
    if value is None or lasted_s is None or lasted_s < SHORTEST_RATE_S:
        return Judgement(protocol, rule, value, Verdict.INCONCLUSIVE)
    return Judgement(protocol, rule, value, Verdict.PASSED if rule.is_kept(value) else Verdict.FAILED)


def sustained(judgement: Judgement, longest_s: float) -> Verdict:
    """The verdict of a rule that must be broken for some time, by the longest time that it was.

    One that was broken, but not for so long, is undecided while it has not been kept as a whole.
    """
    if judgement.rule.for_s is None:
        return judgement.verdict
    if longest_s >= judgement.rule.for_s:
        return Verdict.FAILED
    return Verdict.INCONCLUSIVE if judgement.verdict is Verdict.FAILED else judgement.verdict


def _under(value: float, limit: float) -> Verdict:
    return Verdict.PASSED if value < limit else Verdict.FAILED
