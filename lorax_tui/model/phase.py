"""One phase: the time from one load change to the next, with the figures of its own."""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from math import inf

from msgspec import structs

from lorax_tui.model.arrivals import Arrivals
from lorax_tui.model.crew import WorkerPart
from lorax_tui.model.debts import Debts
from lorax_tui.model.growth import Watch
from lorax_tui.model.judging import judge, verdicts_on
from lorax_tui.model.limits import Limits
from lorax_tui.model.pace import Pace
from lorax_tui.model.phase_view import PhaseView
from lorax_tui.model.records import Interval, PhaseStart, TargetSample
from lorax_tui.model.strain import Limit
from lorax_tui.model.sums import Operation, Sum, operation_view, protocol_view
from lorax_tui.model.tally import Raised, Tally
from lorax_tui.model.thresholds import Judgement, Verdict


class Phase:
    """Folds the tallies of the asks that began in it."""

    def __init__(self, start: PhaseStart, start_s: float) -> None:
        self.start = start
        self.start_s = start_s
        self.settled_s: float | None = None
        self.end_s: float | None = None
        self.users_peak = 0
        self.bound_by: frozenset[Limit] = frozenset()
        """What the generator was ever at the limit of."""
        self.bound_workers: frozenset[str] = frozenset()
        """Which workers of a crew ever were at their limit."""
        self.debts = Debts()
        self.users_missing = 0
        self.exceptions = 0
        """What tasks of users raised."""
        self.stalled: frozenset[str] = frozenset()
        """Protocols that answer nothing now, although they are asked."""
        self.operations: dict[Operation, Sum] = {}
        self.protocols: dict[str, Sum] = {}
        self.watch = Watch(start.max_growth_mb_per_min)
        self.arrivals = Pace()
        self._changed_s = start_s
        self._skipped_s = 0.0
        """For how long, since it has settled, nothing could be measured."""
        self.limits = Limits(start)
        self._live = True
        self._frozen: PhaseView | None = None
        self._final: tuple[tuple[Judgement, ...], Verdict] | None = None
        """What the search has gone by; answers that come after its end change nothing about that."""

    def calm(self) -> None:
        """A new interval begins to be folded: forget what was true of the last one alone."""
        if self._live:
            for total in (*self.operations.values(), *self.protocols.values()):
                total.calm()
            self.arrivals.calm()
        self._live = self.end_s is None

    def redefine(self, start: PhaseStart, at_s: float) -> None:
        """The load is changed again before this phase was one: keys pressed in a row."""
        self.start, self.settled_s, self._changed_s, self._skipped_s = start, None, at_s, 0.0
        self.limits = Limits(start)
        self.watch = Watch(start.max_growth_mb_per_min)
        for total in (*self.operations.values(), *self.protocols.values()):
            total.unsettle()
        self.arrivals.unsettle()
        self._touch()

    def under(self, thresholds: dict[str, list[str]], own: bool) -> Phase:
        """The same phase, held against other rules."""
        other = copy(self)
        other.start = structs.replace(self.start, thresholds=thresholds, own_thresholds=own)
        other.limits, other._final = Limits(other.start), None
        other._touch()
        return other

    def close(self, at_s: float) -> None:
        """The load is another from here on; a second call changes nothing."""
        if self.end_s is None:
            if self.start.search is not None:
                self._final = judge(self, self.settled_for_s(at_s))
            self.end_s, self.stalled = at_s, frozenset()
            self.watch.close()
            self.limits.close()
            self._touch()

    def populate(self, users: int, missing: int, settled_s: float | None) -> None:
        """So many users there are, so many are missing, and the wanted ones were reached at `settled_s`, if they were.

        An interval can be cut after a change was recorded and before it reached the users: what it says of the load
        before that change is not true of the one after.
        """
        is_ours = settled_s is not None and self._changed_s <= settled_s <= (inf if self.end_s is None else self.end_s)
        if is_ours or self.end_s is None:
            self.settled_s = settled_s if is_ours else None
            if not is_ours:
                self.watch.clear()
                self.limits.clear()
        self.users_peak = max(self.users_peak, users, self.start.users if is_ours else 0)
        if is_ours and self.end_s is None:
            self.users_missing = max(self.users_missing, missing)
        self._touch()

    @property
    def bound(self) -> bool:
        """Whether the generator was ever at its own limit."""
        return bool(self.bound_by)

    def strain(self, limits: frozenset[Limit], workers: frozenset[str] = frozenset()) -> None:
        """The generator is at these limits of its own; of a crew, these workers are."""
        self.bound_by |= limits
        self.bound_workers |= workers
        self._touch()

    @property
    def seconds_lost(self) -> int:
        """Seconds that workers of a crew have not told: what was asked in them is in no figure."""
        return self.debts.seconds

    def owe(self, part: WorkerPart, untold: int, began_s: float, end_s: float) -> None:
        """A worker tells of itself; `untold` more seconds between these two are missing."""
        is_ours = self.start_s < end_s and (self.end_s is None or self.end_s > began_s)
        before = self.debts.seconds
        self.debts.fold(part, untold if is_ours else 0)
        if self.debts.seconds != before:
            self._touch()

    def fold_raised(self, raised: Raised) -> None:
        """Tasks raised exceptions of their own: what they were meant to ask may not have been asked."""
        self.exceptions += raised.count
        self._touch()

    def stall(self, protocols: frozenset[str]) -> None:
        """These answer nothing now; whether they keep within their limits is open for as long."""
        if protocols != self.stalled:
            self.stalled = protocols
            self._touch()

    def watch_limits(self, interval: Interval, end_s: float, oldest_s: Mapping[Operation, float]) -> None:
        """Move the windows of the limits on by an interval; `oldest_s` are the ages of what hangs."""
        if self.settled_s is not None and self.end_s is None and end_s > self.settled_s:
            ours = [tally for tally in interval.tallies if tally.phase == self.start.phase and tally.settled]
            self.limits.fold(ours, interval.began_s, end_s, oldest_s)
            self._touch()

    def pace(self, answered: Tally, lasted_s: float) -> None:
        """So much was answered in the last interval, by one operation, or by a protocol (name `""`)."""
        name = answered.name
        total = self.operations.get((answered.protocol, name)) if name else self.protocols.get(answered.protocol)
        if total is not None:
            total.rate, total.bad_rate = answered.answered / lasted_s, answered.bad / lasted_s
            self._touch()

    def skip(self, lasted_s: float) -> None:
        """Nothing could be measured for so long: it is no time in which nothing was answered."""
        if self.end_s is None and self.settled_s is not None:
            self._skipped_s += lasted_s
            self.limits.cut()
            self._touch()

    def sample(self, sample: TargetSample) -> None:
        """The target told of its memory; what it tells before the load has settled is not judged."""
        if self.settled_s is not None and self.end_s is None:
            self.watch.fold(sample)
            self._touch()

    def fold(self, tally: Tally) -> None:
        """Add what an operation did in an interval."""
        operation = (tally.protocol, tally.name)
        if operation not in self.operations:
            self.operations[operation] = Sum(*operation)
        if tally.protocol not in self.protocols:
            self.protocols[tally.protocol] = Sum(tally.protocol, "")
        # Where the wanted users were never reached, or no longer are the wanted ones, nothing has settled.
        settled = tally.settled and self.settled_s is not None
        self.operations[operation].fold(tally, settled)
        self.protocols[tally.protocol].fold(tally, settled)
        self._touch()

    def fold_arrivals(self, arrivals: Arrivals, lasted_s: float) -> None:
        """Add what became of the schedule in an interval."""
        self.arrivals.fold(arrivals, arrivals.settled and self.settled_s is not None, lasted_s)
        self._touch()

    @property
    def is_final(self) -> bool:
        """Whether it is over and an interval has passed in which nothing was left of it."""
        return self.end_s is not None and not self._live

    def settled_for_s(self, now_s: float) -> float | None:
        """How long the wanted users were there, until now or its end; `None`: never."""
        if self.settled_s is None:
            return None
        return max(0.0, (now_s if self.end_s is None else self.end_s) - self.settled_s - self._skipped_s)

    def view(self, now_s: float) -> PhaseView:
        """The phase as it stands at `now_s`, or at its end; built once where nothing can change any more."""
        if self._frozen is not None:
            return self._frozen
        view = self._view(now_s)
        if not self._live:
            self._frozen = view
        return view

    def _touch(self) -> None:
        self._live, self._frozen = True, None

    def _view(self, now_s: float) -> PhaseView:
        settled_for_s = self.settled_for_s(now_s)
        judgements, verdict = self._final or judge(self, settled_for_s)
        return PhaseView(
            number=self.start.phase,
            scenario=self.start.scenario,
            start_s=self.start_s,
            settled_s=self.settled_s,
            end_s=self.end_s,
            planned_s=self.start.duration_s,
            users_wanted=self.start.users,
            users_peak=self.users_peak,
            spawn_rate=self.start.spawn_rate,
            mix=self.start.mix,
            operations=tuple(
                operation_view(total, settled_for_s, verdicts_on(self, total, settled_for_s))
                for _, total in sorted(self.operations.items())
            ),
            protocols=tuple(
                protocol_view(total, settled_for_s, judgements) for _, total in sorted(self.protocols.items())
            ),
            judgements=judgements,
            verdict=verdict,
            bound=self.bound,
            bound_by=self.bound_by,
            bound_workers=self.bound_workers,
            seconds_lost=self.seconds_lost,
            users_missing=self.users_missing,
            exceptions=self.exceptions,
            growths=self.watch.growths(),
            is_watched=self.start.max_growth_mb_per_min is not None,
            pace=self.arrivals.view(self.start.pacing, settled_for_s),
            search=self.start.search,
            scenario_start_s=self.start.scenario_start_s,
            scenario_end_s=self.start.scenario_end_s,
            stage=self.start.stage,
            settled_for_s=settled_for_s,
        )
