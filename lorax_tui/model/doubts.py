"""Why a phase cannot be judged although nothing was broken: what is wrong with it, and what its rules lack."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from lorax_tui.model.phase_view import PhaseView
from lorax_tui.model.rule import RPS
from lorax_tui.model.strain import at_limit
from lorax_tui.model.thresholds import MEMORY, Judgement, Verdict


class Lack(StrEnum):
    """Why a rule could not be decided, as a clause."""

    NOTHING = "nothing was answered once the users were there"
    FEW = "too few answers"
    BRIEF = "the users were there for too short a time"
    PASSING = "it was beyond its limit, but never for so long"
    WAITED = "asks waited for want of a free user"
    HANGING = "asks that were still without an answer could put it over its limit"


MORE_WOULD_TELL = frozenset({Lack.NOTHING, Lack.FEW, Lack.BRIEF, Lack.PASSING})
"""What is lacking where a larger load, which is asked more, would tell more."""


def lack(judgement: Judgement) -> Lack | None:
    """What a rule on a protocol or an operation lacks to be decided; `None` where it is."""
    if judgement.verdict is not Verdict.INCONCLUSIVE or judgement.protocol == MEMORY:
        return None
    value, rule = judgement.value, judgement.rule
    if value is None:
        # A percentile has its maximum for a bound where anything was answered, unless something hangs.
        return Lack.HANGING if rule.share is not None and not judgement.at_most else Lack.NOTHING
    if rule.metric == RPS:
        return Lack.PASSING if rule.for_s is not None and not rule.is_kept(value) else Lack.BRIEF
    if rule.is_kept(value):
        return Lack.HANGING
    if judgement.at_most:
        return Lack.FEW
    return Lack.WAITED if judgement.is_waiting else Lack.PASSING


def doubts(phases: Iterable[PhaseView]) -> list[str]:
    """One clause for each reason that any of the phases has."""
    phases = list(phases)
    found = {
        "the wanted users were not always reached": any(phase.settled_s is None for phase in phases),
        "users died": any(phase.users_missing for phase in phases),
        "tasks raised exceptions": any(phase.exceptions and phase.verdict is not Verdict.FAILED for phase in phases),
        "paced asks waited for want of a free user: more users would tell more": any(
            phase.is_short_of_users for phase in phases
        ),
        "the memory was watched for too short a time": any(
            judgement.protocol == MEMORY and judgement.verdict is Verdict.INCONCLUSIVE
            for phase in phases
            for judgement in phase.judgements
        ),
        "a worker of the load was lost, and what it had not told": any(phase.seconds_lost for phase in phases),
        bound(phases): any(phase.bound for phase in phases),
    }
    return [reason for reason, holds in found.items() if holds]


def open_rules(phases: Iterable[PhaseView]) -> list[str]:
    """One clause for each thing that rules of phases lack which are in doubt: too few answers for HTTP p99 < 2s."""
    rules: dict[Lack, list[str]] = {}
    for phase in phases:
        if phase.verdict is Verdict.INCONCLUSIVE and phase.settled_s is not None:
            for judgement in phase.judgements:
                missing = lack(judgement)
                if missing is not None and missing is not Lack.WAITED:
                    told = rules.setdefault(missing, [])
                    told += [] if (rule := f"{judgement.subject} {judgement.rule.text}") in told else [rule]
    return [f"{_some(told)}: {missing}" for missing, told in rules.items()]


def _some(rules: list[str]) -> str:
    """The first of them, and how many more there are."""
    return rules[0] if len(rules) == 1 else f"{rules[0]} and {len(rules) - 1} more"


def bound(phases: Iterable[PhaseView]) -> str:
    """That the generator was at its limit in any of the phases, and at which."""
    phases = list(phases)
    workers = {worker for phase in phases for worker in phase.bound_workers}
    return at_limit((limit for phase in phases for limit in phase.bound_by), workers)
