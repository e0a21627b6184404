"""The records of a run with two phases, failures, an undecided rule and strings that would rather be something else."""

from __future__ import annotations

from lorax_tui.model.health import Health
from lorax_tui.model.histogram import Histogram
from lorax_tui.model.records import (
    HTTP,
    SOCKET_IO,
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

HOSTILE = "</script><script>alert(1)</script>\u2028 =1+1 | `x` <b onclick='a()'>&amp; ]]> \x00\ufffe"
FORMULAS = ("=1+1", "+1", "-1", "@A1", "\t=1", "\r=1", "＝1", "＋1", "－1", "＠A1")  # noqa: RUF001

RULES = {HTTP: ["p95 < 10ms", "p99 < 2s", "error_rate < 1%"], SOCKET_IO: ["p95 < 2s", "p99 < 5ms"]}


def latencies(*values_ms: float) -> Histogram:
    result = Histogram()
    for value_ms in values_ms:
        result.record(value_ms)
    return result


def tally(phase: int, settled: bool, protocol: str, name: str, *values_ms: float, bad: int = 0) -> Tally:
    errors = [ErrorCount("status", HOSTILE, bad)] if bad else []
    asks, latency = len(values_ms) + bad, latencies(*values_ms)
    return Tally(
        phase, settled, protocol, name, asks=asks, ok=len(values_ms), failed=bad, ok_latency=latency, errors=errors
    )


def records() -> list[Record]:
    """Twelve seconds of it."""
    found: list[Record] = [
        Header(
            "1.0", "20260101T000000Z-smoke-abc123", "http://127.0.0.1:8080", "2026-01-01T00:00:00+00:00",
            {"lorax-tui": "0.1.0"}, ["LoraxHttpUser"], config={"purpose": HOSTILE},
        ),
        Event(0.0, EventKind.SWITCH, "smoke", PhaseStart(1, "smoke", 5, 5, {"LoraxHttpUser": 1.0}, 6, RULES)),
    ]  # fmt: skip
    for second in range(12):
        phase, in_phase = (1, second) if second < 6 else (2, second - 6)
        if second == 6:
            start = PhaseStart(2, "medium", 50, 50, {"LoraxHttpUser": 1.0}, 6, RULES)
            found.append(Event(6.0, EventKind.SWITCH, HOSTILE, start))
        settled = in_phase > 0
        values = [1.2345 + 0.4321 * number * (second + 1) for number in range(30)]
        tallies = [
            tally(phase, settled, HTTP, "GET /health", *values, bad=4 if second == 8 else 0),
            tally(phase, settled, HTTP, HOSTILE, *values[:3]),
            tally(phase, settled, SOCKET_IO, "load_file", *values[:5]),
        ]
        users = {"LoraxHttpUser": UserCount(start_users := 5 if phase == 1 else 50, start_users)}
        settled_s = None if in_phase == 0 else phase * 6 - 5.0
        found.append(
            Interval(second, 1.0, phase, settled_s, tallies, users, Health(lag_p99_ms=1.5 + second, cpu_percent=20))
        )
        found.append(TargetSample(second + 1.0, 3.0, 42 + second % 2, 100.0 + second / 7))
    return [*found, Event(12.0, EventKind.STOP, "finished"), End(12.0, "finished")]
