"""The sliding window: at least 10 s, at least 100 answers where there are so many, and never of two phases."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from lorax_tui.model.health import Health
from lorax_tui.model.histogram import Histogram, merged
from lorax_tui.model.records import HTTP, Event, EventKind, Interval, PhaseStart
from lorax_tui.model.run import Run
from lorax_tui.model.tally import Tally
from lorax_tui.model.window import CHART_SHARES, ENOUGH_ANSWERS, SHORTEST_S, Window


def answers(count: int, value_ms: float = 1.0) -> Histogram:
    latency = Histogram()
    for _ in range(count):
        latency.record(value_ms)
    return latency


def pushed(counts: list[int]) -> Window:
    window = Window()
    for second, count in enumerate(counts):
        window.push(second, second + 1, answers(count))
    return window


def test_many_answers_make_it_ten_seconds_long() -> None:
    assert pushed([50] * 60).length_s == 10


def test_few_answers_make_it_as_long_as_a_hundred_of_them() -> None:
    assert pushed([2] * 120).length_s == 50
    assert pushed([1] * 99).length_s == 99


def test_a_burst_keeps_it_no_longer_than_it_must() -> None:
    assert pushed([1] * 30 + [100]).length_s == 10
    assert pushed([100] + [0] * 5 + [1] * 3).length_s == 9


@given(st.lists(st.tuples(st.sampled_from([0.5, 1.0, 3.0]), st.integers(0, 60)), min_size=1, max_size=60))
def test_it_is_the_shortest_stretch_that_is_long_and_full_enough(steps: list[tuple[float, int]]) -> None:
    window, parts, now_s = Window(), [], 0.0
    for number, (lasted_s, count) in enumerate(steps):
        part = (now_s, answers(count, value_ms=1.0 + number))
        now_s += lasted_s
        parts.append(part)
        window.push(part[0], now_s, part[1])
    fits = [
        start
        for start in range(len(parts))
        if now_s - parts[start][0] >= SHORTEST_S
        and sum(latency.total for _, latency in parts[start:]) >= ENOUGH_ANSWERS
    ]
    first = max(fits, default=0)
    assert window.length_s == now_s - parts[first][0]
    shown = window.latency()
    if shown is not None:
        whole = merged(latency for _, latency in parts[first:])
        assert [shown.p50_ms, shown.p95_ms, shown.p99_ms] == whole.percentiles(CHART_SHARES)


def test_ten_seconds_without_an_answer_are_a_gap() -> None:
    assert pushed([30] + [0] * 9).latency() is not None
    assert pushed([30] + [0] * 10).latency() is None
    assert pushed([30] + [0] * 10 + [1]).latency() is not None
    assert Window().latency() is None


def phase_start(phase: int, at_s: float) -> Event:
    return Event(at_s, EventKind.SWITCH, "", PhaseStart(phase, "smoke", 5, 5, {"LoraxHttpUser": 1.0}))


def second(at_s: float, phase: int, asked_in: int, value_ms: float) -> Interval:
    tally = Tally(asked_in, False, HTTP, "GET /health", asks=50, ok=50, ok_latency=answers(50, value_ms))
    return Interval(at_s, 1.0, phase, None, [tally], {}, Health())


def test_answers_to_asks_of_an_earlier_phase_are_in_no_window_of_this_one() -> None:
    run = Run()
    run.fold(phase_start(1, 0.0))
    run.fold(second(0.0, 1, asked_in=1, value_ms=900))
    run.fold(phase_start(2, 1.0))
    run.fold(second(1.0, 2, asked_in=1, value_ms=900))
    assert (HTTP, "") not in run.view().points[-1].latency
    run.fold(second(2.0, 2, asked_in=2, value_ms=5))
    latency = run.view().points[-1].latency[HTTP, ""]
    assert latency.p95_ms is not None and latency.p95_ms < 6


def test_an_interval_cut_between_a_change_and_its_coming_into_force_is_in_no_window_of_the_new_phase() -> None:
    run = Run()
    run.fold(phase_start(1, 0.0))
    run.fold(second(0.0, 1, asked_in=1, value_ms=900))
    run.fold(phase_start(2, 1.0))
    run.fold(second(1.0, 1, asked_in=1, value_ms=900))
    run.fold(second(2.0, 2, asked_in=2, value_ms=5))
    latency = run.view().points[-1].latency[HTTP, ""]
    assert latency.p95_ms is not None and latency.p95_ms < 6
