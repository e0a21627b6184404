"""The course of a run from its first record to its last. The screen forgets what scrolled out; a report does not."""

from __future__ import annotations

from collections.abc import Iterable

from lorax_tui.model.history import merged
from lorax_tui.model.point import Point
from lorax_tui.model.records import Event, Interval, Record, TargetSample
from lorax_tui.model.run import Run

MOST_POINTS = 3_600
"""Points of a chart; a longer run has several intervals in each."""


class Course:
    """A run, folded record by record, with all its points, samples and events."""

    def __init__(self, records: Iterable[Record], notice: str = "") -> None:
        self.run = Run()
        self.notice = notice
        """What is missing of the record, in one line; empty where nothing is."""
        self.points: list[Point] = []
        self.memory: dict[int, list[tuple[float, float | None]]] = {}
        """(seconds, resident MB) of every sample, by pid; `None` where the target told nothing."""
        self.events: list[Event] = []
        for record in records:
            self._fold(record)

    def _fold(self, record: Record) -> None:
        self.run.fold(record)
        match record:
            case Interval():
                self.points.append(self.run.charts.points[-1])
            case TargetSample(at_s=at_s, pid=int(pid), rss_mb=float(rss_mb), error=None):
                self.memory.setdefault(pid, []).append((at_s, rss_mb))
            case TargetSample(at_s=at_s):
                for samples in self.memory.values():
                    if samples[-1][1] is not None:
                        samples.append((at_s, None))
            case Event():
                self.events.append(record)


def thinned(points: list[Point], most: int = MOST_POINTS) -> tuple[list[Point], int]:
    """So many points at most, and how many intervals each stands for: rates are means, all else the highest."""
    each = -(-len(points) // most) or 1
    if each == 1:
        return points, 1
    return [merged(points[start : start + each]) for start in range(0, len(points), each)], each
