"""Charts as text: curves, gaps, limits, marks and axes."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lorax_tui.ui.chart import AXIS_CELLS, Axis, Chart, Limit, Series, span_of
from lorax_tui.ui.lines import span
from lorax_tui.ui.plot import Curve, draw
from lorax_tui.ui.scale import Scale, row_of

SCALE = Scale(0.0, 10.0)


def chart(points, *, limits=(), marks=(), scale=SCALE, now_s=60.0):
    series = [Series("ok", "line-ok", points, scale)]
    return Chart(Axis(now_s, 60.0), scale, series, lambda value: f"{value:g}", limits, marks)


def rows(drawn):
    return ["".join(text for text, _ in line) for line in drawn]


def canvas(drawn, gutter=6):
    return [row[AXIS_CELLS : len(row) - gutter] for row in rows(drawn)]


def test_a_flat_line_is_flat_and_named_at_its_end():
    drawn = rows(chart([(float(s), 5.0) for s in range(61)]).lines(72, 5, 6))
    inked = [row for row in drawn if any("⠀" < character <= "⣿" for character in row)]
    assert len(inked) == 1
    assert inked[0].rstrip().endswith("ok")


def test_the_axis_names_its_ends():
    drawn = rows(chart([(60.0, 1.0)]).lines(72, 8, 6))
    assert drawn[0].split()[0] == "10"
    assert drawn[-1].split()[0] == "0"


def test_a_time_without_points_is_a_gap():
    points = [(float(s), 5.0) for s in range(61) if not 20 < s < 40]
    row = max(canvas(chart(points).lines(72, 1, 6)), key=len)
    middle = row[len(row) * 24 // 60 : len(row) * 36 // 60]
    assert middle.strip() == ""
    assert row[: len(row) // 4].strip() and row[-len(row) // 4 :].strip()


def test_an_unknown_value_is_a_gap():
    points = [(float(s), None if 20 < s < 40 else 5.0) for s in range(61)]
    row = canvas(chart(points).lines(72, 1, 6))[0]
    assert row[len(row) * 24 // 60 : len(row) * 36 // 60].strip() == ""


def test_a_limit_on_the_scale_is_a_dashed_line_with_its_name():
    drawn = canvas(chart([(60.0, 1.0)], limits=[Limit("p95 < 9ms", 9.0)]).lines(72, 10, 6))
    row = next(row for row in drawn if "╌" in row)
    assert "p95 < 9ms" in row
    assert drawn.index(row) == row_of(0.9, 10)


def test_a_limit_off_the_scale_is_named_at_the_edge():
    drawn = canvas(chart([(60.0, 1.0)], limits=[Limit("p95 < 1s", 1000.0)]).lines(72, 10, 6))
    assert "↑ p95 < 1s" in drawn[0]
    assert not any("╌" in row for row in drawn)


def test_a_mark_stands_where_it_happened():
    drawn = canvas(chart([(60.0, 1.0)], marks=[(30.0, "medium")]).lines(72, 6, 6))
    column = drawn[0].index("┊")
    assert abs(column - len(drawn[0]) / 2) <= 1
    assert drawn[0][column + 1 :].startswith("medium")
    assert all(row[column] == "┊" for row in drawn[:-1])


def test_marks_out_of_sight_or_without_room_are_left_out():
    drawn = canvas(chart([(60.0, 1.0)], marks=[(-99.0, "long ago"), (59.0, "endurance")]).lines(72, 6, 6))
    assert not any("long ago" in row or "endurance" in row for row in drawn)


def test_curves_move_by_whole_columns():
    """A point keeps its shape as time goes on: columns are steps on the clock."""
    points = [(float(s), float(s % 7)) for s in range(200)]
    before = canvas(chart(points[:151], now_s=150.0).lines(72, 6, 6))
    after = canvas(chart(points[:152], now_s=151.0).lines(72, 6, 6))
    assert [row[2:-2] for row in before] == [row[1:-3] for row in after]


@pytest.mark.parametrize(
    ("elapsed_s", "span_s"), [(0.0, 10.0), (25.0, 25.0), (3600.0, 60.0), (float("nan"), 60.0), (float("inf"), 60.0)]
)
def test_a_chart_is_never_half_empty(elapsed_s, span_s):
    assert span_of(elapsed_s) == span_s


@given(st.integers(0, 120))
def test_the_time_axis_fills_its_width_where_it_can(width):
    label = Axis(100.0, 60.0).label(width)
    assert len(label) == width or width < 10


@given(st.lists(st.none() | st.floats(), max_size=20))
def test_every_scale_has_room_between_its_ends(values):
    for scale in (Scale.from_zero(values), Scale.fitted(values)):
        assert scale.low < scale.high
        known = [v for v in values if v is not None and 1e-3 <= v <= 1e9]
        assert all(-0.001 <= scale.place(v) <= 1.001 for v in known)


@given(st.floats(1e-3, 1e9), st.floats(1e-3, 1e9), st.integers(1, 40))
def test_axis_labels_keep_apart(one, other, height):
    for scale in (Scale.fitted([one, other]), Scale.from_zero([one, other])):
        ticks = sorted(scale.ticks(height))
        assert all(0 <= row < height for row in ticks)
        assert all(later - row > 1 for row, later in pairwise(ticks)) or height <= 2


def test_a_logarithmic_scale_spans_a_factor_of_four_at_least():
    scale = Scale.fitted([100.0, 101.0])
    assert scale.high / scale.low >= 4


def test_the_picture_is_as_large_as_asked_for():
    for width, height in ((1, 1), (3, 2), (200, 30)):
        drawn = draw([Curve([(0.0, 0.0), (1.0, 1.0)])], width, height)
        assert len(drawn) == height
        assert all(len(row) == width for row in drawn)


def test_no_room_no_picture():
    assert draw([Curve([(0.0, 0.0)])], 0, 5) == []
    assert chart([(60.0, 1.0)]).lines(8, 5, 6) == []


def test_lines_are_as_wide_as_the_panel():
    assert {span(line) for line in chart([(60.0, 1.0)]).lines(72, 6, 6)} == {72}
