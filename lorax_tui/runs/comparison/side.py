"""A recorded run as one side of a comparison: its fold, and the settled part of each phase in slices.

Figures come from the fold, which is what the summary prints; the slices only tell how much they vary.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from lorax_tui.model.phase import Phase
from lorax_tui.model.records import Interval, Record, TargetSample
from lorax_tui.model.run import Run
from lorax_tui.model.sums import Operation
from lorax_tui.model.tally import Tally
from lorax_tui.runs.fold import fold_whole

MOST_SLICES = 40
"""Slices of a phase; what is longer than so many intervals has several of them in each, in a row."""


@dataclass(slots=True)
class Slice:
    """What was counted in one stretch of the settled part of a phase."""

    lasted_s: float
    tallies: dict[Operation, Tally] = field(default_factory=dict)

    def add(self, tally: Tally) -> None:
        """Count a tally in."""
        operation = (tally.protocol, tally.name)
        if operation not in self.tallies:
            self.tallies[operation] = Tally(tally.phase, True, *operation)
        self.tallies[operation].absorb(tally)

    def extend(self, later: Slice) -> None:
        """Make one stretch of this one and the next."""
        self.lasted_s += later.lasted_s
        for tally in later.tallies.values():
            self.add(tally)


class Side:
    """Folds the records of a run and keeps what a comparison needs beside the fold."""

    def __init__(self, records: Iterable[Record]) -> None:
        self.memory: dict[int, list[tuple[float, float]]] = {}
        """(seconds, resident MB) by pid; all there are."""
        self._intervals: list[Interval] = []
        self.run, self.phases = fold_whole(records, self._keep)

    def _keep(self, _run: Run, record: Record) -> None:
        if isinstance(record, Interval):
            self._intervals.append(record)
        elif isinstance(record, TargetSample) and record.pid is not None and record.rss_mb is not None:
            self.memory.setdefault(record.pid, []).append((record.at_s, record.rss_mb))

    @property
    def name(self) -> str:
        """The name of the run."""
        return self.run.header.run if self.run.header else ""

    def end_s(self, phase: Phase) -> float:
        """When a phase was over; that of a run that was cut off ends with its last record."""
        return self.run.elapsed_s if phase.end_s is None else phase.end_s

    def settled_for_s(self, phase: Phase) -> float | None:
        """Length of the settled part of a phase, if there is one."""
        return phase.settled_for_s(self.run.elapsed_s)

    def slices(self, phase: Phase) -> list[Slice]:
        """The settled part of a phase in stretches of about the same length, in their order.

        An answer that came after the phase had ended belongs to the last of them; what stood still is in none.
        """
        found: list[Slice] = []
        if phase.settled_s is None:
            return found
        number, end_s = phase.start.phase, self.end_s(phase)
        for interval in self._intervals:
            until_s = interval.began_s + interval.lasted_s
            lasted_s = min(until_s, end_s) - max(interval.began_s, phase.settled_s)
            if lasted_s > 0 and not interval.stood_still_s:
                found.append(Slice(lasted_s))
            if found and until_s > phase.settled_s:
                for tally in interval.tallies:
                    if tally.phase == number and tally.settled:
                        found[-1].add(tally)
        return _in_rows(found)


def _in_rows(slices: list[Slice]) -> list[Slice]:
    """At most `MOST_SLICES`, each of as many neighbours as the others, give or take one."""
    rows = min(len(slices), MOST_SLICES)
    result: list[Slice] = []
    for place, part in enumerate(slices):
        if place * rows // len(slices) == len(result):
            result.append(part)
        else:
            result[-1].extend(part)
    return result
