"""What a paced phase tells of its schedule, and what its limits are held against."""

from __future__ import annotations

from lorax_tui.model.arrivals import Arrivals, Pacing
from lorax_tui.model.histogram import Histogram
from lorax_tui.model.phase_view import PhaseView
from lorax_tui.model.records import HTTP, Event, EventKind, Interval, PhaseStart, UserCount
from lorax_tui.model.run import Run
from lorax_tui.model.tally import Tally
from lorax_tui.model.thresholds import Verdict
from lorax_tui.runs.summary import summary

RULES = {HTTP: ["p95 < 1s"]}


def values(*values_ms: float) -> Histogram:
    found = Histogram()
    for value_ms in values_ms:
        found.record(value_ms)
    return found


def answers(phase: int, settled: bool, latency_ms: list[float], intended_ms: list[float]) -> Tally:
    tally = Tally(phase, settled, HTTP, "GET /health", asks=len(latency_ms), ok=len(latency_ms))
    tally.ok_latency, tally.intended_latency = values(*latency_ms), values(*intended_ms)
    return tally


def interval(at_s: float, phase: int, settled_s: float | None, tallies: list[Tally], *arrivals: Arrivals) -> Interval:
    users = {"A": UserCount(5, 5)}
    return Interval(at_s, 1.0, phase, settled_s, tallies, users, arrivals=list(arrivals))


class Paced:
    """A run whose phases are paced, or not."""

    def __init__(self) -> None:
        self.run = Run()

    def begin(self, phase: int, at_s: float, pace: float | None = 50) -> None:
        pacing = None if pace is None else Pacing(pace, 7, at_s)
        start = PhaseStart(phase, "smoke", 5, 5, {"A": 1.0}, thresholds=RULES, pacing=pacing)
        self.run.fold(Event(at_s, EventKind.SWITCH, "", start))

    def second(self, *args: object) -> PhaseView:
        self.run.fold(interval(*args))  # type: ignore[arg-type]
        phase = self.run.view().phase
        assert phase is not None
        return phase


def judged(latency_ms: list[float], intended_ms: list[float], *, started: int = 100, **changes: object) -> PhaseView:
    """A settled phase of a hundred arrivals."""
    paced = Paced()
    paced.begin(1, 0.0)
    tally = answers(1, True, latency_ms, intended_ms)
    for name, value in changes.items():
        setattr(tally, name, value)
    return paced.second(0.0, 1, 0.0, [tally], Arrivals(1, True, offered=100, started=started, waiting=100 - started))


def test_limits_are_held_against_the_intended_start() -> None:
    phase = judged([2.0] * 90 + [8000.0] * 5, [2.0] * 70 + [8000.0] * 25)
    (judgement,) = phase.judgements
    assert judgement.is_intended and judgement.value is not None and judgement.value > 7900
    assert phase.verdict is Verdict.FAILED
    assert phase.operations[0].verdict is Verdict.FAILED
    assert judged([2.0] * 100, [3.0] * 100).verdict is Verdict.PASSED


def test_waiting_for_a_free_user_is_not_blamed_on_the_target() -> None:
    phase = judged([200.0] * 100, [2000.0] * 100)
    assert [judgement.verdict for judgement in phase.judgements] == [Verdict.INCONCLUSIVE]
    assert phase.verdict is Verdict.INCONCLUSIVE
    assert judged([200.0] * 100, [2000.0] * 100, in_flight=1, waited=values(9000)).verdict is Verdict.FAILED


def test_a_phase_whose_rate_was_not_reached_is_never_passed() -> None:
    assert judged([2.0] * 90, [3.0] * 90, started=90).verdict is Verdict.INCONCLUSIVE
    assert judged([2.0] * 99, [3.0] * 99, started=99).verdict is Verdict.PASSED
    assert judged([2000.0] * 90, [3000.0] * 90, started=90).verdict is Verdict.FAILED


def test_arrivals_add_up_and_what_waits_is_a_state() -> None:
    paced = Paced()
    paced.begin(1, 0.0)
    phase = paced.second(
        0.0, 1, None, [], Arrivals(1, False, offered=50, started=20, missed=5, waiting=30, oldest_s=0.6)
    )
    assert phase.pace is not None
    assert (phase.pace.offered_rate, phase.pace.started_rate) == (50, 20)
    assert (phase.pace.waiting, phase.pace.oldest_s, phase.pace.offered_rps) == (30, 0.6, None)
    late = Arrivals(1, False, started=30, missed=30)
    phase = paced.second(1.0, 1, 1.0, [], late, Arrivals(1, True, offered=40, started=40, missed=1))
    assert phase.pace is not None
    assert (phase.pace.offered, phase.pace.started, phase.pace.waiting, phase.pace.oldest_s) == (90, 90, 0, None)
    assert (phase.pace.missed, phase.pace.late) == (36, 1)
    assert (phase.pace.offered_rps, phase.pace.achieved_rps) == (40, 40)


def test_what_a_phase_never_started_is_told_when_it_has_ended() -> None:
    paced = Paced()
    paced.begin(1, 0.0)
    paced.second(0.0, 1, 0.0, [], Arrivals(1, True, offered=50, started=20, waiting=30, oldest_s=0.6))
    paced.begin(2, 1.0, pace=None)
    second = paced.second(1.0, 2, None, [], Arrivals(1, True, offered=1, never_started=31))
    assert second.pace is None
    first = paced.run.view().phases[0]
    assert first.pace is not None
    assert (first.pace.offered, first.pace.started, first.pace.never_started, first.pace.waiting) == (51, 20, 31, 0)
    found = summary(paced.run)
    told = [(phase["closed_loop"], phase["never_started"], phase["requests_per_second"]) for phase in found["phases"]]
    assert told == [(False, 31, 50), (True, None, None)]
    assert found["closed_loop"] is False


def test_a_redefined_phase_has_settled_nothing() -> None:
    paced = Paced()
    paced.begin(1, 0.0)
    paced.second(0.0, 1, 0.0, [], Arrivals(1, True, offered=50, started=20, missed=20))
    paced.begin(1, 1.0)
    phase = paced.second(1.0, 1, None, [], Arrivals(1, False, offered=10, started=10, never_started=30))
    assert phase.pace is not None
    assert (phase.pace.offered, phase.pace.missed, phase.pace.late, phase.pace.offered_rps) == (60, 20, 0, None)


def test_the_intended_p99_is_on_the_chart_of_a_paced_phase_alone() -> None:
    paced = Paced()
    paced.begin(1, 0.0)
    paced.second(0.0, 1, 0.0, [answers(1, True, [2.0] * 100, [50.0] * 100)])
    latency = paced.run.view().points[-1].latency[HTTP, ""]
    assert latency.p99_ms is not None and latency.p99_ms < 3
    assert latency.intended_p99_ms is not None and latency.intended_p99_ms > 49
    paced.begin(2, 1.0, pace=None)
    paced.second(1.0, 2, 1.0, [answers(2, True, [2.0] * 100, [])])
    assert paced.run.view().points[-1].latency[HTTP, ""].intended_p99_ms is None
