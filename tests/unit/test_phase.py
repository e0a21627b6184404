"""Where one phase ends and the next begins, when a change reaches the users later than the record."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from lorax_tui.model.finding import grade_of
from lorax_tui.model.histogram import Histogram
from lorax_tui.model.records import HTTP, End, Event, EventKind, Interval, PhaseStart, UserCount
from lorax_tui.model.run import Run
from lorax_tui.model.search import Grade, Purpose, SearchPlan, SearchStep
from lorax_tui.model.tally import Tally
from lorax_tui.model.thresholds import Verdict

RULES = {HTTP: ["p95 < 1s"]}


def began(at_s: float, phase: int, users: int = 5) -> Event:
    return Event(at_s, EventKind.SWITCH, "", PhaseStart(phase, "smoke", users, 5, {"A": 1.0}, thresholds=RULES))


def tally(phase: int, settled: bool, ok: int, value_ms: float = 10.0, in_flight: int = 0) -> Tally:
    latency = Histogram()
    for _ in range(ok):
        latency.record(value_ms)
    asks = ok + in_flight
    return Tally(phase, settled, HTTP, "GET /health", asks, ok, in_flight=in_flight, oldest_s=1.0, ok_latency=latency)


def interval(at_s: float, phase: int, settled_s: float | None, *tallies: Tally, users: int = 5) -> Interval:
    return Interval(at_s, 1.0, phase, settled_s, list(tallies), {"A": UserCount(users, users)})


def folded(*records: Event | Interval | End) -> Run:
    run = Run()
    for record in records:
        run.fold(record)
        run.view()
    return run


def test_what_settled_before_the_load_was_changed_again_is_not_judged() -> None:
    run = folded(
        began(0.0, 1, users=5),
        interval(0.0, 1, 0.2, tally(1, True, ok=50, value_ms=3000, in_flight=1)),
        began(1.0, 1, users=50),
    )
    (phase,) = run.view().phases
    (row,) = phase.operations
    assert (row.asks, row.settling_asks, row.in_flight, row.settling) == (51, 51, 1, True)
    assert phase.settled_s is None and phase.verdict is Verdict.INCONCLUSIVE
    run.fold(interval(1.0, 1, None, tally(1, True, ok=1, value_ms=3000), tally(1, False, ok=100, value_ms=3000)))
    run.fold(interval(2.0, 1, 2.5, tally(1, True, ok=100)))
    (phase,) = run.view().phases
    assert (phase.users_wanted, phase.start_s, phase.settled_s) == (50, 0.0, 2.5)
    assert phase.verdict is Verdict.PASSED
    assert phase.operations[0].max_ms == 10 and phase.operations[0].asks == 252


def test_an_interval_from_before_a_change_does_not_settle_what_came_after() -> None:
    run = folded(began(0.0, 1), interval(0.0, 1, 0.5), began(1.0, 1, users=50), interval(1.0, 1, 0.5))
    assert run.view().phases[0].settled_s is None
    run.fold(interval(2.0, 1, 2.5))
    assert run.view().phases[0].settled_s == 2.5


def test_an_interval_cut_before_a_new_phase_came_into_force_belongs_to_the_old_one() -> None:
    run = folded(
        began(0.0, 1),
        interval(0.0, 1, 0.5, tally(1, True, ok=10)),
        began(1.0, 2),
        interval(1.0, 1, 0.5, tally(1, True, ok=20), users=7),
        interval(2.0, 2, None, tally(2, False, ok=3)),
    )
    first, second = run.view().phases
    assert (first.settled_s, first.end_s, first.users_peak) == (0.5, 1.0, 7)
    assert (first.operations[0].ok, first.operations[0].rate) == (30, 0)
    assert (second.settled_s, second.operations[0].ok, second.operations[0].rate) == (None, 3, 3)


def test_a_phase_does_not_settle_after_its_end() -> None:
    run = folded(began(0.0, 1), interval(0.0, 1, None), began(1.0, 2), interval(1.0, 1, 1.1, tally(1, True, ok=9)))
    first, _ = run.view().phases
    assert first.settled_s is None and first.verdict is Verdict.INCONCLUSIVE
    assert first.operations[0].settling and first.operations[0].rps is None


def test_the_last_cut_after_a_stop_keeps_what_had_settled() -> None:
    run = folded(
        began(0.0, 1),
        interval(0.0, 1, 0.5, tally(1, True, ok=100)),
        Event(1.5, EventKind.STOP, "stopped"),
        interval(1.0, 1, 0.5, tally(1, True, ok=2), users=0),
        End(3.0, "stopped"),
    )
    (phase,) = run.view().phases
    assert (phase.settled_s, phase.end_s, phase.users_peak, phase.verdict) == (0.5, 1.5, 5, Verdict.PASSED)
    assert phase.operations[0].ok == 102 and phase.operations[0].rps == pytest.approx(102)


def test_what_hangs_over_several_changes_is_in_flight_once() -> None:
    run = folded(
        began(0.0, 1),
        interval(0.0, 1, 0.5, tally(1, True, ok=0, in_flight=1)),
        began(1.0, 2),
        interval(1.0, 2, None, Tally(1, True, HTTP, "GET /health", in_flight=1, oldest_s=2.0)),
        began(2.0, 3),
        interval(2.0, 3, None, Tally(1, True, HTTP, "GET /health", in_flight=1, oldest_s=3.0)),
    )
    assert [[row.in_flight for row in phase.operations] for phase in run.view().phases] == [[1], [], []]
    (total,) = run.totals()
    assert (total.asks, total.in_flight, total.oldest_s) == (1, 1, 3.0)


def test_a_phase_missing_in_the_middle_ends_where_the_next_begins() -> None:
    run = folded(
        began(0.0, 2), interval(0.0, 2, 0.5, tally(1, True, ok=3), tally(2, True, ok=5)), interval(1.0, 2, 0.5)
    )
    lost, known = run.view().phases
    assert (lost.number, lost.scenario, lost.end_s) == (1, "unknown", 0.0)
    assert (known.number, known.end_s, known.settled_s) == (2, None, 0.5)
    assert [row.ok for row in run.totals()] == [8]


def test_a_phase_that_began_and_ended_at_once_has_no_rate() -> None:
    run = folded(began(0.0, 1), began(0.0, 2), interval(0.0, 2, 0.0, tally(2, True, ok=10)), End(1.0, "finished"))
    first, second = run.view().phases
    assert (first.start_s, first.end_s, first.operations) == (0.0, 0.0, ())
    assert second.operations[0].rps == 10
    assert run.totals()[0].rps == 10


def test_a_late_answer_to_a_phase_long_over_is_shown_although_it_was_looked_at_before() -> None:
    run = folded(
        began(0.0, 1),
        interval(0.0, 1, 0.5, tally(1, True, ok=10)),
        began(1.0, 2),
        interval(1.0, 2, None),
        interval(2.0, 2, None),
        interval(3.0, 2, None, Tally(1, True, HTTP, "GET /health", late=1)),
    )
    first, _ = run.view().phases
    assert first.operations[0].late == run.totals()[0].late == 1


def test_answers_that_come_after_the_end_of_a_load_change_nothing_about_how_the_search_judged_it() -> None:
    step = SearchStep(SearchPlan(5, 9, 1.0), Purpose.CLIMB)
    first = replace(began(0.0, 1), start=replace(began(0.0, 1).start, search=step))
    late = tally(1, True, ok=900, value_ms=9000.0)
    records = [first, interval(0.0, 1, 0.0, tally(1, True, ok=100)), began(1.0, 2), interval(1.0, 2, None, late)]
    judged, asked = folded(*records).view().phases[0], folded(began(0.0, 1), *records[1:]).view().phases[0]
    assert judged.operations[0].ok == asked.operations[0].ok == 1000
    assert (judged.verdict, asked.verdict) == (Verdict.PASSED, Verdict.FAILED)
    assert grade_of(judged) is Grade.HELD
