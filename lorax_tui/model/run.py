"""The run: a pure fold over its records. No clock, no I/O, so that live, replayed and reported figures are the same.

live:    record ──► Run.fold ──► Run.view()
later:   journal ──► records ──► Run.fold ──► Run.view()
"""

from __future__ import annotations

from collections import deque

from lorax_tui.model.charts import Charts
from lorax_tui.model.finding import capacities
from lorax_tui.model.generator import Generator
from lorax_tui.model.groups import ErrorGroups
from lorax_tui.model.guards import Guards
from lorax_tui.model.load import Load
from lorax_tui.model.memory import Memory
from lorax_tui.model.past import KEPT_WHOLE, Past, add_up
from lorax_tui.model.phase import Phase
from lorax_tui.model.phase_view import OperationView
from lorax_tui.model.point import Point
from lorax_tui.model.records import (
    End,
    Event,
    EventKind,
    GuardLimits,
    Header,
    Interval,
    PhaseStart,
    Record,
    TargetSample,
    UserCount,
)
from lorax_tui.model.rule import OnBreach
from lorax_tui.model.sums import Operation, Sum, operation_view
from lorax_tui.model.tally import TASK, Tally
from lorax_tui.model.thresholds import Judgement, Verdict
from lorax_tui.model.view import RunView
from lorax_tui.model.waiting import Waiting

KEPT_EVENTS = 200


class Run:
    """Folds records, in the order in which they came, and shows how things stand."""

    def __init__(self) -> None:
        self.header: Header | None = None
        self.end: End | None = None
        self.elapsed_s = 0.0
        self.phases: list[Phase] = []
        """The recent ones, whole."""
        self.past = Past()
        self.memory = Memory()
        self.errors = ErrorGroups()
        self.charts = Charts()
        self.load = Load()
        self.waiting = Waiting()
        self.generator = Generator()
        self.guards = Guards(GuardLimits())
        self.events: deque[Event] = deque(maxlen=KEPT_EVENTS)
        self._users: dict[str, UserCount] = {}

    def fold(self, record: Record) -> None:
        """Take in one record."""
        match record:
            case Header():
                self.header, self.guards = record, Guards(record.guards)
            case Interval():
                self._fold_interval(record)
            case TargetSample():
                self.memory.fold(record)
                self.guards.fold_sample(record)
                if self.phases:
                    self.phases[-1].sample(record)
                self._reach(record.at_s)
            case Event():
                self._fold_event(record)
            case End():
                self.end = record
                self._reach(record.at_s)
                # A phase of which the end is missing is judged as far as it is there.
                self._close_phase(record.at_s if record.unsaved_from_s is None else record.unsaved_from_s)

    def view(self) -> RunView:
        """How things stand; frozen."""
        header = self.header
        recent = [phase.view(self.elapsed_s) for phase in self.phases]
        phases = (*self.past.views, *recent)
        searches = capacities(phases)
        verdicts = [*self.past.verdicts, *(phase.verdict for phase in recent if phase.search is None)]
        return RunView(
            run=header.run if header else "",
            host=header.host if header else "",
            started_at=header.started_at if header else "",
            closed_loop=self.past.closed_loop and all(phase.pace is None for phase in recent),
            elapsed_s=self.elapsed_s,
            ended=self.end.reason if self.end else None,
            ended_by_guard=self.end.by_guard if self.end else False,
            users=self._users,
            health=self.generator.strain.health,
            bound=self.generator.is_bound,
            was_bound=self.past.bound or any(phase.bound for phase in recent),
            phases=phases,
            earlier_phases=self.past.forgotten,
            points=tuple(self.charts.points),
            load=self.load.view(),
            window_s=self.charts.window_s,
            marks=tuple(sorted([*self.charts.marks, *self.memory.marks])),
            waiting=self.waiting.view(),
            errors=self.errors.view(),
            guards=self.guards.view(),
            target=self.memory.view(recent[-1].growths if recent else None),
            events=tuple(self.events),
            verdict=Verdict.over([*verdicts, *(search.verdict for search in searches)]),
            lag_p99_ms=self.generator.strain.lag_p99_ms,
            cpu_p95_percent=self.generator.strain.cpu_p95_percent,
            peaks=self.generator.strain.peaks,
            crew=self.generator.crew.view(),
            program=self.generator.own,
            searches=searches,
        )

    def totals(self) -> tuple[OperationView, ...]:
        """Every operation over all phases: the merge of what the phases hold."""
        sums, settled_for_s = self.sums()
        return tuple(operation_view(total, settled_for_s, []) for _, total in sorted(sums.items()))

    def sums(self) -> tuple[dict[Operation, Sum], float | None]:
        """What was counted of every operation over all phases, and for how long they were settled, if they were."""
        sums, settled_for_s = self.past.sums()
        for phase in self.phases:
            settled_for_s += phase.settled_for_s(self.elapsed_s) or 0.0
            add_up(sums, phase)
        return sums, settled_for_s or None

    def fatal_breach(self) -> Judgement | None:
        """The limit of the current phase that is broken and ends the run, as it was written to do."""
        phase = self.phases[-1] if self.phases else None
        if phase is None or phase.end_s is not None or not phase.limits.can_stop or phase.start.search is not None:
            return None
        judgements = phase.view(self.elapsed_s).judgements
        stops = (j for j in judgements if j.rule.on_breach is OnBreach.STOP and j.verdict is Verdict.FAILED)
        return next(stops, None)

    def history(self) -> tuple[Point, ...]:
        """The whole run as points, the longer ago the coarser."""
        return tuple(self.charts.history())

    def _fold_event(self, event: Event) -> None:
        self.events.append(event)
        self._reach(event.at_s)
        if event.kind is EventKind.STOP:
            self._close_phase(event.at_s)
        if event.kind is EventKind.SILENCE and event.guard is not None:
            self.guards.silence(event.guard)
        if event.kind is EventKind.STALL:
            self.generator.stall()
            if self.phases:
                self.phases[-1].strain(self.generator.bound_by)
        if event.start is None:
            return
        self.guards.restart(event.start.guards_stop)
        last = self.phases[-1] if self.phases else None
        if last is not None and last.end_s is None and last.start.phase == event.start.phase:
            last.redefine(event.start, event.at_s)
            self.charts.mark(last.start_s, event.start, is_same=True)
        else:
            self.charts.mark(event.at_s, event.start)
            self._close_phase(event.at_s)
            self.phases.append(Phase(event.start, event.at_s))

    def _fold_interval(self, interval: Interval) -> None:
        end_s = interval.began_s + interval.lasted_s
        self._reach(end_s)
        self._users = interval.users
        self._calm(interval.lasted_s)
        phases = {phase.start.phase: phase for phase in self.phases}
        counted = {tally.phase for tally in interval.tallies} | {arrivals.phase for arrivals in interval.arrivals}
        counted |= {raised.phase for raised in interval.raised}
        for number in sorted(counted - phases.keys()):
            if number > self.past.last_number:
                phases[number] = self._unannounced(number, interval)
        current = phases.get(interval.phase)
        if current is not None:
            current.populate(_actual(interval.users), self.generator.users_missing(interval), interval.settled_s)
        for tally in interval.tallies:
            self.errors.fold(tally, end_s)
            (phases.get(tally.phase) or self.past).fold(tally)
        for raised in interval.raised:
            self.errors.fold(Tally(raised.phase, False, TASK, raised.task, errors=raised.errors), end_s)
            if raised.phase in phases:
                phases[raised.phase].fold_raised(raised)
        for arrivals in interval.arrivals:
            if arrivals.phase in phases:
                phases[arrivals.phase].fold_arrivals(arrivals, interval.lasted_s)
        self._settle_debts(interval)
        if interval.stood_still_s:
            self._skip(interval)
            return
        generator = self.generator
        generator.fold(interval, under_load=current is not None)
        if current is not None and generator.is_bound:
            current.strain(generator.bound_by, generator.bound_workers)
        self.guards.fold_interval(interval, generator.is_bound)
        self.waiting.fold(interval)
        last = self.phases[-1] if self.phases else None
        if last is not None and last.end_s is None:
            stalled = self.waiting.stalled
            last.stall(stalled)
            hanging = {subject: age_s for subject, age_s in self.waiting.oldest_s.items() if subject[0] in stalled}
            last.watch_limits(interval, end_s, hanging)
        self.charts.plot(interval, end_s, last, self.waiting.oldest_s)
        self.load.push(self.charts.points[-1])
        while len(self.phases) > KEPT_WHOLE and self.phases[0].is_final:
            self.past.absorb(self.phases.pop(0))

    def _settle_debts(self, interval: Interval) -> None:
        """What workers have not told is missing in the phases in which they did not, until it comes."""
        for part in interval.workers:
            untold = self.generator.crew.untold(part)
            if untold or part.seconds_late or part.seconds_lost:
                for phase in self.phases:
                    phase.owe(part, untold, interval.began_s, interval.began_s + interval.lasted_s)

    def _skip(self, interval: Interval) -> None:
        """What the process did before and after it stood still tells nothing of the target, nor of the generator."""
        self.waiting.fold(interval)
        self.generator.crew.fold(interval, under_load=False)
        self.guards.skip(interval)
        self.charts.cut()
        if self.phases:
            self.phases[-1].skip(interval.lasted_s)

    def _calm(self, lasted_s: float) -> None:
        self.errors.calm(lasted_s)
        for phase in self.phases:
            phase.calm()

    def _close_phase(self, at_s: float) -> None:
        if self.phases:
            self.phases[-1].close(at_s)

    def _unannounced(self, number: int, interval: Interval) -> Phase:
        """A phase whose beginning is not in the record, as in a journal whose middle is lost."""
        start = PhaseStart(number, "unknown", _wanted(interval.users), 0.0, {})
        place = next((place for place, phase in enumerate(self.phases) if phase.start.phase > number), None)
        if place is None:
            phase = Phase(start, interval.began_s)
            self._close_phase(interval.began_s)
            self.phases.append(phase)
            self.charts.cut()
        else:
            next_s = self.phases[place].start_s
            phase = Phase(start, min(interval.began_s, next_s))
            phase.close(next_s)
            self.phases.insert(place, phase)
        return phase

    def _reach(self, at_s: float) -> None:
        self.elapsed_s = max(self.elapsed_s, at_s)


def _actual(users: dict[str, UserCount]) -> int:
    return sum(count.actual for count in users.values())


def _wanted(users: dict[str, UserCount]) -> int:
    return sum(count.wanted for count in users.values())
