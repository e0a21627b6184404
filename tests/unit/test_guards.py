"""What ends a run by itself, second by second."""

import pytest

from lorax_tui.model.guards import Guards
from lorax_tui.model.records import GuardLimits, GuardName, Interval, TargetSample
from lorax_tui.model.tally import ErrorCount, Tally

LIMITS = GuardLimits(unreachable_s=60, error_rate=0.5, errors_s=10, errors_asks=50, memory_mb=1000, bound_s=20)


def interval(second, ok=0, failed=0, kind="status"):
    errors = [ErrorCount(kind, "so it was", failed)] if failed else []
    tally = Tally(1, True, "HTTP", "GET /health", asks=ok + failed, ok=ok, failed=failed, errors=errors)
    return Interval(float(second), 1.0, 1, tallies=[tally])


def sample(second, pid=1, rss_mb=100.0):
    return TargetSample(float(second), round_trip_ms=1.0, pid=pid, rss_mb=rss_mb)


def first_trip(guards, records):
    """The second after which the first guard has tripped, and which."""
    for second, record in enumerate(records, 1):
        if isinstance(record, Interval):
            guards.fold_interval(record, is_bound=False)
        else:
            guards.fold_sample(record)
        tripped = [view for view in guards.view() if view.has_tripped]
        if tripped:
            return second, tripped[0].name
    return None


def test_nothing_is_told_while_all_is_well():
    guards = Guards(LIMITS)
    for second in range(100):
        guards.fold_interval(interval(second, ok=20), is_bound=False)
        guards.fold_sample(sample(second))
    assert guards.view() == ()


def test_a_target_that_only_fails_trips_after_ten_seconds():
    well = [interval(second, ok=20) for second in range(10)]
    ill = [interval(second, failed=20) for second in range(10, 40)]
    second, name = first_trip(Guards(LIMITS), well + ill)
    assert name is GuardName.ERRORS and 15 <= second <= 21


def test_a_target_that_fails_from_the_start_is_given_ten_seconds():
    assert first_trip(Guards(LIMITS), [interval(second, failed=100) for second in range(30)]) == (10, GuardName.ERRORS)


def test_few_asks_say_nothing_about_the_errors():
    assert first_trip(Guards(LIMITS), [interval(second, failed=2) for second in range(50)]) is None


@pytest.mark.parametrize(("rate", "most_s"), [(3, 10), (4, 10), (40, 10)])
def test_a_quiet_load_is_looked_at_for_longer(rate, most_s):
    well = [interval(second, ok=rate) for second in range(60)]
    ill = [interval(second, failed=rate) for second in range(60, 120)]
    second, name = first_trip(Guards(LIMITS), well + ill)
    assert name is GuardName.ERRORS and 5 < second - 60 <= most_s
    assert first_trip(Guards(LIMITS), well + ill[:3] + well) is None


def test_half_of_the_asks_may_fail():
    assert first_trip(Guards(LIMITS), [interval(second, ok=10, failed=10) for second in range(50)]) is None
    assert first_trip(Guards(LIMITS), [interval(second, ok=9, failed=11) for second in range(50)]) is not None


@pytest.mark.parametrize("kind", ["refused", "reset", "timeout", "dns"])
def test_a_target_that_is_gone_trips_after_a_minute(kind):
    gone = [interval(second, failed=2, kind=kind) for second in range(100)]
    assert first_trip(Guards(LIMITS), gone) == (60, GuardName.UNREACHABLE)


def test_any_answer_is_a_sign_of_life():
    assert first_trip(Guards(LIMITS), [interval(second, failed=2, kind="status") for second in range(100)]) is None
    polled = [sample(second, rss_mb=None) for second in range(100)]
    assert first_trip(Guards(LIMITS), polled) is None


def test_silence_is_counted_from_the_last_sign_of_life():
    guards = Guards(LIMITS)
    guards.fold_sample(sample(5))
    for second in range(6, 40):
        guards.fold_interval(interval(second), is_bound=False)
    (view,) = guards.view()
    assert view.name is GuardName.UNREACHABLE and "35 s" in view.text and view.trips_in_s == pytest.approx(25)


def test_one_worker_over_the_limit_trips():
    guards = Guards(LIMITS)
    guards.fold_sample(sample(1, pid=1, rss_mb=100.0))
    guards.fold_sample(sample(2, pid=2, rss_mb=950.0))
    (near,) = guards.view()
    assert not near.has_tripped and near.trips_in_s is None and "pid 2" in near.text
    guards.fold_sample(sample(3, pid=2, rss_mb=1001.0))
    assert guards.view()[0].has_tripped


def test_a_worker_that_is_gone_takes_no_memory():
    guards = Guards(LIMITS)
    guards.fold_sample(sample(1, pid=2, rss_mb=2000.0))
    guards.fold_sample(sample(60, pid=1, rss_mb=100.0))
    assert guards.view() == ()


def test_a_generator_at_its_limit_trips_unless_it_recovers():
    guards = Guards(LIMITS)
    for second in range(15):
        guards.fold_interval(interval(second, ok=1), is_bound=True)
    assert [view.name for view in guards.view()] == [GuardName.GENERATOR]
    guards.fold_interval(interval(15, ok=1), is_bound=False)
    for second in range(16, 36):
        assert not any(view.has_tripped for view in guards.view())
        guards.fold_interval(interval(second, ok=1), is_bound=True)
    assert guards.view()[0].has_tripped


def test_a_silenced_guard_goes_on_telling():
    guards = Guards(LIMITS)
    guards.silence(GuardName.ERRORS)
    for second in range(20):
        guards.fold_interval(interval(second, failed=20), is_bound=False)
    (view,) = guards.view()
    assert view.has_tripped and not view.stops


def test_another_load_starts_with_no_errors():
    guards = Guards(LIMITS)
    for second in range(9):
        guards.fold_interval(interval(second, failed=20), is_bound=False)
    guards.restart(stop=True)
    for second in range(9, 18):
        guards.fold_interval(interval(second, failed=20), is_bound=False)
    assert not any(view.has_tripped for view in guards.view())


def test_without_limits_nothing_trips():
    guards = Guards(GuardLimits())
    for second in range(200):
        guards.fold_interval(interval(second, failed=100, kind="refused"), is_bound=True)
    assert guards.view() == ()


def test_a_load_that_is_made_to_break_things_is_ended_by_no_guard():
    guards = Guards(LIMITS)
    guards.restart(stop=False)
    for second in range(20):
        guards.fold_interval(interval(second, failed=20), is_bound=False)
    (view,) = guards.view()
    assert view.has_tripped and not view.stops
