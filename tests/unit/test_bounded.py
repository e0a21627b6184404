"""What a day and a hostile target may cost: nothing grows, and every count stays exact."""

from __future__ import annotations

import gc
import os
import string
from random import Random

import psutil
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lorax_tui.engine.recorder import Recorder
from lorax_tui.model.charts import KEPT_POINTS
from lorax_tui.model.error_counts import MOST_ERRORS, ErrorCounts
from lorax_tui.model.groups import MOST_GROUPS, MOST_OF_OPERATION
from lorax_tui.model.history import KEPT, History, merged
from lorax_tui.model.past import KEPT_VIEWS, KEPT_WHOLE
from lorax_tui.model.pattern import pattern
from lorax_tui.model.point import Latency, Point
from lorax_tui.model.records import HTTP, Event, EventKind, Interval, PhaseStart
from lorax_tui.model.run import Run
from lorax_tui.model.tally import Tally
from lorax_tui.model.thresholds import Verdict
from lorax_tui.runs.summary import summary
from tests.long_run import OPERATIONS, long_run


def rss_mb() -> float:
    gc.collect()
    return psutil.Process(os.getpid()).memory_info().rss / 2**20


BODIES = [
    "x" * 4000,
    "".join(Random(1).choices(string.ascii_letters, k=4000)),
    "".join(map(chr, Random(2).choices(range(0x20, 0x2FFF), k=400))) * 10,
    "[@click=quit]\x1b[2J\x1b]52;c;aGk=\x07" * 100,
]


def hostile(number: int) -> str:
    """A text of up to 4 kB that no other is equal to: some differ in their numbers only, most in their letters."""
    if number % 4 == 0:
        return f"row {number} of {number:032x}: {BODIES[0][: number % 4000]}"
    letters = "".join(string.ascii_letters[number // 52**place % 52] for place in range(4))
    return f"{letters} {BODIES[number % 4][: number % 4000]}"


def test_unique_errors_cost_no_memory_and_every_one_is_counted() -> None:
    recorder, run = Recorder(), Run()
    names = ["GET /a", "GET /b", "GET /c"]
    recorder.phase = 1
    run.fold(Event(0.0, EventKind.SWITCH, "", PhaseStart(1, "hostile", 5, 5, {"LoraxHttpUser": 1.0})))
    number, before_mb = 0, 0.0
    for second in range(200):
        for _ in range(200):
            number += 1
            recorder.begin(HTTP, names[number % 3]).failed("application", hostile(number), 5.0)
        run.fold(Interval(float(second), 1.0, 1, 0.5, recorder.cut()))
        run.view()
        if second == 20:
            before_mb = rss_mb()
    assert rss_mb() - before_mb < 4, "were they kept, and no longer than they are shown, it would be 12"
    view = run.view()
    assert sum(error.count for error in view.errors) == number
    assert sum(row.failed for row in run.totals()) == number
    for row in run.totals():
        assert sum(error.count for error in view.errors if error.name == row.name) == row.failed
    assert len(view.errors) <= MOST_GROUPS + len(names)


def test_a_flood_at_one_operation_leaves_room_for_the_others() -> None:
    recorder, run = Recorder(), Run()
    for second in range(20):
        for letters in string.ascii_letters:
            recorder.begin(HTTP, "GET /flood").failed("application", letters * (second + 1))
        run.fold(Interval(float(second), 1.0, 0, None, recorder.cut()))
    recorder.begin(HTTP, "GET /quiet").failed("refused", "Connection refused")
    run.fold(Interval(20.0, 1.0, 0, None, recorder.cut()))
    rows = {(error.name, error.kind): error.count for error in run.view().errors if error.kind != "application"}
    flood = [error for error in run.view().errors if error.name == "GET /flood"]
    assert rows["GET /quiet", "refused"] == 1
    assert rows["GET /flood", "other"] == 20 * 52 - sum(e.count for e in flood if e.kind == "application")
    assert len(flood) == MOST_OF_OPERATION + 1


def test_errors_that_differ_in_numbers_only_are_one_group_with_an_example() -> None:
    recorder, run = Recorder(), Run()
    for second in range(3):
        for number in range(4):
            text = f"tree {second * 10 + number} of 7f3a9c21 is not in 123e4567-e89b-12d3-a456-42661417400{number}"
            recorder.begin(HTTP, "GET /tree").failed("application", text)
        recorder.begin(HTTP, "GET /tree").failed("application", "no session 7")
        run.fold(Interval(float(second), 1.0, 0, None, recorder.cut()))
    found = {error.message: error for error in run.view().errors}
    assert set(found) == {"tree # of # is not in #", "no session 7"}
    trees = found["tree # of # is not in #"]
    assert (trees.count, trees.example) == (12, "tree 0 of 7f3a9c21 is not in 123e4567-e89b-12d3-a456-426614174000")
    assert (found["no session 7"].count, found["no session 7"].example) == (3, "")


def test_the_numbers_of_a_status_tell_it_apart() -> None:
    errors = ErrorCounts()
    for message in ("HTTP 404", "HTTP 500", "HTTP 500"):
        errors.add("status", message)
    assert {(error.message, error.count) for error in errors.records()} == {("HTTP 404", 1), ("HTTP 500", 2)}


@given(st.text(max_size=60))
def test_the_pattern_of_a_pattern_is_itself(text: str) -> None:
    assert pattern("application", pattern("application", text)) == pattern("application", text)


@given(st.lists(st.tuples(st.sampled_from(["application", "json", "status"]), st.text(max_size=3)), max_size=200))
def test_an_interval_tells_of_so_many_groups_and_counts_all(errors: list[tuple[str, str]]) -> None:
    counts, moved = ErrorCounts(), ErrorCounts()
    for kind, message in errors:
        counts.add(kind, message)
    moved.absorb(counts.records())
    for records in (counts.records(), moved.records()):
        assert sum(error.count for error in records) == len(errors)
        assert len(records) <= MOST_ERRORS + 1


def test_a_long_run_keeps_no_more_than_a_short_one() -> None:
    """Four simulated hours of a new phase every 20 s; what an hour leaves behind is all there is."""
    run = Run()
    grown_mb: list[float] = []
    asked = 0
    for record in long_run(4 * 3600, rate=31, phase_s=20):
        run.fold(record)
        if isinstance(record, Interval):
            asked += sum(tally.asks for tally in record.tallies)
            if (record.began_s + 1) % 3600 == 0:
                run.view()
                grown_mb.append(rss_mb())
    assert grown_mb[-1] - grown_mb[1] < 5, grown_mb
    view = run.view()
    assert len(run.phases) <= KEPT_WHOLE + 1 and len(view.points) == KEPT_POINTS
    assert len(view.phases) + view.earlier_phases == 4 * 3600 / 20 == view.phases[-1].number
    assert len(view.phases) <= KEPT_VIEWS + KEPT_WHOLE + 1
    assert sum(row.asks for row in run.totals()) == asked
    assert sum(row.ok + row.failed for row in run.totals()) == asked
    assert len(run.totals()) == len(OPERATIONS)
    assert summary(run)["earlier_phases"] == view.earlier_phases > 0


def test_a_phase_that_is_no_longer_kept_is_in_the_verdict_and_in_the_totals() -> None:
    recorder, run = Recorder(), Run()
    count = KEPT_WHOLE + KEPT_VIEWS + 30
    hung = None
    for number in range(1, count + 1):
        at_s = 2.0 * number
        rules = {HTTP: ["p95 < 1s"]}
        run.fold(Event(at_s, EventKind.SWITCH, "", PhaseStart(number, "s", 5, 5, {"A": 1.0}, thresholds=rules)))
        recorder.phase, recorder.settled = number, True
        for _ in range(20):
            recorder.begin(HTTP, "GET /health").ok(5000.0 if number == 2 else 1.0)
        if number == 3:
            hung = recorder.begin(HTTP, "GET /hangs")
        for half in (0, 1):
            run.fold(Interval(at_s + half, 1.0, number, at_s, recorder.cut()))
        if number == KEPT_WHOLE + 10:  # an ask that still hangs keeps its phase, and those after it, whole
            assert run.phases[0].start.phase == 3
            assert hung is not None
            hung.timeout("no answer within 60 s")
            hung.late()
    view = run.view()
    assert 2 not in [phase.number for phase in view.phases] and view.earlier_phases > 0
    assert view.verdict is Verdict.FAILED
    totals = {row.name: row for row in run.totals()}
    assert totals["GET /health"].ok == 20 * count
    assert (totals["GET /hangs"].timeout, totals["GET /hangs"].late) == (1, 1)


def point(at_s: float, ok_rate: float, users: int = 5, p99_ms: float | None = None, lasted_s: float = 1.0) -> Point:
    latency = {(HTTP, ""): Latency(1.0, None, p99_ms), (HTTP, "GET /health"): Latency(1.0, 2.0, 3.0)}
    return Point(at_s, ok_rate, 1.0, users, users, latency, lasted_s)


def test_a_coarse_point_never_looks_better_than_what_it_stands_for() -> None:
    coarse = merged([point(1.0, 10.0, 5, 20.0), point(3.0, 40.0, 9, None, 2.0), point(4.0, 30.0, 2, 70.0)])
    assert (coarse.at_s, coarse.lasted_s, coarse.ok_rate, coarse.users) == (4.0, 4.0, 30.0, 9)
    assert coarse.latency[HTTP, ""] == Latency(1.0, None, 70.0)


@pytest.mark.parametrize("hours", [1, 30, 80])
def test_the_history_holds_the_whole_run_in_few_points(hours: int) -> None:
    history, asked = History(), 0.0
    for second in range(0, hours * 3600, 5 if hours > 1 else 1):
        lasted_s = 5.0 if hours > 1 else 1.0
        history.push(point(second + lasted_s + 0.001 * (second % 3), second % 7, lasted_s=lasted_s))
        asked += lasted_s * (second % 7)
    points = list(history.points())
    assert len(points) <= KEPT[0] + KEPT[1] + 2
    assert sum(p.lasted_s for p in points) == pytest.approx(hours * 3600)
    assert sum(p.ok_rate * p.lasted_s for p in points) == pytest.approx(asked)
    assert [p.at_s for p in points] == sorted(p.at_s for p in points)
    assert all(set(p.latency) == {(HTTP, "")} for p in points)


def test_a_late_answer_of_a_phase_that_nobody_announced_is_counted() -> None:
    run = Run()
    run.fold(Interval(0.0, 1.0, 0, None, [Tally(0, True, HTTP, "GET /health", 3, 3)]))
    assert run.totals()[0].ok == 3
