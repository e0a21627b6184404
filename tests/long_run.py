"""A made-up run of any length, as records: several operations, phases that follow each other, errors, a target."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from msgspec.structs import replace

from lorax_tui.model.health import Health
from lorax_tui.model.histogram import Histogram
from lorax_tui.model.records import (
    HTTP,
    SOCKET_IO,
    Event,
    EventKind,
    Interval,
    PhaseStart,
    Record,
    TargetSample,
    UserCount,
)
from lorax_tui.model.tally import ErrorCount, Tally

OPERATIONS = (
    (HTTP, "GET /health", 10),
    (HTTP, "GET /projects", 5),
    (HTTP, "GET /memory_status", 3),
    (HTTP, "POST /init-session", 1),
    (SOCKET_IO, "ping", 10),
    (SOCKET_IO, "load_file", 1),
)
"""Protocol, name and share."""

RULES = {HTTP: ["p95 < 1s", "error_rate < 1%"], SOCKET_IO: ["p95 < 2s"]}
USERS = {"LoraxHttpUser": UserCount(25, 25), "LoraxSocketUser": UserCount(25, 25)}


def long_run(seconds: int, rate: int = 300, phase_s: int = 60, seed: int = 1) -> Iterator[Record]:
    """The records of each second.

    Args:
        rate: answers a second.
        phase_s: how long every phase lasts.
    """
    random = Random(seed)
    pool = [_second(random, rate) for _ in range(20)]
    for second in range(seconds):
        phase = second // phase_s + 1
        if second % phase_s == 0:
            start = PhaseStart(phase, f"scenario {phase % 8}", 50, 10, {"LoraxHttpUser": 1.0}, phase_s, RULES)
            yield Event(float(second), EventKind.SWITCH, f"phase {phase}", start)
        tallies = [replace(tally, phase=phase) for tally in random.choice(pool)]
        tallies[0].errors = [ErrorCount("application", f"tree {random.randrange(10**9)} of {random.random()}", 3)]
        health = Health(0.1, random.uniform(1, 9), 12.0, 40.0, 50.0, 120.0, 80, 1024, 25, 25)
        yield Interval(float(second), 1.0, phase, float(phase_s * (phase - 1)), tallies, USERS, health)
        yield TargetSample(second + 0.5, 3.0, 1000 + second // 3600, 400 + random.random())


def _second(random: Random, rate: int) -> list[Tally]:
    shares = sum(share for _, _, share in OPERATIONS)
    tallies = []
    for protocol, name, share in OPERATIONS:
        ok = rate * share // shares
        latency = Histogram()
        for _ in range(ok):
            latency.record(random.lognormvariate(1, 0.6))
        failed = 3 if not tallies else 0
        tallies.append(Tally(1, True, protocol, name, ok + failed, ok, failed, ok_latency=latency))
    return tallies
