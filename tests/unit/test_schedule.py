"""The schedule of a paced phase: a Poisson process, and the same one from the same seed."""

from __future__ import annotations

from itertools import pairwise
from statistics import fmean, pvariance

from hypothesis import given, settings
from hypothesis import strategies as st

from lorax_tui.model.arrivals import Pacing
from lorax_tui.model.schedule import NOTHING, Schedule, Share

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


def walked(pacing: Pacing, until_s: float, share: Share, deals: list[tuple[float, Share]]) -> list[float]:
    """What a worker starts that always keeps up, and is told of each share a little ahead of its time."""
    schedule, found, told = Schedule(pacing, share), list[float](), list(deals)
    for step in range(int(until_s * 1000)):
        now_s = step / 1000
        while told and now_s >= told[0][0] - 0.05:
            from_s, dealt = told.pop(0)
            schedule.deal(dealt, from_s)
        while schedule.next_s <= now_s:
            found.append(schedule.advance())
    return found


@settings(max_examples=25, deadline=None)
@given(st.floats(1, 3000), st.integers(0, 2**32 - 1), st.integers(1, 40))
def test_shares_make_up_the_whole_schedule_while_workers_come_and_go(rate: float, seed: int, users: int) -> None:
    pacing = Pacing(rate, seed, 0.0)
    whole = walked(pacing, 0.6, Share(), [])
    third_joins_first_leaves = [
        (Share(0, 2, users), [(0.2, Share(0, 3, users)), (0.4, NOTHING)]),
        (Share(1, 2, users), [(0.2, Share(1, 3, users)), (0.4, Share(0, 2, users))]),
        (NOTHING, [(0.2, Share(2, 3, users)), (0.4, Share(1, 2, users))]),
    ]
    parts = [walked(pacing, 0.6, share, deals) for share, deals in third_joins_first_leaves]
    assert sorted(due_s for part in parts for due_s in part) == whole


@given(st.integers(1, 50), st.integers(1, 8))
def test_a_share_of_the_schedule_is_as_large_as_that_of_the_users(users: int, workers: int) -> None:
    shares = [Share(rank, workers, users) for rank in range(workers)]
    taken = [sum(share.takes(index) for index in range(users)) for share in shares]
    assert taken == [len(range(rank, users, workers)) for rank in range(workers)]
    assert [share.is_empty for share in shares] == [count == 0 for count in taken]
