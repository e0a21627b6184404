"""Limits while a phase goes on: what the window says, for how long it has been broken, and what that ends in."""

from __future__ import annotations

import pytest

from lorax_tui.model.histogram import Histogram
from lorax_tui.model.records import HTTP, Event, EventKind, Interval, PhaseStart, UserCount
from lorax_tui.model.run import Run
from lorax_tui.model.tally import Tally
from lorax_tui.model.thresholds import Judgement, Verdict

GET, SLOW = "GET /health", "GET /projects"


class Load:
    """A run of one phase, second by second; settled from the first."""

    def __init__(self, **thresholds: list[str]) -> None:
        self.run = Run()
        rules = {key.replace("_", " ", 1) if key != HTTP else key: rules for key, rules in thresholds.items()}
        start = PhaseStart(1, "steady", 1, 1.0, {"User": 1.0}, thresholds=rules, own_thresholds=True)
        self.run.fold(Event(0.0, EventKind.SWITCH, "steady", start))
        self.second = 0

    def goes_on(self, seconds: int, ms: float = 10.0, ok: int = 50, failed: int = 0, name: str = GET) -> Load:
        for _ in range(seconds):
            latency = Histogram()
            for _ in range(ok):
                latency.record(ms)
            tally = Tally(1, True, HTTP, name, asks=ok + failed, ok=ok, failed=failed, ok_latency=latency)
            users = {"User": UserCount(1, 1)}
            self.run.fold(Interval(float(self.second), 1.0, 1, settled_s=0.0, tallies=[tally], users=users))
            self.second += 1
        return self

    @property
    def judgement(self) -> Judgement:
        [judgement] = self.run.view().phases[-1].judgements
        return judgement


def test_a_limit_that_is_kept_has_a_margin_and_no_breach() -> None:
    judgement = Load(HTTP=["p95 < 100ms"]).goes_on(20).judgement
    assert judgement.verdict is Verdict.PASSED and judgement.breach_s == 0
    assert judgement.now == pytest.approx(10, rel=0.001) and judgement.margin == pytest.approx(0.9, rel=0.001)


def test_a_breach_is_timed_from_when_the_window_breaks_it_until_it_keeps_it_again() -> None:
    load = Load(HTTP=["p95 < 100ms"]).goes_on(20).goes_on(5, ms=500)
    assert 4 <= load.judgement.breach_s <= 5 and load.judgement.now == pytest.approx(500, rel=0.001)
    load.goes_on(12)
    assert load.judgement.breach_s == 0 and load.judgement.now == pytest.approx(10, rel=0.001)


def test_a_rule_with_a_time_is_broken_by_that_long_a_breach_alone() -> None:
    load = Load(HTTP=["p95 < 100ms for 20s"]).goes_on(100).goes_on(4, ms=500)
    assert load.judgement.breach_s > 0 and load.judgement.verdict is Verdict.PASSED
    assert load.goes_on(20).judgement.verdict is Verdict.PASSED
    assert load.goes_on(22, ms=500).judgement.verdict is Verdict.FAILED
    assert load.goes_on(400).judgement.verdict is Verdict.FAILED
    assert load.judgement.breach_s == 0


def test_a_breach_too_short_to_count_is_no_pass_while_the_whole_is_over_the_limit() -> None:
    load = Load(HTTP=["p95 < 100ms for 30s"]).goes_on(10, ms=500)
    assert load.judgement.verdict is Verdict.INCONCLUSIVE


@pytest.mark.parametrize(("ok", "verdict"), [(50, Verdict.FAILED), (51, Verdict.PASSED)])
def test_a_rate_is_held_against_answers_a_second(ok: int, verdict: Verdict) -> None:
    judgement = Load(HTTP=["rps > 50"]).goes_on(10, ok=ok).judgement
    assert judgement.verdict is verdict and judgement.value == pytest.approx(ok)


def test_a_rate_over_a_few_seconds_says_nothing() -> None:
    assert Load(HTTP=["rps > 50"]).goes_on(4, ok=1).judgement.verdict is Verdict.INCONCLUSIVE


def test_errors_of_the_window_are_those_of_now() -> None:
    load = Load(HTTP=["error_rate < 10%"]).goes_on(60).goes_on(10, ok=0, failed=50)
    judgement = load.judgement
    assert judgement.now == 1.0 and judgement.value == pytest.approx(500 / 3500)


def test_a_rule_of_one_operation_says_nothing_about_another() -> None:
    load = Load(**{f"HTTP_{SLOW}": ["p95 < 100ms"]}).goes_on(20, name=SLOW).goes_on(20, ms=500, name=GET)
    judgement = load.judgement
    assert (judgement.subject, judgement.verdict) == (f"HTTP {SLOW}", Verdict.PASSED)
    rows = {row.name: row.verdict for row in load.run.view().phases[-1].operations}
    assert rows == {SLOW: Verdict.PASSED, GET: None}
    load.goes_on(20, ms=500, name=SLOW)
    assert load.judgement.verdict is Verdict.FAILED
    assert load.run.view().phases[-1].protocols[0].judgements == ()


def test_no_answer_is_no_pass() -> None:
    judgement = Load(HTTP=["p95 < 100ms"]).goes_on(10, ok=0).judgement
    assert (judgement.verdict, judgement.now, judgement.margin) == (Verdict.INCONCLUSIVE, None, None)


def test_only_a_rule_that_stops_is_fatal() -> None:
    assert Load(HTTP=["p95 < 100ms"]).goes_on(20, ms=500).run.fatal_breach() is None
    load = Load(HTTP=["p95 < 100ms for 5s then stop"]).goes_on(3, ms=500)
    assert load.run.fatal_breach() is None
    fatal = load.goes_on(5, ms=500).run.fatal_breach()
    assert fatal is not None and fatal.rule.text == "p95 < 100ms for 5s then stop"
