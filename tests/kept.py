"""Runs on disk, as they would have been kept, without any load."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from lorax_tui.model.health import Health
from lorax_tui.model.histogram import Histogram
from lorax_tui.model.records import (
    HTTP,
    SCHEMA,
    End,
    Event,
    EventKind,
    Header,
    Interval,
    PhaseStart,
    Record,
    TargetSample,
    UserCount,
)
from lorax_tui.model.tally import ErrorCount, Tally
from lorax_tui.runs import store
from lorax_tui.session.recording import Recording

AT = datetime(2026, 11, 23, 22, 13, 5, tzinfo=UTC)
HOST = "http://127.0.0.1:8080"
RULES = {HTTP: ["p95 < 1s", "error_rate < 50%"]}


def phase_start(at_s: float, phase: int, scenario: str, users: int = 5) -> Event:
    """A load that begins."""
    start = PhaseStart(phase, scenario, users, 5, {"LoraxHttpUser": 1.0}, duration_s=60, thresholds=RULES)
    return Event(at_s, EventKind.SWITCH, f"{scenario}: {users} users at 5/s", start)


def interval(second: int, phase: int, settled_s: float, asks: int = 60) -> Interval:
    """A second of load; every tenth has a failure."""
    latency = Histogram()
    for number in range(asks):
        latency.record(3 + (number * 7 + second) % 40)
    failed = [ErrorCount("status", f"answered {500}", 1)] if second % 10 == 9 else []
    tally = Tally(
        phase,
        settled_s <= second,
        HTTP,
        "GET /health",
        asks=asks + len(failed),
        ok=asks,
        failed=len(failed),
        ok_latency=latency,
        errors=failed,
    )
    users = {"LoraxHttpUser": UserCount(5, 5)}
    health = Health(lag_p99_ms=2.0, cpu_percent=20.0)
    return Interval(second, 1.0, phase, settled_s if settled_s <= second else None, [tally], users, health)


def records(seconds: int, switch_s: int | None = None) -> list[Record]:
    """What happens in so many seconds; from `switch_s` on it is another scenario."""
    happened: list[Record] = [phase_start(0.0, 1, "smoke")]
    phase, settled_s = 1, 2.0
    for second in range(seconds):
        if second == switch_s:
            phase, settled_s = 2, second + 2.0
            happened.append(phase_start(float(second), phase, "medium"))
        happened.append(TargetSample(second + 0.5, round_trip_ms=1.0, pid=7, rss_mb=100 + second / 10))
        happened.append(interval(second, phase, settled_s))
    return happened


def keep(
    runs_dir: Path, seconds: int = 20, after_s: int = 0, end: str | None = "finished", switch_s: int | None = None
) -> Path:
    """A run of so many seconds; without an `end` it is cut off."""
    began = AT + timedelta(seconds=after_s)
    folder = store.create_folder(runs_dir, began, "smoke")
    recording = Recording(folder, Header(SCHEMA, folder.name, HOST, began.isoformat(timespec="seconds")))
    for record in records(seconds, switch_s):
        recording.record(record)
    if end is None:
        recording._journal._release()
    else:
        recording.record(Event(float(seconds), EventKind.STOP, end))
        recording.end(float(seconds), end)
    assert isinstance(recording.run.end, End) == (end is not None)
    return folder
