"""plotext aborts its process on NaN, so none must reach it, whatever numbers come. A subprocess takes the risk."""

import subprocess
import sys

_PROPERTY = """
import math
from hypothesis import HealthCheck, given, settings, strategies as st
from lorax_tui.ui.chart import Axis, Chart, Limit, Series
from lorax_tui.ui.plot import Curve, draw
from lorax_tui.ui.scale import Scale

number = st.floats() | st.sampled_from([math.nan, math.inf, -math.inf, 1e308, -1e308, 5e-324, 0.0, -0.0])
points = st.lists(st.tuples(number, st.none() | number), max_size=12)

@settings(max_examples=150, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.lists(st.none() | st.tuples(number, number), max_size=8), max_size=3),
       st.integers(-1, 90), st.integers(-1, 12))
def curves(lists, width, height):
    rows = draw([Curve(points) for points in lists], width, height)
    assert all(len(row) == width for row in rows)

@settings(max_examples=150, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(points, points, number, st.integers(0, 90), st.integers(0, 12), st.booleans())
def charts(one, other, now_s, width, height, is_log):
    values = [value for _, value in one + other]
    scale = Scale.fitted(values) if is_log else Scale.from_zero(values)
    series = [Series("a", "line-ok", one, scale), Series("b", "line-bad", other, scale)]
    limits = [Limit("p95", value) for value in values if value is not None]
    marks = [(at_s, "mark") for at_s, _ in one]
    Chart(Axis(now_s, 60.0), scale, series, str, limits, marks).lines(width, height, 6)

curves()
charts()
print("survived")
"""


def test_any_numbers_are_survived():
    done = subprocess.run([sys.executable, "-c", _PROPERTY], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr[-3000:]
    assert done.stdout.strip() == "survived"
