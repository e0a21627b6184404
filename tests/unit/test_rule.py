"""Thresholds as they are written: read, printed back, or refused with the place and what was expected there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lorax_tui.model.rule import METRICS, OnBreach, Rule

README = Path(__file__).parents[2] / "README.md"


@pytest.mark.parametrize(
    ("text", "metric", "limit", "printed"),
    [
        ("p95 < 1s", "p95", 1000, "p95 < 1s"),
        ("  p50<250ms ", "p50", 250, "p50 < 250ms"),
        ("p99 <\t0.5s", "p99", 500, "p99 < 0.5s"),
        ("max < 1.005s", "max", 1005, "max < 1.005s"),
        ("error_rate < 1%", "error_rate", 0.01, "error_rate < 1%"),
        ("error_rate < 7 %", "error_rate", 0.07, "error_rate < 7%"),
        ("rps > 50", "rps", 50, "rps > 50"),
        ("rss_growth<2MB/min", "rss_growth", 2, "rss_growth < 2 MB/min"),
    ],
)
def test_a_rule_is_read_exactly_and_printed_back(text: str, metric: str, limit: float, printed: str) -> None:
    rule = Rule.parse(text)
    assert (rule.metric, rule.limit, rule.text) == (metric, limit, printed)
    assert rule.for_s is None and rule.on_breach is OnBreach.MARK
    assert Rule.parse(printed) == rule


@pytest.mark.parametrize(
    ("text", "for_s", "on_breach", "printed"),
    [
        ("p95 < 1s for 30s", 30, OnBreach.MARK, "p95 < 1s for 30s"),
        ("p95 < 1s then stop", None, OnBreach.STOP, "p95 < 1s then stop"),
        ("error_rate<5%for 1m30s then stop", 90, OnBreach.STOP, "error_rate < 5% for 1m30s then stop"),
        ("rps > 5 for 10s then mark", 10, OnBreach.MARK, "rps > 5 for 10s"),
    ],
)
def test_a_rule_may_say_for_how_long_and_what_then(text: str, for_s: float, on_breach: OnBreach, printed: str) -> None:
    rule = Rule.parse(text)
    assert (rule.for_s, rule.on_breach, rule.text) == (for_s, on_breach, printed)
    assert Rule.parse(printed) == rule


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "column 1: unknown metric '', expected one of p50"),
        (
            "pp95 < 1s",
            "column 1: unknown metric 'pp95', expected one of p50, p95, p99, max, error_rate, rps",
        ),
        ("error < 1%", "did you mean error_rate?"),
        ("p95 > 1s", "column 5: expected '<'"),
        ("p95 <= 1s", "column 6: expected a number"),
        ("rps < 1", "column 5: expected '>'"),
        ("p95 < 1", "column 8: expected ms or s after p95's number"),
        ("p95 < 1%", "column 8: expected ms or s after p95's number"),
        ("error_rate < 1s", "column 15: expected % after error_rate's number"),
        ("rss_growth < 2 MB", "column 16: expected MB/min after rss_growth's number"),
        ("p95 < -1s", "column 7: expected a number"),
        ("p95 < \u0661s", "column 7: expected a number"),
        ("p95 < " + "9" * 40 + "s", "column 16: expected ms or s after"),
        ("p95 < " + "9" * 400 + "s", "longer than 120 characters"),
        ("p95 < 0ms", "column 7: such a limit can never be kept"),
        ("error_rate < 0.0%", "column 14: such a limit can never be kept"),
        ("error_rate < 150%", "column 14: such a limit can never be broken"),
        ("p95 < 1s or so", "column 10: expected 'for', 'then' or the end"),
        ("p95 < 1s for", "column 13: expected a length of time as in 30s"),
        ("p95 < 1s for ever", "column 14: expected a length of time"),
        ("p95 < 1s then go", "column 15: expected mark or stop"),
        ("p95 < 1s then stop for 3s", "column 20: expected 'for', 'then' or the end"),
    ],
)
def test_what_is_no_rule_is_refused_with_its_place_and_what_was_expected(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=re.escape(said)):
        Rule.parse(text)


@given(st.text(max_size=30) | st.from_regex(r"(p95|rps|error_rate) [<>] [0-9.]{1,5}(s|ms|%)?( for [0-9]{1,3}s)?"))
def test_any_text_is_a_rule_that_prints_back_or_a_value_error(text: str) -> None:
    try:
        rule = Rule.parse(text)
    except ValueError:
        return
    assert rule.metric in METRICS and 0 < rule.limit < float("inf")
    assert Rule.parse(rule.text) == rule


def test_every_rule_of_the_readme_is_one() -> None:
    written = re.findall(r"[\"`]((?:p\d\d|max|error_rate|rps|rss_growth) [<>] [^\"`]+)[\"`]", README.read_text())
    assert len(written) >= 5
    for text in written:
        assert Rule.parse(text).text == text


@pytest.mark.parametrize(
    ("text", "kept", "broken"),
    [("p95 < 1s", 999.9, 1000.0), ("error_rate < 1%", 0.0099, 0.01), ("rps > 50", 50.1, 50.0)],
)
def test_on_the_limit_is_not_within_it(text: str, kept: float, broken: float) -> None:
    rule = Rule.parse(text)
    assert rule.is_kept(kept) and rule.margin(kept) > 0
    assert not rule.is_kept(broken) and rule.margin(broken) <= 0
