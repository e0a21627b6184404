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
from lorax_tui.model.phase_view import OperationView
from lorax_tui.model.phases import Phases
from lorax_tui.model.point import Point
from lorax_tui.model.records import (
    End,
    Event,
    EventKind,
    GuardLimits,
    Header,
    Interval,
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
        self.phases = Phases()
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
                if self.phases.current is not None:
                    self.phases.current.sample(record)
                self._reach(record.at_s)
            case Event():
                self._fold_event(record)
            case End():
                self.end = record
                self._reach(record.at_s)
                # A phase of which the end is missing is judged as far as it is there.
                self.phases.close(record.at_s if record.unsaved_from_s is None else record.unsaved_from_s)

    def view(self) -> RunView:
        """How things stand; frozen."""
        header, past = self.header, self.phases.past
        recent = [phase.view(self.elapsed_s) for phase in self.phases]
        phases = (*past.views, *recent)
        searches = capacities(phases)
        verdicts = [*past.verdicts, *(phase.verdict for phase in recent if phase.search is None)]
        return RunView(
            run=header.run if header else "",
            host=header.host if header else "",
            started_at=header.started_at if header else "",
            closed_loop=past.closed_loop and all(phase.pace is None for phase in recent),
            elapsed_s=self.elapsed_s,
            ended=self.end.reason if self.end else None,
            ended_by_guard=self.end.by_guard if self.end else False,
            users=self._users,
            health=self.generator.strain.health,
            bound=self.generator.is_bound,
            was_bound=past.bound or any(phase.bound for phase in recent),
            phases=phases,
            earlier_phases=past.forgotten,
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
        return self.phases.sums(self.elapsed_s)

    def fatal_breach(self) -> Judgement | None:
        """The limit of the current phase that is broken and ends the run, as it was written to do."""
        phase = self.phases.current
        if phase is None or not phase.limits.can_stop or phase.start.search is not None:
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
            self.phases.close(event.at_s)
        if event.kind is EventKind.SILENCE and event.guard is not None:
            self.guards.silence(event.guard)
        if event.kind is EventKind.STALL:
            self.generator.stall()
            if self.phases.latest is not None:
                self.phases.latest.strain(self.generator.bound_by)
        if event.start is None:
            return
        self.guards.restart(event.start.guards_stop)
        is_same = self.phases.is_same(event.start)
        phase = self.phases.begin(event.start, event.at_s)
        self.charts.mark(phase.start_s, event.start, is_same=is_same)

    def _fold_interval(self, interval: Interval) -> None:
        end_s = interval.began_s + interval.lasted_s
        self._reach(end_s)
        self._users = interval.users
        self._calm(interval.lasted_s)
        latest = self.phases.latest
        phases = self.phases.told_of(interval)
        if self.phases.latest is not latest:
            self.charts.cut()
        current = phases.get(interval.phase)
        if current is not None:
            current.populate(_actual(interval.users), self.generator.users_missing(interval), interval.settled_s)
        for tally in interval.tallies:
            self.errors.fold(tally, end_s)
            (phases.get(tally.phase) or self.phases.past).fold(tally)
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
        if (going := self.phases.current) is not None:
            stalled = self.waiting.stalled
            going.stall(stalled)
            hanging = {subject: age_s for subject, age_s in self.waiting.oldest_s.items() if subject[0] in stalled}
            going.watch_limits(interval, end_s, hanging)
        self.charts.plot(interval, end_s, self.phases.latest, self.waiting.oldest_s)
        self.load.push(self.charts.points[-1])
        self.phases.let_go()

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
        if self.phases.current is not None:
            self.phases.current.skip(interval.lasted_s)

    def _calm(self, lasted_s: float) -> None:
        self.errors.calm(lasted_s)
        for phase in self.phases:
            phase.calm()

    def _reach(self, at_s: float) -> None:
        self.elapsed_s = max(self.elapsed_s, at_s)


def _actual(users: dict[str, UserCount]) -> int:
    return sum(count.actual for count in users.values())
