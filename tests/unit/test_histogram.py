"""The histogram: within 0.1 % of the exact percentiles, and lossless under merging."""

from math import ceil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lorax_tui.model.histogram import Histogram, enough, merged

LATENCIES = st.floats(min_value=1e-5, max_value=1e7, allow_nan=False)
MANY = st.lists(LATENCIES, min_size=1, max_size=300)


def histogram(values: list[float]) -> Histogram:
    result = Histogram()
    for value in values:
        result.record(value)
    return result


@given(MANY, st.sampled_from([0.5, 0.95, 0.99]))
def test_percentiles_are_within_a_thousandth_of_the_exact_ones(values: list[float], share: float) -> None:
    found = histogram(values).percentile(share)
    if not enough(len(values), share):
        assert found is None
        return
    exact = sorted(values)[ceil(share * len(values) - 1e-9) - 1]
    assert found == pytest.approx(exact, rel=1e-3, abs=1e-6)


@given(MANY, MANY, MANY)
def test_merge_is_commutative_associative_and_loses_nothing(a: list[float], b: list[float], c: list[float]) -> None:
    left = merged([merged([histogram(a), histogram(b)]), histogram(c)])
    right = merged([histogram(a), merged([histogram(c), histogram(b)])])
    assert left == right == histogram(a + b + c)


def test_merging_into_a_new_histogram_leaves_the_parts_alone() -> None:
    part = histogram([1.0, 2.0])
    total = merged([part])
    total.record(3.0)
    assert part.total == 2 and total.total == 3


def test_a_microsecond_is_not_zero() -> None:
    assert histogram([0.001] * 2).percentile(0.5) == pytest.approx(0.001, rel=1e-3)
    assert histogram([0.0]).max_ms == 1e-6


def test_extremes_and_mean_are_exact() -> None:
    values = histogram([1.5, 2.5, 5.0])
    assert (values.min_ms, values.mean_ms, values.max_ms) == (1.5, 3.0, 5.0)
    assert values.percentile(1.0) == 5.0


@pytest.mark.parametrize(
    ("samples", "share", "said"),
    [(1, 0.5, False), (2, 0.5, True), (19, 0.95, False), (20, 0.95, True), (99, 0.99, False), (100, 0.99, True)],
)
def test_a_percentile_of_too_few_is_not_said(samples: int, share: float, said: bool) -> None:
    assert enough(samples, share) is said
    assert (histogram([1.0] * samples).percentile(share) is not None) is said


def test_nothing_recorded_says_nothing() -> None:
    empty = Histogram()
    assert empty.percentiles([0.5, 1.0]) == [None, None]
    assert empty.min_ms is empty.max_ms is empty.mean_ms is None
