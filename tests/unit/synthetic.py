"""Journals of runs that never were: operations with latencies drawn from a seeded model, second by second."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random

from msgspec.structs import replace

from lorax_tui.model.records import (
    HTTP,
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
from lorax_tui.model.tally import Tally

OPERATIONS = {"GET /health": (12, 3.0), "GET /projects": (6, 9.0), "GET /tree": (3, 40.0), "POST /login": (1, 15.0)}
"""Asks a second and median in ms."""


@dataclass(frozen=True)
class Target:
    """How the target behaves; the defaults are those of a busy one: a drift, pauses, and a tail."""

    slower_ms: Mapping[str, float] = field(default_factory=dict)
    """What is added to every answer, by operation."""
    failing: Mapping[str, float] = field(default_factory=dict)
    """The share of asks that fails, by operation."""
    tail: float = 0.35
    """Sigma of the lognormal latencies."""
    drift: float = 0.05
    """Standard deviation of the medians of the seconds, each of which keeps 0.7 of the last one's."""
    pauses: float = 0.03
    """Share of the seconds in which half of the asks wait for 60 ms more."""
    slope_mb_per_min: float = 0.0
    speed: float = 1.0
    """Times as many asks."""


HEADER = Header("1.0", "made", "http://127.0.0.1:8080", "2026-01-01T00:00:00+00:00")
MIX = {"LoraxHttpUser": 1.0}


def made_run(seed: int, seconds: int = 60, target: Target | None = None, **changes: object) -> list[Record]:
    """A run of one phase; `changes` are of its `PhaseStart`."""
    target = target or Target()
    random = Random(seed)
    start = PhaseStart(**({"phase": 1, "scenario": "made", "users": 10, "spawn_rate": 10, "mix": MIX} | changes))
    users = {"LoraxHttpUser": UserCount(start.users, start.users)}
    records: list[Record] = [HEADER, Event(0.0, EventKind.SWITCH, start.scenario, start)]
    drift = 0.0
    for second in range(seconds):
        drift = 0.7 * drift + random.gauss(0, target.drift * 0.71)
        pause = random.random() < target.pauses
        tallies = [_tally(random, name, target, 1 + drift, pause) for name in OPERATIONS]
        records.append(Interval(float(second), 1.0, 1, 0.0, tallies, users))
        resident = 400 + target.slope_mb_per_min * second / 60 + random.gauss(0, 0.5)
        records.append(TargetSample(second + 0.5, 2.0, 42, resident))
    return [*records, End(float(seconds), "finished")]


def two_phases(seed: int, first: str, second: str) -> list[Record]:
    """A run of two phases of half a minute."""
    records = made_run(seed, 30, scenario=first)[:-1]
    start = PhaseStart(2, second, 10, 10, MIX)
    records.append(Event(30.0, EventKind.SWITCH, second, start))
    for record in made_run(seed + 100, 30):
        if isinstance(record, Interval):
            tallies = [replace(tally, phase=2) for tally in record.tallies]
            records.append(replace(record, began_s=record.began_s + 30, phase=2, settled_s=30.0, tallies=tallies))
    return [*records, End(60.0, "finished")]


def _tally(random: Random, name: str, target: Target, pace: float, pause: bool) -> Tally:
    rate, median_ms = OPERATIONS[name]
    rate *= target.speed
    tally = Tally(1, True, HTTP, name, asks=max(0, round(random.gauss(rate, rate**0.5))))
    for _ in range(tally.asks):
        value_ms = median_ms * pace * random.lognormvariate(0, target.tail) + target.slower_ms.get(name, 0.0)
        if pause and random.random() < 0.5:
            value_ms += 60
        if random.random() < target.failing.get(name, 0.0):
            tally.failed += 1
            tally.failed_latency.record(value_ms)
        else:
            tally.ok += 1
            tally.ok_latency.record(value_ms)
    return tally
