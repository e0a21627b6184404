"""The words and numbers that every reader shares."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lorax_tui.model import format as words


@pytest.mark.parametrize(
    ("value_ms", "with_unit", "without"),
    [
        (None, "–", "–"),
        (math.nan, "–", "–"),
        (math.inf, "–", "–"),
        (0.4249, "0.42 ms", "0.42"),
        (0.999, "1.0 ms", "1.0"),
        (3.44, "3.4 ms", "3.4"),
        (9.97, "10 ms", "10"),
        (34.4, "34 ms", "34"),
        (999.4, "999 ms", "999"),
        (1234.0, "1.23 s", "1234"),
        (12_340.0, "12.3 s", "12340"),
        (123_400.0, "123 s", "123400"),
    ],
)
def test_latency(value_ms, with_unit, without):
    assert words.latency(value_ms) == with_unit
    assert words.milliseconds(value_ms) == without


@pytest.mark.parametrize(
    ("value", "text"), [(0, "0"), (1016, "1016"), (99_999, "99999"), (123_456, "123k"), (4_560_000, "4.56M")]
)
def test_count(value, text):
    assert words.count(value) == text


@pytest.mark.parametrize(("value", "text"), [(None, "–"), (0.0, "0.0"), (0.84, "0.8"), (17.06, "17.1"), (123.4, "123")])
def test_rate(value, text):
    assert words.rate(value) == text


@pytest.mark.parametrize(
    ("share", "text"), [(None, "–"), (0.0, "0.0 %"), (0.000_001, "0.01 %"), (0.0123, "1.2 %"), (1.0, "100 %")]
)
def test_percent_never_shows_a_failure_as_none(share, text):
    assert words.percent(share) == text


@pytest.mark.parametrize(("seconds", "text"), [(None, "--:--"), (0, "00:00"), (192.9, "03:12"), (3723, "1:02:03")])
def test_clock(seconds, text):
    assert words.clock(seconds) == text


@pytest.mark.parametrize(
    ("seconds", "text"), [(None, "no end"), (30, "30s"), (60, "1m"), (90, "1m30s"), (5400, "1h30m"), (0.5, "0.5s")]
)
def test_duration(seconds, text):
    assert words.duration(seconds) == text


@pytest.mark.parametrize(("seconds", "text"), [(0.2, "now"), (3.0, "3 s ago"), (150, "2 min ago"), (7300, "2 h ago")])
def test_ago(seconds, text):
    assert words.ago(seconds) == text


def test_noise_stays_flat_in_the_strip():
    assert len(set(words.strip([400.0, 400.4, 400.1, 399.8], 4))) <= 2
    assert words.strip([100.0, 200.0], 4) == "▁█"


def test_the_strip_shows_a_gap_and_nothing_of_nothing():
    assert words.strip([100.0, None, 200.0], 3) == "▁ █"
    assert words.strip([None, math.nan], 3) == ""


@given(st.lists(st.none() | st.floats()), st.integers(-2, 80))
def test_the_strip_never_is_longer_than_its_room(values, width):
    assert len(words.strip(values, width)) <= max(0, width)


@given(st.floats(), st.integers(0, 40))
def test_the_bar_always_fills_its_room(share, width):
    done, still = words.bar(share, width)
    assert len(done) + len(still) == width
