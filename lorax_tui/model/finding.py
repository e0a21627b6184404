"""What a search has found, derived from its phases alone: so the screen, a replay and every report say the same.

A load has *held* if it was held to the end and kept all limits, has *broken* if it was over one of them then, or
clearly before; all else is undecided. Knows nothing of what is tried next.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby

from lorax_tui.model.capacity import Break, CapacityView, StepView, tried
from lorax_tui.model.doubts import MORE_WOULD_TELL, Lack, doubts, lack, open_rules
from lorax_tui.model.judging import is_doubtful
from lorax_tui.model.phase_view import PhaseView
from lorax_tui.model.rule import ERROR_RATE
from lorax_tui.model.search import Bracket, Grade
from lorax_tui.model.thresholds import Judgement, Verdict

CLEAR_AFTER_S = 5.0
"""No load is broken before it was held for so long, or to its end."""

CLEAR = 1.25
"""From this share of a limit on it is broken clearly enough for the load not to be held any longer."""

ENOUGH_ASKS = 100
"""For a share of errors to be clear."""


def capacities(phases: Sequence[PhaseView]) -> tuple[CapacityView, ...]:
    """Every search among the phases of a run, in their order."""
    found = []
    for key, members in groupby(phases, key=lambda phase: phase.search and (phase.scenario, phase.scenario_start_s)):
        if key is not None:
            parts = list(members)
            found.append(_capacity(parts, goes_on=parts[-1] is phases[-1] and parts[-1].end_s is None))
    return tuple(found)


def _capacity(phases: Sequence[PhaseView], goes_on: bool) -> CapacityView:
    first = phases[0]
    assert first.search is not None
    steps = tuple(step_of(phase) for phase in phases)
    limits_ms = {
        judgement.protocol: judgement.rule.limit
        for phase in phases
        for judgement in phase.judgements
        if judgement.rule.metric == "p95" and not judgement.name
    }
    return CapacityView(first.scenario, first.search.plan, steps, Bracket.of(tried(steps)), goes_on, limits_ms)


def step_of(phase: PhaseView) -> StepView:
    """A load of a search, as far as it has gone."""
    assert phase.search is not None
    rates = [protocol.rps for protocol in phase.protocols if protocol.rps is not None]
    is_over, grade = phase.end_s is not None, grade_of(phase)
    return StepView(
        phase=phase.number,
        users=phase.users_wanted,
        purpose=phase.search.purpose,
        grade=grade if is_over else None,
        start_s=phase.start_s,
        held_s=phase.settled_for_s,
        rate=sum(rates) if rates else None,
        p95_ms={} if phase.settled_s is None else _p95_ms(phase),
        breaks=_breaks(phase),
        bound=phase.bound,
        doubts=tuple([*doubts([phase]), *open_rules([phase])]) if is_over else (),
        is_thin=grade is Grade.UNDECIDED and is_thin(phase),
        is_dead=is_dead(phase) and (phase.settled_for_s or 0.0) >= CLEAR_AFTER_S,
    )


def _p95_ms(phase: PhaseView) -> dict[str, float]:
    """By protocol; as it was judged, where it was: answers that came after the load's end are in the phase's own."""
    judged = {
        judgement.protocol: judgement.value
        for judgement in phase.judgements
        if judgement.rule.metric == "p95" and not judgement.name and not judgement.at_most
    }
    figures = {protocol.protocol: protocol.p95_ms for protocol in phase.protocols if protocol.p95_ms}
    return {protocol: judged.get(protocol) or p95_ms for protocol, p95_ms in figures.items()}


def grade_of(phase: PhaseView) -> Grade:
    """How the load of a search has gone so far."""
    assert phase.search is not None
    held_s, hold_s = phase.settled_for_s or 0.0, phase.search.plan.hold_s
    if phase.verdict is Verdict.FAILED and (held_s >= hold_s or is_clearly_broken(phase)):
        return Grade.BROKEN
    return Grade.HELD if phase.verdict is Verdict.PASSED and held_s >= hold_s else Grade.UNDECIDED


def is_thin(phase: PhaseView) -> bool:
    """Whether a load that is undecided is so for want of answers alone."""
    if is_doubtful(phase) or phase.exceptions:
        return False
    lacks = {judgement: missing for judgement in phase.judgements if (missing := lack(judgement)) is not None}
    hanging = {protocol.protocol for protocol in phase.protocols if protocol.in_flight}
    return bool(lacks) and all(
        missing in MORE_WOULD_TELL and not (missing is Lack.NOTHING and judgement.protocol in hanging)
        for judgement, missing in lacks.items()
    )


def is_dead(phase: PhaseView) -> bool:
    """Whether the target answers nothing; users who still wait for a load before ask nothing in this one."""
    return not any(operation.ok for operation in phase.operations)


def is_clearly_broken(phase: PhaseView) -> bool:
    """Whether a limit is broken by so much, and after so long, that nothing is to be learned from holding on."""
    if phase.verdict is not Verdict.FAILED or (phase.settled_for_s or 0.0) < CLEAR_AFTER_S:
        return False
    asks = {protocol.protocol: protocol.asks for protocol in phase.protocols}
    return any(
        overshoot(judgement) >= CLEAR
        and (judgement.rule.metric != ERROR_RATE or asks.get(judgement.protocol, 0) >= ENOUGH_ASKS)
        for judgement in _failed(phase)
    )


def overshoot(judgement: Judgement) -> float:
    """How far a rule is beyond its limit; 1 is on it."""
    return 1.0 if judgement.value is None else 1.0 - judgement.rule.margin(judgement.value)


def _failed(phase: PhaseView) -> list[Judgement]:
    return [judgement for judgement in phase.judgements if judgement.verdict is Verdict.FAILED]


def _breaks(phase: PhaseView) -> tuple[Break, ...]:
    return tuple(_break(phase, judgement) for judgement in sorted(_failed(phase), key=overshoot, reverse=True))


def _break(phase: PhaseView, judgement: Judgement) -> Break:
    if judgement.name:
        return Break(judgement, (judgement.name,), is_all=False)
    figures = dict(_figures(phase, judgement))
    over = [name for name, value in figures.items() if value is not None and value >= judgement.rule.limit]
    over.sort(key=lambda name: -(figures[name] or 0.0))
    return Break(judgement, tuple(over), is_all=1 < len(over) == len(figures))


def _figures(phase: PhaseView, judgement: Judgement) -> Iterable[tuple[str, float | None]]:
    """What each operation of the protocol has for the figure that a rule is about."""
    prefix = "intended_" if judgement.is_intended else ""
    for row in phase.operations:
        if row.protocol != judgement.protocol or row.asks <= row.settling_asks:
            continue
        if judgement.rule.metric == ERROR_RATE:
            yield row.name, row.bad / row.asks
        elif judgement.rule.share is not None:
            yield row.name, getattr(row, f"{prefix}{judgement.rule.metric}_ms", row.max_ms)
