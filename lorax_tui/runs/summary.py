"""The summary of a run: the same figures as on the screen, in plain values for a file.

Every report prints these figures, so that no two of them differ in a digit.

`None` is unknown or too few answers. Counts of an operation are of the whole phase, `settling_asks` of its first part;
`rps` and latencies are of the settled part, or of the settling one where nothing had settled (`settling`); those of
asks that failed or timed out stand apart as `failed_*`. `kinds` divides `failed` and nothing else.
Value and limit of a threshold are in its `unit`; `error_rate` of a protocol is a share of 1.
"""

from __future__ import annotations

import msgspec

from lorax_tui.errors import ExitCode
from lorax_tui.model.crew import order
from lorax_tui.model.doubts import doubts
from lorax_tui.model.growth import Growth
from lorax_tui.model.pace import PaceView
from lorax_tui.model.phase_view import OperationView, PhaseView, ProtocolView
from lorax_tui.model.records import CRASH, SCHEMA, UserCount
from lorax_tui.model.run import Run
from lorax_tui.model.stages import StageMark
from lorax_tui.model.target_view import PidView
from lorax_tui.model.thresholds import Verdict
from lorax_tui.model.view import ErrorView, RunView
from lorax_tui.runs.generator import generator
from lorax_tui.runs.plain import Plain, rounded, threshold
from lorax_tui.runs.searched import searched

_EXIT_CODES = {
    Verdict.PASSED: ExitCode.PASSED,
    Verdict.FAILED: ExitCode.THRESHOLDS,
    Verdict.INCONCLUSIVE: ExitCode.INCONCLUSIVE,
}
_LATENCIES = ("p50_ms", "p95_ms", "p99_ms", "max_ms", "intended_p50_ms", "intended_p95_ms", "intended_p99_ms")
_APART = ("failed_p50_ms", "failed_p95_ms", "failed_max_ms", "oldest_s", "interrupted_oldest_s")
_PACE_RATES = ("requests_per_second", "offered_rps", "achieved_rps")
_PACE_COUNTS = ("seed", "offered", "started", "missed", "settling_missed", "never_started")
_COUNTS = ("asks", "ok", "failed", "timeout", "busy", "disconnected", "interrupted", "late", "in_flight")


def summary(run: Run) -> Plain:
    """Everything there is to say about a run, ready for JSON."""
    view = run.view()
    return {
        "schema": SCHEMA,
        "run": view.run,
        "host": view.host,
        "started_at": view.started_at,
        "elapsed_s": rounded(view.elapsed_s),
        "ended": view.ended,
        "ended_by_guard": view.ended_by_guard,
        "closed_loop": view.closed_loop,
        "users": {name: _users(count) for name, count in view.users.items()},
        "verdict": str(view.verdict),
        "earlier_phases": view.earlier_phases,
        "phases": [_phase(phase) for phase in view.phases],
        "searches": [searched(search) for search in view.searches],
        "operations": [_operation(operation) for operation in run.totals()],
        "errors": [_error(error) for error in view.errors],
        "target": {
            "samples": view.target.samples,
            "pids": {str(pid.pid): _pid(pid) for pid in view.target.pids},
            "restarts": view.target.restarts,
        },
        "generator": generator(view),
    }


def verdict_exit(view: RunView) -> ExitCode:
    """What the shell is told of a run that came to its end."""
    if view.ended == CRASH:
        return ExitCode.UNEXPECTED
    return ExitCode.GUARD if view.ended_by_guard else _EXIT_CODES[view.verdict]


def _users(count: UserCount) -> Plain:
    return {"actual": count.actual, "wanted": count.wanted, "draining": count.draining}


def _phase(phase: PhaseView) -> Plain:
    return {
        "number": phase.number,
        "scenario": phase.scenario,
        "start_s": rounded(phase.start_s),
        "settled_s": rounded(phase.settled_s),
        "end_s": rounded(phase.end_s),
        "users_wanted": phase.users_wanted,
        "users_peak": phase.users_peak,
        "spawn_rate": phase.spawn_rate,
        "mix": phase.mix,
        "operations": [_operation(operation) for operation in phase.operations],
        "protocols": {protocol.protocol: _protocol(protocol) for protocol in phase.protocols},
        "thresholds": [threshold(judgement) for judgement in phase.judgements],
        "memory": {str(pid): _growth(growth) for pid, growth in phase.growths.items()},
        "generator_bound": phase.bound,
        "workers_bound": sorted(phase.bound_workers, key=order),
        "seconds_lost": phase.seconds_lost,
        "users_missing": phase.users_missing,
        "task_exceptions": phase.exceptions,
        "doubts": doubts([phase]),
        **_pace(phase.pace),
        "stage": None if phase.stage is None else _stage(phase.stage),
        "search": None if phase.search is None else str(phase.search.purpose),
        "verdict": str(phase.verdict),
    }


def _stage(stage: StageMark) -> Plain:
    """Which of a scenario's stages a phase was, and which were to follow."""
    return {
        "number": stage.number,
        "of": stage.count,
        "ahead": [msgspec.to_builtins(planned) for planned in stage.ahead],
    }


def _pace(pace: PaceView | None) -> Plain:
    """How a paced phase kept to its schedule; `None` throughout where the loop is closed."""
    rates = {name: rounded(getattr(pace, name, None)) for name in _PACE_RATES}
    return {"closed_loop": pace is None, **rates, **{name: getattr(pace, name, None) for name in _PACE_COUNTS}}


def _operation(operation: OperationView) -> Plain:
    return {
        "protocol": operation.protocol,
        "name": operation.name,
        **{name: getattr(operation, name) for name in _COUNTS},
        "kinds": operation.kinds,
        "settling_asks": operation.settling_asks,
        "settling": operation.settling,
        **_figures(operation),
        **{name: rounded(getattr(operation, name)) for name in _APART},
    }


def _protocol(protocol: ProtocolView) -> Plain:
    return {
        "asks": protocol.asks,
        "ok": protocol.ok,
        "bad": protocol.bad,
        "in_flight": protocol.in_flight,
        "error_rate": rounded(protocol.error_rate, 6),
        **_figures(protocol),
    }


def _figures(row: OperationView | ProtocolView) -> Plain:
    return {"rps": rounded(row.rps), **{name: rounded(getattr(row, name)) for name in _LATENCIES}}


def _error(error: ErrorView) -> Plain:
    return {
        "operation": f"{error.protocol} {error.name}",
        "kind": error.kind,
        "message": error.message,
        "example": error.example or None,
        "count": error.count,
        "first_s": rounded(error.first_s),
        "last_s": rounded(error.last_s),
    }


def _pid(pid: PidView) -> Plain:
    return {
        "rss_mb": {"first": rounded(pid.first_mb), "last": rounded(pid.rss_mb), "max": rounded(pid.max_mb)},
        "vms_mb": rounded(pid.vms_mb),
        "file_cache_size": pid.file_cache_size,
        "gone": pid.gone,
        "slope_mb_per_min": rounded(pid.slope_mb_per_min),
    }


def _growth(growth: Growth) -> Plain:
    return {
        "standing": str(growth.standing),
        "mb_per_min": rounded(growth.mb_per_min),
        "low_mb_per_min": rounded(growth.low_mb_per_min),
        "high_mb_per_min": rounded(growth.high_mb_per_min),
        "watched_s": rounded(growth.watched_s),
    }
