"""The plain reader: a line for every interval, then the tables and the verdict. The same figures as on the screen."""

from __future__ import annotations

import signal
from collections.abc import Iterator, Sequence
from itertools import dropwhile
from typing import TYPE_CHECKING, TextIO

from lorax_tui.headless.signals import signals
from lorax_tui.model import format as words
from lorax_tui.model import sentences
from lorax_tui.model.capacity import CapacityView
from lorax_tui.model.doubts import doubts, open_rules
from lorax_tui.model.pace import PaceView
from lorax_tui.model.phase_view import OperationView, PhaseView
from lorax_tui.model.records import HTTP, SOCKET_IO, Event, EventKind
from lorax_tui.model.scenario import Scenario
from lorax_tui.model.search import Purpose
from lorax_tui.model.thresholds import Judgement
from lorax_tui.model.view import RunView
from lorax_tui.session.view import SessionView, State

if TYPE_CHECKING:
    from lorax_tui.session import Session

_LOOK_S = 0.2
"""How often a signal is looked for while nothing new is published."""

HEADING = (
    f"{'time':>6}  {'scenario':<10} {'users':>9} {'/s':>7} {'failed/s':>8} {'open':>5} {'oldest':>7}   "
    f"{'HTTP p50':>9} {'p95':>7} {'p99 ms':>7}   {'Socket.IO p50':>13} {'p95':>7} {'p99 ms':>7}   memory"
)


class Interrupted(Exception):
    """A signal asked to end."""

    def __init__(self, number: int) -> None:
        super().__init__(f"ended by {signal.Signals(number).name}")
        self.number = number
        """The signal's."""


def run(session: Session, scenarios: Sequence[Scenario], printer: Printer, keep_running: bool = False) -> SessionView:
    """Run scenarios one after the other and print what happens; returns the last view.

    Raises:
        Interrupted: a signal asked to end; the run, if it had begun, is whole on disk.
        LoraxTuiError: the run could not be started.
    """
    with signals(session, keep_running) as caught:
        started = session.run(scenarios)
        view = session.view
        while not (started.done() and view.state in (State.ENDED, State.IDLE)):
            if view.state is not State.IDLE:  # why a run could not be started is raised, and told once
                printer.show(view)
            view = session.wait(view, _LOOK_S)
        started.result()
        printer.show(view)
    if caught:
        raise Interrupted(caught[0])
    return view


class Printer:
    """Prints what is new in each view; `quiet`: warnings only."""

    def __init__(self, lines: TextIO, quiet: bool = False) -> None:
        self._lines = lines
        self._quiet = quiet
        self._notice = ""
        self._event: Event | None = None
        self._at_s = -1.0

    def show(self, view: SessionView) -> None:
        if view.notice and view.notice != self._notice and not self._quiet:
            self._print(view.notice)
        self._notice = view.notice
        for event in self._new_events(view.run.events):
            if self._quiet and event.kind is not EventKind.WARNING:
                continue
            self._print(f"{words.clock(event.at_s):>6}  {event.text}")
        points = view.run.points
        if points and points[-1].at_s > self._at_s and not self._quiet:
            if self._at_s < 0:
                self._print(HEADING)
            self._at_s = points[-1].at_s
            self._print(line(view))

    def _new_events(self, events: tuple[Event, ...]) -> list[Event]:
        new = list(dropwhile(lambda event: event is not self._event, events))[1:]
        if not new and events and events[-1] is not self._event:
            new = list(events)
        if new:
            self._event = new[-1]
        return new

    def _print(self, text: str) -> None:
        self._lines.write(text + "\n")
        self._lines.flush()


def line(view: SessionView) -> str:
    """The last interval in one line; latencies over the sliding window."""
    run = view.run
    point = run.points[-1]
    latencies = [_latencies(run, HTTP, 9), _latencies(run, SOCKET_IO, 13)]
    users = f"{run.users_actual}/{run.users_wanted}"
    return (
        f"{words.clock(point.at_s):>6}  {(view.scenario or ''):<10.10} {users:>9} {words.rate(point.ok_rate):>7} "
        f"{words.rate(point.bad_rate):>8} {run.in_flight:>5} {words.age(run.oldest_s):>7}   "
        f"{latencies[0]}   {latencies[1]}   {_memory(run)}{_pace(run)}"
    )


def _pace(run: RunView) -> str:
    """How a paced phase keeps to its schedule."""
    pace = run.phase.pace if run.phase else None
    if pace is None:
        return ""
    text = f"   offered {words.rate(pace.offered_rate)}/s, started {words.rate(pace.started_rate)}/s"
    return f"{text}, {pace.stuck} waiting for {pace.oldest_s:.1f} s" if pace.stuck else text


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


def _latencies(run: RunView, protocol: str, width: int) -> str:
    latency = run.points[-1].latency.get((protocol, ""))
    figures = (None, None, None) if latency is None else (latency.p50_ms, latency.p95_ms, latency.p99_ms)
    first, *rest = (words.milliseconds(figure) for figure in figures)
    return " ".join([f"{first:>{width}}", *(f"{figure:>7}" for figure in rest)])


def _memory(run: RunView) -> str:
    return (
        "  ".join(f"{words.megabytes(pid.rss_mb)} (pid {pid.pid})" for pid in run.target.pids if not pid.gone)
        or "unknown"
    )
