"""A search for the breaking point in plain values for a file."""

from __future__ import annotations

from lorax_tui.model import sentences
from lorax_tui.model.capacity import CapacityView, StepView
from lorax_tui.runs.plain import Plain, rounded, threshold


def searched(search: CapacityView) -> Plain:
    """What a search for the breaking point found, with the evidence."""
    bracket = search.bracket
    return {
        "scenario": search.scenario,
        "start": search.plan.start,
        "ceiling": search.plan.ceiling,
        "hold_s": rounded(search.plan.hold_s),
        "users_held": bracket.held,
        "rate_held": None if search.held is None else rounded(search.held.rate),
        "confirmed": bracket.is_confirmed,
        "users_broken": bracket.broken,
        "users_undecided": None if search.undecided is None else search.undecided.users,
        "held_phase": None if search.held is None else search.held.phase,
        "broken_phase": None if search.broken is None else search.broken.phase,
        "protocol": search.protocol,
        "limit_ms": rounded(search.limits_ms.get(search.protocol or "")),
        "finding": sentences.finding(search),
        "steps": [_step(step) for step in search.steps],
        "verdict": str(search.verdict),
    }


def _step(step: StepView) -> Plain:
    return {
        "phase": step.phase,
        "users": step.users,
        "purpose": str(step.purpose),
        "grade": None if step.grade is None else str(step.grade),
        "held_s": rounded(step.held_s),
        "rate": rounded(step.rate),
        "p95_ms": {protocol: rounded(value) for protocol, value in step.p95_ms.items()},
        "broken": [
            {"threshold": threshold(broken.judgement), "operations": list(broken.operations)} for broken in step.breaks
        ],
        "why": sentences.evidence(step),
    }
