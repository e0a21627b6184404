"""Rules: what can be written, and how they are judged at their edges."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lorax_tui.model.histogram import Histogram
from lorax_tui.model.records import HTTP
from lorax_tui.model.rule import Rule
from lorax_tui.model.thresholds import Judgement, Verdict, judge

PASSED, FAILED, INCONCLUSIVE = Verdict.PASSED, Verdict.FAILED, Verdict.INCONCLUSIVE


def judged(
    rule: str,
    latencies_ms: list[float] | None = None,
    bad: int = 0,
    ended: int = 0,
    unended_ms: list[float] | None = None,
) -> Judgement:
    return judge(HTTP, Rule.parse(rule), histogram(latencies_ms), bad, ended, histogram(unended_ms))


def histogram(latencies_ms: list[float] | None) -> Histogram:
    latency = Histogram()
    for value_ms in latencies_ms or []:
        latency.record(value_ms)
    return latency


@pytest.mark.parametrize(
    ("latencies_ms", "verdict"),
    [
        ([1000.0] * 20, FAILED),
        ([999.9] * 20, PASSED),
        ([1000.1] * 20, FAILED),
        ([10.0] * 19 + [5000.0], PASSED),
        ([10.0] * 18 + [5000.0] * 2, FAILED),
    ],
)
def test_a_percentile_must_be_under_its_limit(latencies_ms: list[float], verdict: Verdict) -> None:
    found = judged("p95 < 1s", latencies_ms)
    assert found.verdict is verdict and not found.at_most


@pytest.mark.parametrize(
    ("latencies_ms", "value_ms", "verdict"),
    [
        ([10.0] * 19, 10, PASSED),
        ([10.0] * 18 + [1000.0], 1000, INCONCLUSIVE),
        ([5000.0] * 19, 5000, INCONCLUSIVE),
        ([], None, INCONCLUSIVE),
    ],
)
def test_too_few_answers_pass_by_their_maximum_or_are_undecided(
    latencies_ms: list[float], value_ms: float | None, verdict: Verdict
) -> None:
    found = judged("p95 < 1s", latencies_ms)
    assert (found.value, found.verdict, found.at_most) == (value_ms, verdict, True)


@pytest.mark.parametrize(("value_ms", "verdict"), [(999.999, PASSED), (1000.0, FAILED), (1000.001, FAILED)])
def test_a_maximum_needs_one_answer_only(value_ms: float, verdict: Verdict) -> None:
    found = judged("max < 1s", [value_ms])
    assert (found.value, found.verdict, found.at_most) == (value_ms, verdict, False)


@pytest.mark.parametrize("percent", range(1, 100))
def test_an_error_rate_at_its_limit_is_not_under_it(percent: int) -> None:
    rule = f"error_rate < {percent}%"
    assert judged(rule, bad=percent, ended=100).verdict is FAILED
    assert judged(rule, bad=percent * 10 - 1, ended=1000).verdict is PASSED
    assert judged(rule, bad=percent * 10 + 1, ended=1000).verdict is FAILED


def test_no_answer_at_all_is_never_passed() -> None:
    assert judged("error_rate < 1%").verdict is INCONCLUSIVE
    assert judged("error_rate < 1%").value is None
    assert judged("error_rate < 1%", bad=0, ended=1).verdict is PASSED


@pytest.mark.parametrize(
    ("parts", "whole"),
    [
        ([], INCONCLUSIVE),
        ([PASSED], PASSED),
        ([PASSED, INCONCLUSIVE], INCONCLUSIVE),
        ([INCONCLUSIVE, FAILED, PASSED], FAILED),
    ],
)
def test_one_failure_fails_and_one_doubt_leaves_doubt(parts: list[Verdict], whole: Verdict) -> None:
    assert Verdict.over(parts) is whole


@pytest.mark.parametrize(
    ("rule", "answered", "overdue", "verdict"),
    [
        ("p95 < 1s", 95, 5, PASSED),
        ("p95 < 1s", 95, 6, INCONCLUSIVE),
        ("p99 < 1s", 1000, 10, PASSED),
        ("p99 < 1s", 1000, 11, INCONCLUSIVE),
        ("max < 1s", 1000, 1, INCONCLUSIVE),
        ("p99 < 1s", 10, 1, INCONCLUSIVE),
        ("p99 < 1s", 10, 0, PASSED),
        ("error_rate < 1%", 1000, 500, PASSED),
    ],
)
def test_no_limit_is_kept_that_asks_without_an_answer_may_still_break(
    rule: str, answered: int, overdue: int, verdict: Verdict
) -> None:
    ages = overdue * [1500.0]
    assert judged(rule, answered * [10.0], 0, answered, ages).verdict is verdict
    assert judged(rule, answered * [10.0], 0, answered, overdue * [900.0]).verdict is PASSED, "within the limit so far"


def test_the_slowest_answer_is_no_bound_while_slower_asks_have_none() -> None:
    assert (judged("p99 < 1s", [10.0]).value, judged("p99 < 1s", [10.0]).at_most) == (10.0, True)
    open_still = judged("p99 < 1s", [10.0], unended_ms=[1500.0])
    assert (open_still.value, open_still.at_most, open_still.verdict) == (None, False, INCONCLUSIVE)


def test_asks_without_an_answer_save_no_broken_limit() -> None:
    assert judged("p95 < 1s", 100 * [2000.0], unended_ms=50 * [5000.0]).verdict is FAILED


@given(st.lists(st.floats(1, 3000), max_size=200), st.lists(st.floats(1, 3000), max_size=60))
def test_what_is_called_kept_is_kept_however_the_rest_ends(answered: list[float], ages: list[float]) -> None:
    for rule in ("p50 < 1s", "p95 < 1s", "p99 < 1s", "max < 1s"):
        if judged(rule, answered, unended_ms=ages).verdict is PASSED:
            ended_ok = [*answered, *(age * 1.01 for age in ages if age > 1002), *(1.0 for age in ages if age <= 1002)]
            assert judged(rule, ended_ok).verdict is not FAILED
