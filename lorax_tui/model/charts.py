"""What the charts show: a point for every interval, the latency of a window behind it, marks at every change."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import replace

from lorax_tui.model.history import History, merged
from lorax_tui.model.phase import Phase
from lorax_tui.model.point import Latency, Point
from lorax_tui.model.records import Interval, PhaseStart
from lorax_tui.model.sums import Operation
from lorax_tui.model.tally import Tally
from lorax_tui.model.window import Window

KEPT_POINTS = 600
KEPT_MARKS = 100

SHORTEST_S = 0.5
"""An interval shorter than this, as the last of a run is, says nothing of a rate by itself: one answer within 10 ms is
not a hundred a second."""


class Charts:
    """Folds intervals into points."""

    def __init__(self) -> None:
        self.points: deque[Point] = deque()
        """The recent ones, one for each interval."""
        self._earlier = History()
        self.marks: deque[tuple[float, str]] = deque(maxlen=KEPT_MARKS)
        """When the load was changed, and to what."""
        self._windows: dict[Operation, Window] = {}
        self._intended: dict[Operation, Window] = {}
        """The same for latencies from the intended start."""

    @property
    def window_s(self) -> dict[Operation, float]:
        """Length of the sliding window behind the newest point."""
        return {operation: window.length_s for operation, window in self._windows.items()}

    def history(self) -> Iterator[Point]:
        """Points of the whole run, oldest first, the longer ago the coarser."""
        yield from self._earlier.points()
        yield from self.points

    def mark(self, at_s: float, start: PhaseStart, is_same: bool = False) -> None:
        """The load becomes another; `is_same`: the phase that began at `at_s` is redefined. No window spans two."""
        if is_same and self.marks and self.marks[-1][0] == at_s:
            self.marks.pop()
        self.marks.append((at_s, start.scenario))
        self.cut()

    def cut(self) -> None:
        """Begin new windows."""
        self._windows, self._intended = {}, {}

    def plot(self, interval: Interval, end_s: float, last: Phase | None, oldest_s: dict[Operation, float]) -> None:
        """Move the windows on and add a point.

        Args:
            last: the phase that goes on; it is told its pace.
            oldest_s: age of the oldest ask in flight, by operation and by protocol (name `""`).
        """
        answers = _by_operation(interval.tallies, last.start.phase if last else interval.phase)
        for operation, answered in answers.items():
            if last is not None and interval.lasted_s >= SHORTEST_S:
                last.pace(answered, interval.lasted_s)
            self._windows.setdefault(operation, Window())
            if answered.intended_latency.total:
                self._intended.setdefault(operation, Window())
        latency: dict[Operation, Latency] = {}
        for operation, window in self._windows.items():
            answered = answers.get(operation, _NOTHING)
            window.push(interval.began_s, end_s, answered.ok_latency)
            if (shown := window.latency()) is not None:
                latency[operation] = shown
        for operation, window in self._intended.items():
            window.push(interval.began_s, end_s, answers.get(operation, _NOTHING).intended_latency)
            if operation in latency and (shown := window.latency()) is not None:
                latency[operation] = replace(latency[operation], intended_p99_ms=shown.p99_ms)
        point = Point(
            at_s=end_s,
            ok_rate=sum(tally.ok for tally in interval.tallies) / interval.lasted_s,
            bad_rate=sum(tally.bad for tally in interval.tallies) / interval.lasted_s,
            users=sum(users.actual for users in interval.users.values()),
            users_wanted=sum(users.wanted for users in interval.users.values()),
            latency=latency,
            lasted_s=interval.lasted_s,
            oldest_s=oldest_s,
        )
        if interval.lasted_s < SHORTEST_S and self.points:
            point = _joined(self.points.pop(), point)
        self.points.append(point)
        if len(self.points) > KEPT_POINTS:
            self._earlier.push(self.points.popleft())


def _joined(before: Point, point: Point) -> Point:
    """The later of two points, with the rates of both together."""
    rates = merged([before, point])
    return replace(point, ok_rate=rates.ok_rate, bad_rate=rates.bad_rate, lasted_s=rates.lasted_s)


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
                total.intended_latency.merge(tally.intended_latency)
    return found
