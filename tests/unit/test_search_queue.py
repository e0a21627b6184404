"""A search of a target whose capacity is known, in a time of its own: a queue before workers, and users who think."""

from __future__ import annotations

from heapq import heapify, heappop, heappush
from random import Random

import pytest

from lorax_tui.model.histogram import Histogram
from lorax_tui.model.records import HTTP
from lorax_tui.model.rule import Rule
from lorax_tui.model.search import LEAD, RECOVERY, Bracket, Grade, Purpose, SearchPlan, Tried, next_try
from lorax_tui.model.thresholds import Verdict, judge

RULES = [Rule.parse(text) for text in ("p95 < 1s", "p99 < 2s")]
PLAN = SearchPlan(10, 1000, 20.0)
SPAWN_RATE = 15.0
GRADES = {Verdict.PASSED: Grade.HELD, Verdict.FAILED: Grade.BROKEN, Verdict.INCONCLUSIVE: Grade.UNDECIDED}


class Queue:
    """So many workers, each of which takes exactly `service_s` for an answer; users think for 0.5 to 2 s."""

    def __init__(self, workers: int, service_s: float, seed: int) -> None:
        self._free_s = [0.0] * workers
        self._service_s = service_s
        self._random = Random(seed)
        self._asks_s: list[float] = []

    def hold(self, users: int, from_s: float, lead_s: float, hold_s: float) -> Histogram:
        """What these users wait for once `lead_s` has passed; those of the load before stay, or leave."""
        self._asks_s = sorted(self._asks_s)[:users]
        self._asks_s += [from_s + self._random.random() for _ in range(users - len(self._asks_s))]
        heapify(self._asks_s)
        latency = Histogram()
        while self._asks_s[0] < from_s + lead_s + hold_s:
            ask_s = heappop(self._asks_s)
            done_s = max(ask_s, heappop(self._free_s)) + self._service_s
            heappush(self._free_s, done_s)
            if ask_s >= from_s + lead_s and done_s <= from_s + lead_s + hold_s:
                latency.record(1e3 * (done_s - ask_s))
            heappush(self._asks_s, done_s + self._random.uniform(0.5, 2))
        return latency


@pytest.mark.parametrize(("workers", "service_ms"), [(1, 40), (2, 50), (4, 100), (1, 8)])
def test_it_finds_the_capacity_of_a_queue_within_a_tenth_in_five_of_five_runs(workers: int, service_ms: int) -> None:
    capacity = workers / service_ms * 1000
    for seed in range(5):
        queue, now_s, tried = Queue(workers, service_ms / 1000, seed), 0.0, list[Tried]()
        rates: dict[int, float] = {}
        while (wanted := next_try(PLAN, tried, 900.0 - now_s, SPAWN_RATE)) is not None:
            now_s += abs(wanted.users - (tried[-1].users if tried else 0)) / SPAWN_RATE
            is_break = wanted.purpose is Purpose.RECOVER
            lead_s, hold_s = (0.0, RECOVERY * PLAN.hold_s) if is_break else (LEAD * PLAN.hold_s, PLAN.hold_s)
            latency = queue.hold(wanted.users, now_s, lead_s, hold_s)
            now_s += lead_s + hold_s
            grade = GRADES[Verdict.over([judge(HTTP, rule, latency, 0, latency.total).verdict for rule in RULES])]
            tried.append(Tried(wanted.users, wanted.purpose, grade, is_thin=grade is Grade.UNDECIDED))
            rates[wanted.users] = latency.total / hold_s
        bracket = Bracket.of(tried)
        assert bracket.held is not None and bracket.broken is not None and bracket.is_confirmed, tried
        assert 0.9 * capacity <= rates[bracket.held] <= 1.02 * capacity, (seed, bracket, rates)
