"""The way from any counts of users to any others."""

from collections import Counter
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from lorax_tui.engine.dispatch import class_counts, interleaved, ramp

NAMES = st.sampled_from(["Http", "Socket", "Mixed", "Load"])
COUNTS = st.dictionaries(NAMES, st.integers(0, 60), max_size=4)
MIXES = st.dictionaries(NAMES, st.floats(0.1, 100), min_size=1, max_size=4)


@given(st.integers(0, 1000), MIXES)
def test_counts_add_up_and_are_nearest_to_the_weights(users: int, mix: dict[str, float]) -> None:
    counts = class_counts(users, mix)
    assert sum(counts.values()) == users
    whole = sum(mix.values())
    assert all(abs(counts[name] - users * weight / whole) < 1 for name, weight in mix.items())


def test_a_class_without_weight_has_no_users() -> None:
    assert class_counts(10, {"Http": 1, "Socket": 0}) == {"Http": 10}


@given(COUNTS, COUNTS, st.integers(1, 20))
def test_a_ramp_arrives_and_keeps_within_the_band(before: dict[str, int], after: dict[str, int], burst: int) -> None:
    way = [before, *ramp(before, after, burst)]
    low, high = sorted((sum(before.values()), sum(after.values())))
    assert {name: count for name, count in way[-1].items() if count} == {n: c for n, c in after.items() if c}
    for now, then in pairwise(way):
        assert low <= sum(then.values()) <= high
        change = {name: then.get(name, 0) - now.get(name, 0) for name in {*now, *then}}
        assert sum(count for count in change.values() if count > 0) <= burst
        assert sum(-count for count in change.values() if count < 0) <= burst


@given(COUNTS, COUNTS)
def test_a_ramp_never_stops_a_class_that_it_starts(before: dict[str, int], after: dict[str, int]) -> None:
    for now, then in pairwise([before, *ramp(before, after, 1)]):
        for name in {*now, *then}:
            change = then.get(name, 0) - now.get(name, 0)
            assert change == 0 or (change > 0) == (after.get(name, 0) > before.get(name, 0))


@given(COUNTS)
def test_interleaving_keeps_every_count_and_spreads_it(counts: dict[str, int]) -> None:
    row = list(interleaved(counts))
    assert Counter(row) == Counter({name: count for name, count in counts.items() if count})
    half = Counter(row[: len(row) // 2])
    assert all(abs(half[name] - count / 2) <= len(counts) for name, count in counts.items())
