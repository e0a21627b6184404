"""What the limits say of a phase as it stands, and whether anything puts that in doubt; changes nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from lorax_tui.model.rule import RPS, Rule
from lorax_tui.model.sums import Operation, Sum, judged
from lorax_tui.model.thresholds import MEMORY, Judgement, Verdict, sustained

if TYPE_CHECKING:
    from lorax_tui.model.phase import Phase
    from lorax_tui.model.phase_view import PhaseView


def judge(phase: Phase, settled_for_s: float | None) -> tuple[tuple[Judgement, ...], Verdict]:
    """Each limit of the phase, and the verdict on all."""
    judgements = tuple(_judgements(phase, settled_for_s))
    return judgements, _verdict(phase, judgements)


def is_doubtful(phase: Phase | PhaseView) -> bool:
    """Whether something is wrong with a phase, whatever its limits say."""
    return phase.settled_s is None or phase.bound or phase.users_missing > 0 or phase.seconds_lost > 0


def verdicts_on(phase: Phase, total: Sum, settled_for_s: float | None) -> list[Verdict]:
    """What its protocol's limits say of an operation alone, and what its own say; a rate is the protocol's."""
    operation, is_stalled = (total.protocol, total.name), total.protocol in phase.stalled
    shared = [rule for rule in phase.limits.rules.get((total.protocol, ""), []) if rule.metric != RPS]
    own = phase.limits.rules.get(operation, [])
    return [
        *(judged(total, rule, settled_for_s, is_stalled).verdict for rule in shared),
        *(_judged(phase, operation, rule, settled_for_s).verdict for rule in own),
    ]


def _judgements(phase: Phase, settled_for_s: float | None) -> list[Judgement]:
    asked = {protocol for protocol, total in phase.protocols.items() if _is_asked(phase, total)}
    judgements = [
        _judged(phase, subject, rule, settled_for_s)
        for subject, rule in phase.limits
        if subject[0] in asked or phase.start.own_thresholds or not asked
    ]
    if phase.watch.limit_mb_per_min is not None:
        slope, verdict = phase.watch.verdict()
        judgements.append(Judgement(MEMORY, Rule.of_growth(phase.watch.limit_mb_per_min), slope, verdict))
    return judgements


def _judged(phase: Phase, subject: Operation, rule: Rule, settled_for_s: float | None) -> Judgement:
    protocol, name = subject
    total = phase.operations.get(subject) if name else phase.protocols.get(protocol)
    breach = phase.limits.breach(subject, rule)
    judgement = judged(total or Sum(*subject), rule, settled_for_s, protocol in phase.stalled)
    verdict = sustained(judgement, breach.longest_s)
    return replace(judgement, name=name, verdict=verdict, now=breach.now, breach_s=breach.lasted_s)


def _is_asked(phase: Phase, total: Sum) -> bool:
    """Whether the phase's own load speaks the protocol, and not only users that were on their way out."""
    if phase.settled_s is None:
        return total.count("asks") > 0
    return bool(total.settled.asks or total.settling.in_flight or total.settling.bad)


def _verdict(phase: Phase, judgements: tuple[Judgement, ...]) -> Verdict:
    verdict = Verdict.over([judgement.verdict for judgement in judgements])
    if is_doubtful(phase) or (verdict is Verdict.PASSED and (phase.arrivals.is_unmet or phase.exceptions)):
        return Verdict.INCONCLUSIVE
    return verdict
