"""The summary: the shape that other programs read, with the figures of the screen."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given, settings

from lorax_tui.errors import ExitCode
from lorax_tui.model.health import Health
from lorax_tui.model.histogram import Histogram
from lorax_tui.model.records import (
    HTTP,
    SOCKET_IO,
    End,
    Event,
    EventKind,
    Interval,
    PhaseStart,
    Record,
    TargetSample,
    UserCount,
)
from lorax_tui.model.run import Run
from lorax_tui.model.tally import ErrorCount, Tally
from lorax_tui.model.thresholds import Verdict
from lorax_tui.model.view import RunView
from lorax_tui.runs.summary import summary, verdict_exit
from tests.unit.strategies import HEADER, runs

TOP = {
    "schema", "run", "host", "started_at", "elapsed_s", "ended", "closed_loop", "users", "verdict", "phases",
    "operations", "errors", "target", "generator",
}  # fmt: skip
PHASE = {
    "scenario", "start_s", "settled_s", "end_s", "users_wanted", "users_peak", "mix", "operations", "protocols",
    "thresholds", "verdict",
}  # fmt: skip
OPERATION = {
    "kinds",
    "failed_p50_ms",
    "failed_p95_ms",
    "failed_max_ms",
    "oldest_s",
    "interrupted_oldest_s",
    "protocol", "name", "asks", "ok", "failed", "timeout", "busy", "disconnected", "interrupted", "late", "rps",
    "p50_ms", "p95_ms", "p99_ms", "max_ms", "settling_asks", "settling",
}  # fmt: skip


def folded(records: list[Record]) -> Run:
    run = Run()
    for record in records:
        run.fold(record)
    return run


def tally(settled: bool, protocol: str, name: str, ok: int, failed: int = 0) -> Tally:
    latency = Histogram()
    for _ in range(ok):
        latency.record(12.3456789)
    errors = [ErrorCount("status", "HTTP 500", failed)] if failed else []
    return Tally(1, settled, protocol, name, asks=ok + failed, ok=ok, failed=failed, ok_latency=latency, errors=errors)


def small_run() -> Run:
    rules = {HTTP: ["p95 < 1s", "error_rate < 1%"], SOCKET_IO: ["p99 < 5s", "max < 10ms"]}
    start = PhaseStart(1, "smoke", 5, 5, {"LoraxHttpUser": 2.0}, 60, rules)
    users = {"LoraxHttpUser": UserCount(5, 5, 1)}
    settling = [tally(False, HTTP, "GET /health", 7)]
    settled = [tally(True, HTTP, "GET /health", 97, failed=3), tally(True, SOCKET_IO, "load_file", 10)]
    return folded(
        [
            HEADER,
            Event(0.0, EventKind.SWITCH, "smoke", start),
            Interval(0.0, 1.0, 1, None, settling, users, Health(lag_p99_ms=1.5, cpu_percent=20)),
            TargetSample(1.0, 3.0, 42, 100.0),
            Interval(1.0, 1.0, 1, 1.0, settled, users, Health(lag_p99_ms=2.5, cpu_percent=30)),
            TargetSample(2.0, 3.0, 42, 101.5),
            End(2.0, "finished"),
        ]
    )


def test_the_shape_is_the_one_that_others_read() -> None:
    found = json.loads(json.dumps(summary(small_run()), allow_nan=False))
    assert found.keys() >= TOP
    (phase,) = found["phases"]
    assert phase.keys() >= PHASE
    assert all(operation.keys() >= OPERATION for operation in (*phase["operations"], *found["operations"]))
    assert phase["protocols"].keys() == {"HTTP", "Socket.IO"}
    assert found["errors"] == [
        {
            "operation": "HTTP GET /health",
            "kind": "status",
            "message": "HTTP 500",
            "example": None,
            "count": 3,
            "first_s": 2.0,
            "last_s": 2.0,
        }
    ]
    assert found["target"] == {
        "samples": 2,
        "pids": {
            "42": {
                "rss_mb": {"first": 100.0, "last": 101.5, "max": 101.5},
                "vms_mb": None,
                "file_cache_size": None,
                "gone": False,
                "slope_mb_per_min": None,
            }
        },
        "restarts": 0,
    }
    generator = found["generator"]
    assert (generator["lag_p99_ms"], generator["cpu_p95_percent"], generator["bound"]) == (2.5, 30.0, False)
    assert (generator["file_limit"], generator["peaks"]["cpu_percent"]) == (None, 30.0)
    assert generator["peaks"]["ui_tick_ms"] is generator["peaks"]["open_files"] is None
    assert found["users"] == {"LoraxHttpUser": {"actual": 5, "wanted": 5, "draining": 1}}
    assert (found["ended"], found["elapsed_s"], found["closed_loop"]) == ("finished", 2.0, True)


def test_counts_are_of_the_whole_phase_and_figures_of_its_settled_part() -> None:
    found = summary(small_run())
    health, load_file = found["phases"][0]["operations"]
    assert (health["asks"], health["settling_asks"], health["failed"], health["settling"]) == (107, 7, 3, False)
    assert (health["rps"], health["max_ms"]) == (100, 12.346)
    assert (load_file["asks"], load_file["rps"], load_file["p50_ms"]) == (10, 10, pytest.approx(12.346, rel=1e-3))
    assert load_file["p95_ms"] is load_file["p99_ms"] is None


def test_thresholds_are_in_the_unit_of_their_rule() -> None:
    shown = {
        (row["protocol"], row["rule"]): (row["unit"], row["value"], row["limit"], row["passed"], row["verdict"])
        for row in summary(small_run())["phases"][0]["thresholds"]
    }
    assert shown == {
        ("HTTP", "p95 < 1s"): ("ms", pytest.approx(12.346, rel=1e-3), 1000, True, "passed"),
        ("HTTP", "error_rate < 1%"): ("%", 3.0, 1.0, False, "failed"),
        ("Socket.IO", "p99 < 5s"): ("ms", 12.346, 5000, True, "passed"),
        ("Socket.IO", "max < 10ms"): ("ms", 12.346, 10, False, "failed"),
    }
    assert summary(small_run())["verdict"] == "failed"


def test_an_undecided_rule_has_neither_passed_nor_failed() -> None:
    start = PhaseStart(1, "smoke", 5, 5, {"A": 1.0}, None, {HTTP: ["error_rate < 1%"]}, True)
    found = summary(folded([HEADER, Event(0.0, EventKind.SWITCH, "", start), Interval(0.0, 1.0, 1)]))
    (row,) = found["phases"][0]["thresholds"]
    assert (row["value"], row["passed"], row["verdict"]) == (None, None, "inconclusive")


def test_what_the_memory_does_is_told_by_phase_and_worker() -> None:
    start = PhaseStart(1, "sustained", 5, 5, {"A": 1.0}, max_growth_mb_per_min=1.0)
    records: list[Record] = [HEADER, Event(0.0, EventKind.SWITCH, "", start), Interval(0.0, 1.0, 1, 0.5)]
    records += [TargetSample(1.0 + second, 2.0, 7, 100.0 + second / 20, 900.0, 3) for second in range(900)]
    found = summary(folded([*records, End(901.0, "finished")]))
    (phase,) = found["phases"]
    assert phase["memory"] == {
        "7": {
            "standing": "growing",
            "mb_per_min": 3,
            "low_mb_per_min": 3,
            "high_mb_per_min": 3,
            "watched_s": pytest.approx(895, abs=5),
        }
    }
    (row,) = phase["thresholds"]
    assert (row["rule"], row["unit"], row["value"], row["verdict"]) == ("rss_growth < 1 MB/min", "MB/min", 3, "failed")
    assert (found["verdict"], phase["verdict"]) == ("failed", "failed")
    worker = found["target"]["pids"]["7"]
    assert (worker["slope_mb_per_min"], worker["vms_mb"], worker["file_cache_size"], worker["gone"]) == (
        3,
        900,
        3,
        False,
    )


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(runs())
def test_any_run_can_be_said_in_json_and_totals_are_sums(records: list[Record]) -> None:
    found = json.loads(json.dumps(summary(folded(records)), allow_nan=False))
    for total in found["operations"]:
        rows = [
            row
            for phase in found["phases"]
            for row in phase["operations"]
            if (row["protocol"], row["name"]) == (total["protocol"], total["name"])
        ]
        for count in ("asks", "ok", "failed", "timeout", "busy", "disconnected", "interrupted", "late", "in_flight"):
            assert total[count] == sum(row[count] for row in rows)


def test_nothing_happened_yet() -> None:
    found = summary(Run())
    assert (found["verdict"], found["phases"], found["ended"]) == ("inconclusive", [], None)


@pytest.mark.parametrize(
    ("verdict", "code"),
    [
        (Verdict.PASSED, ExitCode.PASSED),
        (Verdict.FAILED, ExitCode.THRESHOLDS),
        (Verdict.INCONCLUSIVE, ExitCode.INCONCLUSIVE),
    ],
)
def test_a_verdict_is_told_to_the_shell(verdict: Verdict, code: ExitCode) -> None:
    assert verdict_exit(RunView(verdict=verdict)) == code
