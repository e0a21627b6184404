"""What the charts of a report draw: columns of numbers, for the script in the page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from lorax_tui.model.phase_view import PhaseView
from lorax_tui.model.point import Point
from lorax_tui.model.records import Event, EventKind
from lorax_tui.model.rule import ERROR_RATE, RPS
from lorax_tui.model.sums import Operation
from lorax_tui.model.thresholds import MEMORY
from lorax_tui.runs.plain import Plain, rounded
from lorax_tui.runs.report.course import MOST_POINTS, Course, thinned

MOST_OPERATIONS = 12
"""Operations with a latency chart of their own, the most asked ones."""

MOST_MARKS = 200

_QUIET = {EventKind.LOG, EventKind.SNAPSHOT}


def series(course: Course) -> Plain:
    """All columns, `null` where there is no figure."""
    points, each = thinned(course.points)
    view = course.run.view()
    return {
        "each": each,
        "end_s": rounded(view.elapsed_s),
        "at_s": [rounded(point.at_s) for point in points],
        "ok": [rounded(point.ok_rate) for point in points],
        "bad": [rounded(point.bad_rate) for point in points],
        "users": [point.users for point in points],
        "wanted": [point.users_wanted for point in points],
        "latency": [_latency(operation, points) for operation in _shown(course, points)],
        "memory": [
            {"pid": pid, "at_s": [rounded(at_s) for at_s, _ in samples], "mb": [rounded(mb) for _, mb in samples]}
            for pid, samples in ((pid, _highest(samples)) for pid, samples in sorted(course.memory.items()))
        ],
        "phases": [_phase(phase) for phase in view.phases],
        "events": [_event(event) for event in course.events if event.kind not in _QUIET][:MOST_MARKS],
    }


def _shown(course: Course, points: Iterable[Point]) -> list[Operation]:
    """The protocols, then the operations that were asked most."""
    answered = {operation for point in points for operation in point.latency}
    asked = Counter({operation: total.count("asks") for operation, total in course.run.sums()[0].items()})
    protocols = sorted(operation for operation in answered if not operation[1])
    return protocols + [operation for operation, _ in asked.most_common() if operation in answered][:MOST_OPERATIONS]


def _latency(operation: Operation, points: list[Point]) -> Plain:
    shown = [point.latency.get(operation) for point in points]
    figures = {
        name: [None if latency is None else rounded(getattr(latency, f"{name}_ms")) for latency in shown]
        for name in ("p50", "p95", "p99", "intended_p99")
    }
    at_least = [rounded(point.at_least_ms(operation)) for point in points]
    return {"protocol": operation[0], "name": operation[1]} | figures | {"at_least": at_least}


def _phase(phase: PhaseView) -> Plain:
    limits = [
        {
            "protocol": judgement.protocol,
            "name": judgement.name,
            "metric": judgement.rule.metric,
            "ms": rounded(judgement.rule.limit),
        }
        for judgement in phase.judgements
        if judgement.protocol != MEMORY and judgement.rule.metric not in (ERROR_RATE, RPS)
    ]
    times = {"start_s": phase.start_s, "settled_s": phase.settled_s, "end_s": phase.end_s}
    name = f"{phase.scenario} {phase.users_wanted}" if phase.search else phase.scenario
    return {"scenario": name, "limits": limits} | {name: rounded(at_s) for name, at_s in times.items()}


def _event(event: Event) -> Plain:
    return {"at_s": rounded(event.at_s), "kind": str(event.kind), "text": event.text}


def _highest(samples: list[tuple[float, float | None]]) -> list[tuple[float, float | None]]:
    """So many samples that a chart can show; of those that share a place the highest stays, and a gap beside none."""
    each = -(-len(samples) // MOST_POINTS) or 1
    places = (samples[start : start + each] for start in range(0, len(samples), each))
    return [max(place, key=lambda sample: -1.0 if sample[1] is None else sample[1]) for place in places]
