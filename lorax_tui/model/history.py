"""The whole run as points on a chart, the longer ago the coarser: bounded, however long it goes on.

    from the interval      the last 10 min, kept by the charts themselves
    10 s                   the hour before
    60 s, 120 s, 240 s ..  all that was earlier; where a day's points are reached, neighbours are merged two by two

A coarse point never looks better than what it stands for: its rates are means over its time, so that counts can be
had back from them; its users, its percentiles and the age of its oldest ask are the highest that any of its points
showed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from math import floor

from lorax_tui.model.point import Latency, Point

STEPS_S = (10.0, 60.0)
KEPT = (360, 1440)
"""Seconds that a coarse point spans, and how many are kept, from the finer to the coarser."""


class History:
    """Takes the points that the charts let go, oldest first."""

    def __init__(self) -> None:
        self._fine = _Tier(STEPS_S[0])
        self._coarse = _Tier(STEPS_S[1])

    def push(self, point: Point) -> None:
        """Take one point more."""
        # One operation's latency over a day is nothing that anybody looks at: the protocols' is.
        latency = {subject: shown for subject, shown in point.latency.items() if not subject[1]}
        oldest_s = {subject: age_s for subject, age_s in point.oldest_s.items() if not subject[1]}
        self._fine.push(replace(point, latency=latency, oldest_s=oldest_s))
        if len(self._fine.points) > KEPT[0]:
            self._coarse.push(self._fine.points.pop(0))
        if len(self._coarse.points) > KEPT[1]:
            self._coarse.halve()

    def points(self) -> Iterator[Point]:
        """All of it, oldest first."""
        for tier in (self._coarse, self._fine):
            yield from tier.points
            if tier.pending:
                yield merged(tier.pending)


class _Tier:
    """Points of one coarseness, and those that wait until their step is over."""

    def __init__(self, step_s: float) -> None:
        self._step_s = step_s
        self.points: list[Point] = []
        self.pending: list[Point] = []

    def push(self, point: Point) -> None:
        if self.pending and self._step(point) != self._step(self.pending[0]):
            self.points.append(merged(self.pending))
            self.pending = []
        self.pending.append(point)

    def halve(self) -> None:
        """Be half as fine from here on, and for all that was."""
        self._step_s *= 2
        self.points = [merged(self.points[place : place + 2]) for place in range(0, len(self.points), 2)]

    def _step(self, point: Point) -> int:
        """Which step a point lies in, by its middle: its ends lie on the steps' own, give or take a millisecond."""
        return floor((point.at_s - point.lasted_s / 2) / self._step_s)


def merged(points: Sequence[Point]) -> Point:
    """One point in the place of several that follow each other."""
    lasted_s = sum(point.lasted_s for point in points)
    subjects = {subject for point in points for subject in point.latency}
    return replace(
        points[-1],
        lasted_s=lasted_s,
        ok_rate=sum(point.ok_rate * point.lasted_s for point in points) / lasted_s,
        bad_rate=sum(point.bad_rate * point.lasted_s for point in points) / lasted_s,
        users=max(point.users for point in points),
        users_wanted=max(point.users_wanted for point in points),
        latency={
            subject: _highest([point.latency[subject] for point in points if subject in point.latency])
            for subject in subjects
        },
        oldest_s={
            subject: max(point.oldest_s.get(subject, 0.0) for point in points)
            for subject in {subject for point in points for subject in point.oldest_s}
        },
    )


def _highest(latencies: Sequence[Latency]) -> Latency:
    return Latency(
        *(
            max((value for latency in latencies if (value := getattr(latency, name)) is not None), default=None)
            for name in ("p50_ms", "p95_ms", "p99_ms", "intended_p99_ms")
        )
    )
