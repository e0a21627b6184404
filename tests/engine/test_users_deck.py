"""Tasks come as their weights say."""

from __future__ import annotations

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from lorax_tui.engine.users.backoff import LONGEST_S, Backoff
from lorax_tui.engine.users.data_set import DataSet
from lorax_tui.engine.users.deck import Deck

weights = st.dictionaries(st.characters(), st.integers(1, 12), min_size=1, max_size=6)


@settings(deadline=None)
@given(weights)
def test_every_deal_holds_each_task_as_often_as_its_weight(weight: dict[str, int]) -> None:
    deck = Deck([card for card, count in weight.items() for _ in range(count)])
    for _ in range(3):
        assert Counter(deck.deal() for _ in range(sum(weight.values()))) == weight


@settings(deadline=None)
@given(weights)
def test_the_first_cards_are_one_of_each_kind(weight: dict[str, int]) -> None:
    deck = Deck([card for card, count in weight.items() for _ in range(count)])
    assert {deck.deal() for _ in weight} == weight.keys()


def test_waits_grow_up_to_a_cap() -> None:
    backoff = Backoff()
    waits = [backoff.next_s() for _ in range(20)]
    assert 0.1 <= waits[0] <= 0.2
    assert all(LONGEST_S / 2 <= wait <= LONGEST_S for wait in waits[6:])


@settings(deadline=None)
@given(st.integers(1, 10_000))
def test_a_window_lies_within_the_file(num_trees: int) -> None:
    window = DataSet(num_trees, 1, (), True).window()
    assert window[0] >= 0 and window[-1] < num_trees
    assert len(window) == min(10, num_trees)


keys = st.sampled_from(["num_trees", "intervals", "num_samples", "sample_names", "samples"])
values = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-5, 5),
    st.text(),
    st.lists(st.integers()),
    st.dictionaries(st.text(), st.text()),
)


@settings(deadline=None)
@given(st.dictionaries(keys, values))
def test_any_config_gives_something_to_look_at(config: dict[str, object]) -> None:
    data_set = DataSet.of("file.trees", config)
    assert data_set.window() and data_set.sample() >= 0 and isinstance(data_set.sample_name(), str)
