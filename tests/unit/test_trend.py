"""The statistics of a rise, against a reference library and against what can be counted by hand."""

from __future__ import annotations

from random import Random

import pytest

from lorax_tui.model.trend import inflation, largest_step, theil_sen


def walk(seed: int) -> list[tuple[float, float]]:
    """A series of one of many kinds: rising or not, with ties or without, evenly spaced or not."""
    chance = Random(seed)
    count, rise, digits = chance.randint(5, 60), chance.choice([0, 0.05, -0.2]), chance.choice([0, 1, 6])
    steps = [chance.choice([1.0, 1.0, 2.5]) for _ in range(count)]
    times = [sum(steps[: place + 1]) for place in range(count)]
    return [(at_s, round(rise * at_s + chance.gauss(0, 1), digits)) for at_s in times]


@pytest.mark.parametrize("seed", range(100))
def test_theil_sen_agrees_with_the_reference(seed: int) -> None:
    stats = pytest.importorskip("scipy.stats", reason="the reference is part of the test extra")
    points = walk(seed)
    times, values = zip(*points, strict=True)
    ours = theil_sen(points, 0.995)
    assert ours is not None
    reference = stats.theilslopes(values, times, alpha=0.995)
    assert ours.per_min == pytest.approx(60 * reference.slope, rel=1e-9, abs=1e-9)
    if abs(ours.low) != float("inf"):
        assert ours.low == pytest.approx(60 * reference.low_slope, rel=1e-9, abs=1e-9)
        assert ours.high == pytest.approx(60 * reference.high_slope, rel=1e-9, abs=1e-9)


def test_one_odd_point_does_not_turn_the_line() -> None:
    points = [(60.0 * minute, 100.0 + 2 * minute) for minute in range(20)]
    points[11] = (660.0, 9000.0)
    slope = theil_sen(points, 0.995)
    assert slope is not None and slope.per_min == pytest.approx(2) and slope.low <= 2 <= slope.high


def test_too_few_points_have_no_bounds_and_one_has_no_slope() -> None:
    slope = theil_sen([(0.0, 1.0), (60.0, 3.0)], 0.995)
    assert slope is not None and (slope.per_min, slope.low, slope.high) == (2, float("-inf"), float("inf"))
    assert theil_sen([(0.0, 1.0)], 0.995) is None and theil_sen([(5.0, 1.0), (5.0, 2.0)], 0.995) is None


def test_a_step_counts_for_nothing_where_it_is_cut() -> None:
    points = [(60.0 * minute, 100.0 + 50 * (minute >= 12)) for minute in range(20)]
    cut = largest_step([value for _, value in points])
    assert cut == 12
    slope = theil_sen(points, 0.9, [cut])
    assert slope is not None and (slope.low, slope.per_min, slope.high) == (0, 0, 0)


def test_likeness_of_neighbours_widens_the_interval() -> None:
    chance = Random(1)
    apart = [(float(second), chance.gauss(0, 1)) for second in range(200)]
    alike = [
        (at_s, sum(value for _, value in apart[max(0, place - 9) : place + 1])) for place, (at_s, _) in enumerate(apart)
    ]
    assert inflation(apart, 0.0) < 1.5
    assert 5 < inflation(alike, 0.0) < 20
    slope = theil_sen(alike, 0.995)
    assert slope is not None
    wider = slope.widened(4.0)
    assert wider.per_min == slope.per_min and wider.low < slope.low and wider.high > slope.high
