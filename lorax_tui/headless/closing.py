"""What is printed when a run has ended: the figures of its phases and searches, its errors, and the verdict."""

from __future__ import annotations

from collections.abc import Iterator

from lorax_tui.model import format as words
from lorax_tui.model import sentences
from lorax_tui.model.capacity import CapacityView
from lorax_tui.model.doubts import doubts, open_rules
from lorax_tui.model.pace import PaceView
from lorax_tui.model.phase_view import OperationView, PhaseView
from lorax_tui.model.search import Purpose
from lorax_tui.model.thresholds import Judgement
from lorax_tui.model.view import RunView


def closing(run: RunView) -> str:
    """The tables and the verdict of a run."""
    parts = [_phase_table(phase) for phase in run.phases if phase.search is None]
    parts += [_search_table(search) for search in run.searches]
    if run.errors:
        parts.append("\n".join(["errors", *(f"  {error}" for error in _error_lines(run))]))
    judged = [phase for phase in run.phases if phase.search is None]
    why = "".join(f"  ({doubt})" for doubt in [*doubts(judged), *open_rules(judged)])
    parts.append(f"verdict: {run.verdict}{why}")
    return "\n\n".join(parts)


def _search_table(search: CapacityView) -> str:
    """Every load that proves something, in the order of the users, and what it comes to."""
    protocols = sorted({protocol for step in search.steps for protocol in step.p95_ms})
    heads = "".join(f" {f'{protocol} p95':>13}" for protocol in protocols)
    rows = [f"  {'users':>5} {'for':<8} {'held':>6} {'/s':>7}{heads}  how it went"]
    proofs = [step for step in search.steps if step.purpose is not Purpose.RECOVER]
    for step in sorted(proofs, key=lambda step: (step.users, step.start_s)):
        figures = "".join(f" {words.milliseconds(step.p95_ms.get(protocol)):>13}" for protocol in protocols)
        grade = step.grade or "not over"
        why = sentences.evidence(step)
        rows.append(
            f"  {step.users:>5} {step.purpose:<8} {words.age(step.held_s):>6} {words.rate(step.rate):>7}{figures}  "
            + (f"{grade}: {why}" if why else grade)
        )
    head = f"{search.scenario}: a search from {search.plan.start} up to {search.plan.ceiling} users"
    return "\n".join([head, *(row.rstrip() for row in rows), f"  {sentences.finding(search)}"])


def _phase_table(phase: PhaseView) -> str:
    settled = "never settled" if phase.settled_s is None else f"settled after {phase.settled_s - phase.start_s:.1f} s"
    end_s = phase.end_s or phase.start_s
    head = (
        f"{phase.scenario}  {words.clock(phase.start_s)} to {words.clock(end_s)}  {phase.users_wanted} users, "
        f"{settled}, {_loop(phase.pace)}: {phase.verdict}"
    )
    columns = (
        f"  {'':<10} {'operation':<26} {'/s':>7} {'asks':>7} {'failed':>7} "
        f"{'p50':>7} {'p95':>7} {'p99':>7} {'max ms':>7}"
    )
    if phase.pace is not None:
        columns += f"   {'due p50':>7} {'due p95':>7} {'due p99':>7}"
    rows = [row for operation in phase.operations for row in _operation_rows(operation, phase.pace is not None)]
    rules = [
        f"  {judgement.protocol:<10} {_rule(judgement):<42} {words.measured(judgement):>9} {judgement.verdict}"
        for judgement in phase.judgements
    ]
    memory = [f"  memory     pid {pid:<22} {words.growth(growth)}" for pid, growth in phase.growths.items()]
    return "\n".join([head, columns, *rows, *rules, *(memory if phase.is_watched else [])])


def _rule(judgement: Judgement) -> str:
    parts = (judgement.name, "due" if judgement.is_intended else "", judgement.rule.text)
    return " ".join(filter(None, parts))


def _loop(pace: PaceView | None) -> str:
    if pace is None:
        return "closed loop"
    text = f"paced: offered {words.rate(pace.offered_rps)}/s, started {words.rate(pace.achieved_rps)}/s"
    text += f", {pace.late} starts missed" if pace.late else ""
    return text + (f", {pace.never_started} never started" if pace.never_started else "")


def _operation_rows(operation: OperationView, is_paced: bool) -> Iterator[str]:
    """The figures of what was answered, and below them what was not."""
    figures: tuple[float | None, ...] = (operation.p50_ms, operation.p95_ms, operation.p99_ms, operation.max_ms)
    due = (operation.intended_p50_ms, operation.intended_p95_ms, operation.intended_p99_ms)
    yield (
        f"  {operation.protocol:<10} {operation.name:<26.26} {words.rate(operation.rps):>7} {operation.asks:>7} "
        f"{operation.bad:>7} "
        + " ".join(f"{words.milliseconds(figure):>7}" for figure in figures)
        + ("   " + " ".join(f"{words.milliseconds(figure):>7}" for figure in due) if is_paced else "")
    )
    if endings := words.endings(operation):
        yield f"  {'':<10}   {', '.join(endings)}"
    if operation.failed_max_ms is not None:
        failed = (operation.failed_p50_ms, operation.failed_p95_ms, None, operation.failed_max_ms)
        columns = " ".join(f"{words.milliseconds(figure):>7}" for figure in failed)
        yield f"  {'':<10}   {'latency of failed and timed-out asks':<48} {columns}"


def _error_lines(run: RunView) -> Iterator[str]:
    for error in run.errors:
        message = f"e.g. {error.example}" if error.example else error.message
        yield f"{error.count}x {error.kind}  {error.protocol} {error.name}: {message}"
        if error.hint:
            yield f"    {error.hint}"
