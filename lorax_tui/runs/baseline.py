"""Reads a recorded run as the baseline of others."""

from __future__ import annotations

from bisect import bisect_right
from pathlib import Path

from lorax_tui.model.baseline import Baseline, BaselinePhase
from lorax_tui.model.match import Load
from lorax_tui.model.phase import Phase
from lorax_tui.model.point import Latency, Point
from lorax_tui.model.records import Interval, Record
from lorax_tui.model.run import Run
from lorax_tui.runs import journal
from lorax_tui.runs.fold import fold_whole
from lorax_tui.runs.store import JOURNAL


def load_baseline(folder: Path) -> Baseline:
    """What is drawn of the run in a folder; takes a second for an hour of load.

    Raises:
        RunError: it cannot be read.
    """
    points: list[Point] = []

    def keep(run: Run, record: Record) -> None:
        if isinstance(record, Interval):
            points.append(run.charts.points[-1])

    run, phases = fold_whole(journal.read(folder / JOURNAL).records, keep)
    times = [point.at_s for point in points]
    found = []
    for phase in phases:
        end_s = run.elapsed_s if phase.end_s is None else phase.end_s
        shown = points[bisect_right(times, phase.start_s) : bisect_right(times, end_s)]
        found.append(_phase(phase, shown, run.elapsed_s))
    return Baseline(folder.name, tuple(found))


def _phase(phase: Phase, points: list[Point], elapsed_s: float) -> BaselinePhase:
    operations = {operation for point in points for operation in point.latency}
    rows = phase.view(elapsed_s).operations
    return BaselinePhase(
        scenario=phase.start.scenario,
        load=Load(phase.start.users, phase.start.mix, phase.start.requests_per_second),
        at_s=tuple(point.at_s - phase.start_s for point in points),
        ok_rate=tuple(point.ok_rate for point in points),
        p95_ms={
            operation: tuple(
                latency.p95_ms if (latency := point.latency.get(operation)) is not None else None for point in points
            )
            for operation in operations
        },
        settled={
            (row.protocol, row.name): Latency(row.p50_ms, row.p95_ms, row.p99_ms) for row in rows if not row.settling
        },
    )
