"""A bounded series: nothing is lost but the order within a block."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lorax_tui.model.blocks import Blocks


@given(st.lists(st.tuples(st.floats(0, 1e5), st.floats(-1e6, 1e6)), min_size=1, max_size=200))
def test_blocks_are_bounded_ordered_and_keep_extremes_and_mean(samples: list[tuple[float, float]]) -> None:
    series = Blocks(1.0, 10)
    samples.sort(key=lambda sample: sample[0])
    for sample in samples:
        series.push(*sample)
    blocks, values = series.blocks(), [value for _, value in samples]
    assert 1 <= len(blocks) <= 10
    assert min(block.low for block in blocks) == min(values) and max(block.high for block in blocks) == max(values)
    assert all(block.low - 1e-6 <= block.mean <= block.high + 1e-6 for block in blocks)
    assert all(earlier.at_s < later.at_s for earlier, later in pairwise(blocks))


def test_a_block_is_as_long_as_it_has_to_be() -> None:
    series = Blocks(1.0, 4)
    for second in range(8):
        series.push(second + 0.5, float(second))
    assert [(block.at_s, block.mean, block.low, block.high) for block in series.blocks()] == [
        (1.0, 0.5, 0, 1), (3.0, 2.5, 2, 3), (5.0, 4.5, 4, 5), (7.0, 6.5, 6, 7),
    ]  # fmt: skip
    assert series.blocks(closed_only=True) == series.blocks()[:-1] and series.closed == 5


def test_a_view_is_true_after_more_samples() -> None:
    series = Blocks(10.0, 4)
    series.push(1.0, 1.0)
    assert series.blocks()[0].mean == 1
    series.push(2.0, 3.0)
    assert series.blocks()[0].mean == pytest.approx(2)
    series.push(0.5, 8.0)
    assert series.blocks()[0].mean == pytest.approx(4)
