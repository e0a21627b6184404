"""Whether the load keeps within its limits, in one line; where nothing is answered, who waits for how long."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from lorax_tui.model import format as words
from lorax_tui.model.phase_view import PhaseView, ProtocolView
from lorax_tui.model.thresholds import MEMORY, Judgement, Verdict
from lorax_tui.model.view import WaitingView
from lorax_tui.session.view import SessionView, State
from lorax_tui.ui import names
from lorax_tui.ui.lines import Line, Piece, cut, span

WIDE, ROOMY = 110, 140
"""From these columns on there is room for whole words, and for all of them."""

_STANDINGS = {
    Verdict.PASSED: (" WITHIN LIMITS ", " ✓ ", "chip-good"),
    Verdict.FAILED: (" OVER A LIMIT  ", " ✗ ", "chip-bad"),
    Verdict.INCONCLUSIVE: (" NOT DECIDED   ", " ? ", "chip"),
}

_VALUE_CELLS = 7
"""What the longest value takes, so that those after it keep their places."""


def standing(view: SessionView, width: int) -> Line:
    """The verdict as things stand, then each protocol held against its limits."""
    phase = view.run.phase
    if phase is None:
        return ((" nothing has run yet" if view.state is State.IDLE else " nothing to judge yet", "muted"),)
    word, mark, chip = _STANDINGS[phase.verdict]
    stalled = {waiting.protocol: waiting for waiting in view.run.waiting if waiting.is_stalled}
    for leave_out in (_nothing, _kept_p99, _any_p99):
        is_open = stalled and phase.verdict is Verdict.INCONCLUSIVE
        pieces: list[Piece] = [(word if width >= WIDE else mark, "chip-warn" if is_open else chip)]
        for protocol in phase.protocols:
            waiting = stalled.get(protocol.protocol)
            pieces += _protocol(protocol, width, leave_out) if waiting is None else _waiting(waiting, width)
        pieces += _memory(phase, width)
        pieces += _note(phase) if width >= ROOMY else ()
        if span(pieces) <= width:
            break
    return cut(pieces, width)


def _nothing(judgement: Judgement, others: Sequence[Judgement]) -> bool:
    """Where there is room for all, nothing is left out."""
    return False


def _kept_p99(judgement: Judgement, others: Sequence[Judgement]) -> bool:
    """Where there is not, a p99 that is not broken is."""
    return judgement.rule.metric == "p99" and judgement.verdict is not Verdict.FAILED


def _any_p99(judgement: Judgement, others: Sequence[Judgement]) -> bool:
    """And then one that is broken, too, where the p95 says so already."""
    is_told = any(other.rule.metric == "p95" and other.verdict is Verdict.FAILED for other in others)
    return judgement.rule.metric == "p99" and (is_told or judgement.verdict is not Verdict.FAILED)


def _protocol(
    protocol: ProtocolView, width: int, leave_out: Callable[[Judgement, Sequence[Judgement]], bool]
) -> list[Piece]:
    """The rules of one protocol, but for those that are left out."""
    pieces: list[Piece] = [(_gap(width) + names.protocol(protocol.protocol, 9 if width >= WIDE else 4), "strong")]
    judgements = protocol.judgements
    if any(judgement.is_intended for judgement in judgements):
        pieces.append((" due", "accent"))
    for judgement in judgements:
        if leave_out(judgement, judgements):
            continue
        pieces += _judgement(judgement, width)
    return pieces if judgements else [*pieces, (" no limits", "muted")]


def _memory(phase: PhaseView, width: int) -> list[Piece]:
    """How fast the worst worker's memory grows, where the scenario limits that."""
    pieces: list[Piece] = []
    for judgement in phase.judgements:
        if judgement.protocol == MEMORY:
            value = words.slope(judgement.value) if width >= WIDE else words.slope(judgement.value).split()[0]
            mark = (" " if width >= WIDE else "") + words.MARKS[judgement.verdict]
            is_over = judgement.verdict is Verdict.FAILED
            pieces += [
                (_gap(width) + ("memory " if width >= WIDE else "mem "), "strong"),
                (value, "bad" if is_over else "text"),
                (mark, words.VERDICT_ROLES[judgement.verdict]),
            ]
    return pieces


def _waiting(waiting: WaitingView, width: int) -> list[Piece]:
    """A protocol that answers nothing: its limits would speak of what was, as if it still were."""
    wide = width >= WIDE
    return [
        (_gap(width) + names.protocol(waiting.protocol, 9 if wide else 4), "strong"),
        (" no answer ", "bad"),
        (f" {waiting.in_flight} in flight " if wide else f"{waiting.in_flight} wait ", "text"),
        (f"≥ {words.age(waiting.oldest_s)}" if wide else f"≥{words.age(waiting.oldest_s)}", "bad"),
    ]


def _gap(width: int) -> str:
    return "    " if width >= ROOMY else "  " if width >= WIDE else " "


def _judgement(judgement: Judgement, width: int) -> list[Piece]:
    metric, value = words.metric(judgement.rule.metric), words.measured(judgement)
    failed = judgement.verdict is Verdict.FAILED
    if width < ROOMY:
        metric = metric.removesuffix("ors")
    if width < WIDE:
        value, mark, pad = value.replace(" ", ""), "", ""
    else:
        mark, pad = " ", " " * (_VALUE_CELLS - len(value))
    limit = f" limit {words.limit(judgement)}" if failed and width >= ROOMY else ""
    return [
        (f" {metric} ", "muted"),
        (value, "bad" if failed else "text"),
        (mark + words.MARKS[judgement.verdict], words.VERDICT_ROLES[judgement.verdict]),
        (limit, "bad"),
        (pad, "text"),
    ]


def _note(phase: PhaseView) -> Line:
    return (("    not settled yet", "muted"),) if phase.settled_s is None and phase.end_s is None else ()
