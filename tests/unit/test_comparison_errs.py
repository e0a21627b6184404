"""How often a comparison is wrong, over hundreds of pairs of runs of a target that drifts, pauses and has a tail."""

from __future__ import annotations

import pytest

from lorax_tui.runs.comparison import Change, Result, compare
from tests.unit.synthetic import Target, made_run

PAIRS = 100
SECONDS = 15
MOST_WRONG = PAIRS // 100


def test_two_runs_of_the_same_target_are_the_same() -> None:
    results = [compare(made_run(2 * n, SECONDS), made_run(2 * n + 1, SECONDS)).result for n in range(PAIRS)]
    assert results.count(Result.SAME) >= PAIRS - MOST_WRONG


@pytest.mark.parametrize("name", ["GET /health", "GET /projects"])
def test_thirty_milliseconds_more_are_found_where_they_are(name: str) -> None:
    slower = Target(slower_ms={name: 30})
    missed = blamed = 0
    for n in range(PAIRS):
        comparison = compare(made_run(2 * n, SECONDS), made_run(2 * n + 1, SECONDS, slower))
        worse = {row.name for _, row, figure in comparison.figures() if figure.change is Change.WORSE}
        missed += name not in worse
        blamed += bool(worse - {name})
    assert (missed <= MOST_WRONG, blamed <= MOST_WRONG) == (True, True), f"{missed} missed, {blamed} blamed"
