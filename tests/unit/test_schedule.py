"""The schedule of a paced phase: a Poisson process, and the same one from the same seed."""

from __future__ import annotations

from itertools import pairwise
from statistics import fmean, pvariance

from hypothesis import given, settings
from hypothesis import strategies as st

from lorax_tui.model.arrivals import Pacing
from lorax_tui.model.schedule import Schedule

PACINGS = st.builds(Pacing, st.floats(0.01, 5000), st.integers(0, 2**32 - 1), st.floats(0, 1e5))
GAPS = 4000


def dues(pacing: Pacing, count: int) -> list[float]:
    schedule = Schedule(pacing)
    return [schedule.advance() for _ in range(count)]


@settings(max_examples=40, deadline=None)
@given(PACINGS)
def test_gaps_are_exponential_with_the_rate_that_was_asked_for(pacing: Pacing) -> None:
    gaps = [(after - before) * pacing.requests_per_second for before, after in pairwise(dues(pacing, GAPS))]
    assert min(gaps) >= 0
    assert abs(fmean(gaps) - 1) < 0.1  # six standard deviations of the mean
    assert abs(pvariance(gaps) - 1) < 0.35  # and seven of the variance
    assert abs(sum(gap > 1 for gap in gaps) / len(gaps) - 0.3679) < 0.05


@given(PACINGS)
def test_the_same_seed_is_the_same_schedule(pacing: Pacing) -> None:
    schedule = Schedule(pacing)
    first = schedule.next_s
    assert first >= pacing.start_s
    assert [first, *dues(pacing, 20)[1:]] == dues(pacing, 20)
    assert schedule.advance() == first < schedule.next_s


def test_another_seed_is_another_schedule() -> None:
    assert dues(Pacing(10, 1, 0), 5) != dues(Pacing(10, 2, 0), 5)


def test_a_schedule_of_an_old_journal_can_still_be_worked_out() -> None:
    found = [round(due_s, 6) for due_s in dues(Pacing(50, 4711, 2.0), 4)]
    assert found == [2.002923, 2.016403, 2.032389, 2.069944]
