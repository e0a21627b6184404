"""Why a phase cannot be judged although nothing was broken."""

from __future__ import annotations

from collections.abc import Iterable

from lorax_tui.model.strain import at_limit
from lorax_tui.model.thresholds import MEMORY, Verdict
from lorax_tui.model.view import PhaseView


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
        at_limit(limit for phase in phases for limit in phase.bound_by): any(phase.bound for phase in phases),
    }
    return [reason for reason, holds in found.items() if holds]
