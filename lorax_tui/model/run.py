"""The run: a pure fold over its records. No clock, no I/O, so that live, replayed and reported figures are the same.

live:    record ──► Run.fold ──► Run.view()
later:   journal ──► records ──► Run.fold ──► Run.view()
"""

from __future__ import annotations

from collections import deque

from lorax_tui.model.groups import ErrorGroups
from lorax_tui.model.histogram import Histogram
from lorax_tui.model.memory import Memory
from lorax_tui.model.phase import Operation, Phase, Sum, operation_view
from lorax_tui.model.records import (
    End,
    Event,
    EventKind,
    Header,
    Health,
    Interval,
    PhaseStart,
    Record,
    Tally,
    TargetSample,
    UserCount,
)
from lorax_tui.model.thresholds import Verdict
from lorax_tui.model.view import Latency, OperationView, Point, RunView
from lorax_tui.model.window import Window

KEPT_POINTS = 600
KEPT_EVENTS = 200
KEPT_MARKS = 100

BOUND_LAG_MS = 50.0
BOUND_CPU_PERCENT = 85.0
BOUND_IDLE_PERCENT = 5.0
BOUND_INTERVALS = 3
"""Generator-bound: so many intervals in a row with a lag p99 or CPU above, or the machine idle below, these."""


class Run:
    """Folds records, in the order in which they came, and shows how things stand."""

    def __init__(self) -> None:
        self.header: Header | None = None
        self.end: End | None = None
        self.elapsed_s = 0.0
        self.phases: list[Phase] = []
        self.memory = Memory()
        self.errors = ErrorGroups()
        self.points: deque[Point] = deque(maxlen=KEPT_POINTS)
        self.events: deque[Event] = deque(maxlen=KEPT_EVENTS)
        self.marks: deque[tuple[float, str]] = deque(maxlen=KEPT_MARKS)
        self._users: dict[str, UserCount] = {}
        self._health = Health()
        self._strained = 0
        self._lag = Histogram()
        self._cpu = Histogram()
        self._windows: dict[Operation, Window] = {}

    def fold(self, record: Record) -> None:
        """Take in one record."""
        match record:
            case Header():
                self.header = record
            case Interval():
                self._fold_interval(record)
            case TargetSample():
                self.memory.fold(record)
                self._reach(record.at_s)
            case Event():
                self._fold_event(record)
            case End():
                self.end = record
                self._reach(record.at_s)
                self._close_phase(record.at_s)

    def view(self) -> RunView:
        """How things stand; frozen."""
        header = self.header
        phases = tuple(phase.view(self.elapsed_s) for phase in self.phases)
        return RunView(
            run=header.run if header else "",
            host=header.host if header else "",
            started_at=header.started_at if header else "",
            closed_loop=header.closed_loop if header else True,
            elapsed_s=self.elapsed_s,
            ended=self.end.reason if self.end else None,
            users=self._users,
            health=self._health,
            bound=self._strained >= BOUND_INTERVALS,
            phases=phases,
            points=tuple(self.points),
            window_s={operation: window.length_s for operation, window in self._windows.items()},
            marks=tuple(self.marks),
            errors=self.errors.view(),
            target=self.memory.view(),
            events=tuple(self.events),
            verdict=Verdict.over([phase.verdict for phase in phases]),
            lag_p99_ms=self._lag.percentile(1.0) if self._lag.total < 100 else self._lag.percentile(0.99),
            cpu_p95_percent=self._cpu.percentile(1.0) if self._cpu.total < 20 else self._cpu.percentile(0.95),
        )

    def totals(self) -> tuple[OperationView, ...]:
        """Every operation over all phases: the merge of what the phases hold."""
        sums: dict[Operation, Sum] = {}
        settled_for_s = 0.0
        for phase in self.phases:
            if phase.settled_s is not None:
                settled_for_s += (self.elapsed_s if phase.end_s is None else phase.end_s) - phase.settled_s
            for operation, part in phase.operations.items():
                total = sums.setdefault(operation, Sum(*operation))
                total.fold(part.settling, settled=False)
                total.fold(part.settled, settled=True)
        return tuple(operation_view(total, settled_for_s or None, []) for _, total in sorted(sums.items()))

    def _fold_event(self, event: Event) -> None:
        self.events.append(event)
        self._reach(event.at_s)
        if event.kind is EventKind.STOP:
            self._close_phase(event.at_s)
        if event.start is None:
            return
        last = self.phases[-1] if self.phases else None
        if last is not None and last.end_s is None and last.start.phase == event.start.phase:
            last.redefine(event.start, event.at_s)
            if self.marks and self.marks[-1][0] == last.start_s:
                self.marks.pop()
            self.marks.append((last.start_s, event.start.scenario))
        else:
            self.marks.append((event.at_s, event.start.scenario))
            self._close_phase(event.at_s)
            self.phases.append(Phase(event.start, event.at_s))
        self._windows = {}

    def _fold_interval(self, interval: Interval) -> None:
        end_s = interval.began_s + interval.lasted_s
        self._reach(end_s)
        self._users, self._health = interval.users, interval.health
        self._calm(interval.lasted_s)
        phases = {phase.start.phase: phase for phase in self.phases}
        for number in sorted({tally.phase for tally in interval.tallies} - phases.keys()):
            phases[number] = self._unannounced(number, interval)
        current = phases.get(interval.phase)
        if current is not None:
            missing = sum(max(0, users.wanted - users.actual) for users in interval.users.values())
            current.populate(_actual(interval.users), missing, interval.settled_s)
        for tally in interval.tallies:
            self.errors.fold(tally, end_s)
            phases[tally.phase].fold(tally)
        self._strain(interval.health, current)
        self._plot(interval, end_s)

    def _calm(self, lasted_s: float) -> None:
        self.errors.calm(lasted_s)
        for phase in self.phases:
            phase.calm()

    def _plot(self, interval: Interval, end_s: float) -> None:
        """Move the windows on and add a point to the charts."""
        last = self.phases[-1] if self.phases else None
        answers = _by_operation(interval.tallies, last.start.phase if last else interval.phase)
        for operation, answered in answers.items():
            if last is not None:
                last.pace(answered, interval.lasted_s)
            self._windows.setdefault(operation, Window())
        latency: dict[Operation, Latency] = {}
        for operation, window in self._windows.items():
            answered = answers.get(operation, _NOTHING)
            window.push(interval.began_s, end_s, answered.ok_latency)
            if (shown := window.latency()) is not None:
                latency[operation] = shown
        self.points.append(
            Point(
                at_s=end_s,
                ok_rate=sum(tally.ok for tally in interval.tallies) / interval.lasted_s,
                bad_rate=sum(tally.bad for tally in interval.tallies) / interval.lasted_s,
                users=_actual(interval.users),
                users_wanted=sum(users.wanted for users in interval.users.values()),
                latency=latency,
            )
        )

    def _strain(self, health: Health, current: Phase | None) -> None:
        strained = (
            _above(health.lag_p99_ms, BOUND_LAG_MS)
            or _above(health.cpu_percent, BOUND_CPU_PERCENT)
            or (health.idle_percent is not None and health.idle_percent < BOUND_IDLE_PERCENT)
        )
        self._strained = self._strained + 1 if strained else 0
        if current is None:
            return
        if self._strained >= BOUND_INTERVALS:
            current.strain()
        if health.lag_p99_ms is not None:
            self._lag.record(health.lag_p99_ms)
        if health.cpu_percent is not None:
            self._cpu.record(health.cpu_percent)

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
            self._windows = {}
        else:
            next_s = self.phases[place].start_s
            phase = Phase(start, min(interval.began_s, next_s))
            phase.close(next_s)
            self.phases.insert(place, phase)
        return phase

    def _reach(self, at_s: float) -> None:
        self.elapsed_s = max(self.elapsed_s, at_s)


_NOTHING = Tally(0, True, "", "")


def _by_operation(tallies: list[Tally], phase: int) -> dict[Operation, Tally]:
    """What an interval's answers were, by operation and by protocol (name `""`).

    Counts are of all answers; latencies only of asks that began in `phase`, because a window never spans two.
    """
    found: dict[Operation, Tally] = {}
    for tally in tallies:
        for operation in ((tally.protocol, tally.name), (tally.protocol, "")):
            total = found.setdefault(operation, Tally(phase, True, *operation))
            total.ok += tally.ok
            total.failed += tally.bad
            if tally.phase == phase:
                total.ok_latency.merge(tally.ok_latency)
    return found


def _above(value: float | None, limit: float) -> bool:
    return value is not None and value > limit


def _actual(users: dict[str, UserCount]) -> int:
    return sum(count.actual for count in users.values())


def _wanted(users: dict[str, UserCount]) -> int:
    return sum(count.wanted for count in users.values())
