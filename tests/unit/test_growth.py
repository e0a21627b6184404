"""The leak verdict: right about leaks, and silent about everything that only looks like one."""

from __future__ import annotations

from collections import Counter

import pytest

from lorax_tui.model.growth import BLOCK_S, FEWEST_BLOCKS, MOST_BLOCKS, SHORTEST_S, Growth, Standing, Watch
from lorax_tui.model.records import TargetSample
from lorax_tui.model.thresholds import Verdict
from tests.unit import rss

SEEDS = 100


def watched(samples: list[tuple[float, float]], limit_mb_per_min: float | None = 1.0, pid: int = 7) -> Watch:
    watch = Watch(limit_mb_per_min)
    for at_s, rss_mb in samples:
        watch.fold(TargetSample(at_s, 2.0, pid, rss_mb))
    return watch


def growth(shape: rss.Shape, seed: int, length_s: int = 1800) -> Growth:
    watch = watched(rss.series(shape, seed, length_s))
    watch.close()
    return watch.growths()[7]


@pytest.mark.parametrize("shape", [rss.leak, rss.leak_by_arenas])
def test_a_leak_is_called_growing_with_its_true_pace_in_the_interval(shape: rss.Shape) -> None:
    found = [growth(shape, seed) for seed in range(SEEDS)]
    right = [
        one.standing is Standing.GROWING and one.low_mb_per_min <= rss.RATE_MB_PER_MIN <= one.high_mb_per_min
        for one in found
    ]
    assert sum(right) >= 97
    assert sorted(one.high_mb_per_min - one.low_mb_per_min for one in found)[SEEDS // 2] < 1


@pytest.mark.parametrize("shape", [rss.saw_tooth, rss.cache, rss.cache_of_files, rss.level, rss.one_step])
def test_what_only_looks_like_a_leak_is_not_called_one(shape: rss.Shape) -> None:
    found = Counter(growth(shape, seed).standing for seed in range(SEEDS))
    assert found[Standing.GROWING] <= 2
    if shape in (rss.cache, rss.cache_of_files, rss.level):
        assert found[Standing.FLAT] >= 95


def test_a_few_minutes_are_too_short_to_tell() -> None:
    steep = [(float(second), 100.0 + second) for second in range(int(SHORTEST_S) - 5)]
    early = watched(steep).growths()[7]
    assert early.standing is Standing.SHORT and early.mb_per_min == pytest.approx(60)
    later = [(float(second), 100.0 + second) for second in range(int(SHORTEST_S) + 15)]
    assert watched(later).growths()[7].standing is Standing.GROWING


def test_nothing_is_certain_of_a_handful_of_samples() -> None:
    rare = [(60.0 * minute, 100.0 + 5 * minute) for minute in range(FEWEST_BLOCKS - 1)]
    watch = watched(rare)
    watch.close()
    assert watch.growths()[7].standing is Standing.SHORT


def test_a_few_samples_have_no_slope() -> None:
    assert watched([(float(second), 100.0) for second in range(20)]).growths()[7] == Growth(watched_s=pytest.approx(10))


def test_a_level_that_never_moves_is_flat() -> None:
    found = watched([(float(second), 100.0) for second in range(400)]).growths()[7]
    assert (found.standing, found.mb_per_min, found.low_mb_per_min, found.high_mb_per_min) == (Standing.FLAT, 0, 0, 0)


def test_the_verdict_is_that_of_the_worst_worker_and_none_is_averaged() -> None:
    watch = Watch(1.0)
    for second in range(900):
        watch.fold(TargetSample(float(second), 2.0, 7, 100.0 + second / 20))
        watch.fold(TargetSample(float(second), 2.0, 8, 400.0 - second / 20))
    assert watch.growths()[7].standing is Standing.GROWING and watch.growths()[8].standing is Standing.FLAT
    slope, verdict = watch.verdict()
    assert slope == pytest.approx(3) and verdict is Verdict.FAILED


@pytest.mark.parametrize(("limit", "expected"), [(2.9, Verdict.FAILED), (3.1, Verdict.PASSED)])
def test_a_growth_within_the_limit_passes(limit: float, expected: Verdict) -> None:
    assert watched([(float(second), 100.0 + second / 20) for second in range(900)], limit).verdict()[1] is expected


def test_nothing_known_is_not_passed() -> None:
    watch = Watch(1.0)
    for sample in (TargetSample(1.0, error="HTTP 404"), TargetSample(2.0, 2.0, 7), TargetSample(3.0, 2.0, None, 9.0)):
        watch.fold(sample)
    assert watch.growths() == {} and watch.verdict() == (None, Verdict.INCONCLUSIVE)


def test_a_worker_that_is_gone_has_a_say_only_if_it_was_growing() -> None:
    def run(first_rise: float, first_s: int) -> Verdict:
        watch = Watch(1.0)
        for second in range(1000):
            if second < first_s:
                watch.fold(TargetSample(float(second), 2.0, 7, 100.0 + first_rise * second))
            watch.fold(TargetSample(float(second), 2.0, 8, 100.0))
        return watch.verdict()[1]

    assert run(0.05, 600) is Verdict.FAILED
    assert run(0.0, 100) is Verdict.PASSED
    assert run(0.0, 990) is Verdict.PASSED
    watch = watched([(float(second), 100.0) for second in range(600)])
    watch.fold(TargetSample(601.0, 2.0, 8, 100.0))
    assert watch.verdict()[1] is Verdict.INCONCLUSIVE


def test_the_end_counts_the_last_samples_and_lets_all_of_them_go() -> None:
    watch = watched(rss.series(rss.leak, 1))
    assert watch.growths()[7].watched_s < 1790
    watch.close()
    assert watch.growths()[7].watched_s >= 1790 and watch.verdict()[1] is Verdict.FAILED
    final = watch.growths()
    watch.fold(TargetSample(1900.0, 2.0, 7, 1.0))
    watch.close()
    assert watch.growths() == final


def test_it_is_judged_again_only_when_a_block_is_full(monkeypatch: pytest.MonkeyPatch) -> None:
    judged: list[int] = []
    from lorax_tui.model import growth as module

    real = module.judge_growth
    monkeypatch.setattr(module, "judge_growth", lambda blocks, limit: judged.append(len(blocks)) or real(blocks, limit))
    watch = Watch(1.0)
    for second in range(6000):
        watch.fold(TargetSample(float(second), 2.0, 7, 100.0))
        watch.growths()
        watch.verdict()
    assert len(judged) <= 6000 / BLOCK_S and max(judged) <= MOST_BLOCKS
