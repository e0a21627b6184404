"""The way from any counts of users to any others."""

from collections import Counter
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from lorax_tui.engine.dispatch import Post, class_counts, dealt, interleaved, ramp, turns

NAMES = st.sampled_from(["Http", "Socket", "Mixed", "Load"])
COUNTS = st.dictionaries(NAMES, st.integers(0, 60), max_size=4)
WORKERS = ["w1", "w2", "w3"]
POSTS = st.dictionaries(st.tuples(st.sampled_from(WORKERS), NAMES), st.integers(0, 40), max_size=8)
MIXES = st.dictionaries(NAMES, st.floats(0.1, 100), min_size=1, max_size=4)


@given(st.integers(0, 1000), MIXES)
def test_counts_add_up_and_are_nearest_to_the_weights(users: int, mix: dict[str, float]) -> None:
    counts = class_counts(users, mix)
    assert sum(counts.values()) == users
    whole = sum(mix.values())
    assert all(abs(counts[name] - users * weight / whole) < 1 for name, weight in mix.items())


def test_a_class_without_weight_has_no_users() -> None:
    assert class_counts(10, {"Http": 1, "Socket": 0}) == {"Http": 10}


@given(POSTS, POSTS, st.integers(1, 20))
def test_a_ramp_arrives_and_keeps_within_the_band(before: dict[Post, int], after: dict[Post, int], burst: int) -> None:
    way = [before, *ramp(before, after, burst)]
    low, high = sorted((sum(before.values()), sum(after.values())))
    assert {name: count for name, count in way[-1].items() if count} == {n: c for n, c in after.items() if c}
    for now, then in pairwise(way):
        assert low <= sum(then.values()) <= high
        change = {name: then.get(name, 0) - now.get(name, 0) for name in {*now, *then}}
        assert sum(count for count in change.values() if count > 0) <= burst
        assert sum(-count for count in change.values() if count < 0) <= burst


@given(POSTS, POSTS)
def test_a_ramp_never_stops_a_class_that_it_starts(before: dict[Post, int], after: dict[Post, int]) -> None:
    for now, then in pairwise([before, *ramp(before, after, 1)]):
        for name in {*now, *then}:
            change = then.get(name, 0) - now.get(name, 0)
            assert change == 0 or (change > 0) == (after.get(name, 0) > before.get(name, 0))


@given(COUNTS, st.integers(1, 5))
def test_users_are_dealt_out_with_the_same_mix_for_each_worker(counts: dict[str, int], workers: int) -> None:
    ids = [f"w{number}" for number in range(workers)]
    posts = dealt(counts, ids)
    for name, count in counts.items():
        shares = [posts[worker, name] for worker in ids]
        assert sum(shares) == count and max(shares) - min(shares) <= 1
    totals = [sum(count for (at, _), count in posts.items() if at == worker) for worker in ids]
    assert max(totals) - min(totals) <= 1
    assert totals == [turns(sum(counts.values()), rank, workers) for rank in range(workers)]
    assert totals == sorted(totals, reverse=True), "the first ones get what is left over, as of the schedule"


@given(st.integers(0, 60), MIXES, MIXES, st.integers(1, 20))
def test_a_new_mix_of_as_many_users_keeps_the_total_of_each_worker(
    users: int, before: dict[str, float], after: dict[str, float], burst: int
) -> None:
    old, new = (dealt(class_counts(users, mix), WORKERS) for mix in (before, after))
    for now in ramp(old, new, burst):
        for worker in WORKERS:
            of_worker = [sum(n for (at, _), n in posts.items() if at == worker) for posts in (old, now)]
            assert of_worker[0] == of_worker[1]


@given(COUNTS)
def test_interleaving_keeps_every_count_and_spreads_it(counts: dict[str, int]) -> None:
    row = list(interleaved(counts))
    assert Counter(row) == Counter({name: count for name, count in counts.items() if count})
    half = Counter(row[: len(row) // 2])
    assert all(abs(half[name] - count / 2) <= len(counts) for name, count in counts.items())
