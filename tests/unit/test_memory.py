"""The target's memory: one line for each worker, restarts told from a proxy's choice, unknown never 0."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lorax_tui.model.memory import KEPT_BLOCKS, KEPT_SAMPLES, MOST_PIDS, Memory
from lorax_tui.model.records import TargetSample


def folded(samples: list[TargetSample]) -> Memory:
    memory = Memory()
    for sample in samples:
        memory.fold(sample)
    return memory


def polled(pids: list[int], rss_mb: float = 100.0) -> list[TargetSample]:
    return [TargetSample(float(second), 2.0, pid, rss_mb) for second, pid in enumerate(pids)]


def test_workers_are_never_averaged() -> None:
    samples = [TargetSample(float(second), 2.0, 7 + second % 2, 100.0 + 200 * (second % 2)) for second in range(20)]
    first, second = folded(samples).view().pids
    assert (first.pid, first.first_mb, first.rss_mb, first.max_mb) == (7, 100, 100, 100)
    assert (second.pid, second.first_mb, second.rss_mb, second.max_mb) == (8, 300, 300, 300)
    assert {block.mean for block in first.resident} == {100} and {block.mean for block in second.resident} == {300}


def test_all_that_a_worker_tells_of_itself_is_kept() -> None:
    told = {"metrics.gauges.open_shards": 3.0}
    samples = [TargetSample(float(second), 2.0, 7, 100.0 + second, 900.0, second, told) for second in range(30)]
    (worker,) = folded(samples).view().pids
    assert (worker.first_mb, worker.min_mb, worker.rss_mb, worker.max_mb) == (100, 100, 129, 129)
    assert (worker.vms_mb, worker.file_cache_size, worker.artifacts) == (900, 29, told)
    assert [block.mean for block in worker.cached] == list(range(30))
    assert folded([*samples, TargetSample(31.0, 2.0, 7, 1.0)]).view().pids[0].file_cache_size is None


def test_the_history_is_of_the_whole_run_however_long_and_keeps_the_extremes() -> None:
    memory = Memory()
    for second in range(20_000):
        memory.fold(TargetSample(float(second), 2.0, 7, 900.0 if second == 7777 else 100.0))
    (worker,) = memory.view().pids
    assert KEPT_BLOCKS / 2 <= len(worker.resident) <= KEPT_BLOCKS
    assert worker.resident[0].at_s < 100 and worker.resident[-1].at_s > 19_900
    assert max(block.high for block in worker.resident) == 900
    assert len(worker.points) == KEPT_SAMPLES and len(memory.view().round_trips) <= KEPT_BLOCKS


def test_a_worker_that_ended_and_the_one_that_came_are_marked_at_once() -> None:
    memory = folded(polled([7, 8] * 10))
    memory.fold(TargetSample(20.0, error="connection refused", ended=[8]))
    assert memory.view().marks == ((20.0, "pid 8 has ended"),) and memory.view().pids[1].gone
    memory.fold(TargetSample(21.0, 2.0, 9, 100.0))
    assert memory.view().marks[1:] == ((21.0, "pid 9 is new"),) and memory.view().restarts == 1


def test_a_worker_whose_end_would_be_told_is_not_gone_by_being_silent() -> None:
    silent = TargetSample(0.0, 2.0, 7, 100.0, age_s=1e4)
    others = [TargetSample(1.0 + second, 2.0, 8 + second % 2, 100.0, age_s=1e4) for second in range(600)]
    memory = folded([silent, *others])
    assert memory.view().marks == () and not memory.view().pids[0].gone
    memory.fold(TargetSample(700.0, 2.0, 8, 100.0, age_s=1e4, ended=[7]))
    assert memory.view().marks == ((700.0, "pid 7 has ended"),)


def test_a_worker_that_is_asked_less_often_than_others_is_not_gone_at_once() -> None:
    quick = [TargetSample(second / 4, 2.0, 8 + second % 3, 100.0) for second in range(150)]
    assert folded([TargetSample(0.0, 2.0, 7, 100.0), *quick]).view().marks == ()
    assert folded([TargetSample(0.0, 2.0, 7, 100.0), *quick, TargetSample(46.0, 2.0, 8, 100.0)]).view().marks == (
        (46.0, "pid 7 answers no more"),
    )


def test_workers_that_are_only_found_out_about_are_no_news() -> None:
    assert folded(polled([7, 7, 8, 7, 9, 10, 8])).view().marks == ()


def test_a_new_worker_is_news_where_all_others_have_long_been_known() -> None:
    assert folded(polled([7, 8] * 20 + [9])).view().marks == ((40.0, "pid 9 is new"),)


@pytest.mark.parametrize("sample", [TargetSample(1.0, 2.0), TargetSample(1.0, 2.0, 7), TargetSample(1.0, 2.0, None, 9)])
def test_what_is_not_told_is_unknown_and_not_zero(sample: TargetSample) -> None:
    target = folded([sample]).view()
    assert (target.samples, target.pids, target.error, target.round_trip_ms) == (1, (), None, 2.0)


def test_a_poll_that_fails_is_told_until_one_succeeds() -> None:
    memory = folded([*polled([7]), TargetSample(2.0, error="HTTP 502")])
    assert (memory.view().error, memory.view().samples, memory.view().last_s) == ("HTTP 502", 1, 0.0)
    memory.fold(TargetSample(3.0, 2.0, 7, 100.0))
    assert memory.view().error is None and memory.view().samples == 2


def test_a_worker_replaced_by_another_is_a_restart() -> None:
    assert folded(polled([7] * 10 + [8] * 9)).view().restarts == 0
    assert folded(polled([7] * 10 + [8] * 20)).view().restarts == 1


def test_a_target_that_is_down_between_its_workers_is_one_restart() -> None:
    down = [TargetSample(10.0 + second, error="connection refused") for second in range(30)]
    after = [TargetSample(40.0 + second, 2.0, 8, 100.0) for second in range(20)]
    assert folded([*polled([7] * 10), *down, *after]).view().restarts == 1


def test_workers_that_take_turns_are_no_restart() -> None:
    assert folded(polled([7, 8, 9] * 40)).view().restarts == 0


def test_a_worker_that_is_gone_for_good_is_no_restart() -> None:
    assert folded(polled([7, 8] * 10 + [7] * 60)).view().restarts == 0


@given(st.lists(st.tuples(st.integers(1, 200), st.floats(0, 1e6)), max_size=200))
def test_memory_of_the_fold_is_bounded_and_its_extremes_hold(samples: list[tuple[int, float]]) -> None:
    memory = folded([TargetSample(float(second), 1.0, *sample) for second, sample in enumerate(samples)])
    target = memory.view()
    assert target.samples == len(samples) and len(target.pids) <= MOST_PIDS
    for worker in target.pids:
        assert worker.min_mb <= worker.rss_mb <= worker.max_mb and len(worker.points) <= KEPT_SAMPLES


def test_a_worker_that_is_older_than_the_run_is_no_news_however_late_it_is_seen() -> None:
    first = [TargetSample(float(second), 2.0, 7, 100.0, age_s=90.0 + second) for second in range(60)]
    memory = folded([*first, TargetSample(60.0, 2.0, 8, 100.0, age_s=150.0)])
    memory.fold(TargetSample(61.0, 2.0, 9, 100.0, age_s=151.0, ended=[7]))
    assert memory.view().marks == ((61.0, "pid 7 has ended"),) and memory.view().restarts == 0
    memory.fold(TargetSample(62.0, 2.0, 10, 100.0, age_s=0.5))
    assert memory.view().marks[1:] == ((62.0, "pid 10 is new"),) and memory.view().restarts == 1
