"""A recorded run seen again: any moment of it, however one came there."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lorax_tui.model.records import Record, reached_s
from lorax_tui.model.run import Run
from lorax_tui.runs import store
from lorax_tui.runs.recorded import Recorded, read
from lorax_tui.session.moments import Moments
from lorax_tui.session.replay import Replay
from lorax_tui.session.view import SessionView, State
from tests.kept import keep
from tests.unit.strategies import runs
from tests.waiting import wait_until


class Clock:
    """Stands still unless it is told to go."""

    def __init__(self) -> None:
        self.now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def replay(tmp_path: Path, clock: Clock) -> Replay:
    folder = keep(tmp_path, seconds=30, switch_s=12)
    return Replay(folder, read(folder / store.JOURNAL), clock)


def at_s(view: SessionView) -> float:
    assert view.replay is not None
    return view.replay.at_s


def until(records: list[Record], end_s: float) -> Run:
    """The fold of what had happened by then."""
    run = Run()
    for record in records:
        if reached_s(record) <= end_s:
            run.fold(record)
    return run


def test_it_begins_at_the_beginning_and_holds_still(replay: Replay, clock: Clock) -> None:
    clock.now_s += 5
    view = replay.view
    assert (view.state, at_s(view), view.scenario) == (State.RUNNING, 0.0, "smoke")
    assert view.replay is not None and not view.replay.is_playing and view.replay.marks == (0.0, 12.0)
    assert view.run.points == () and replay.view is view


def test_time_passes_at_the_wanted_speed_and_ends_at_the_end(replay: Replay, clock: Clock) -> None:
    replay.toggle()
    clock.now_s += 4
    assert at_s(replay.view) == 4.0
    assert replay.view.run == until(replay._recorded.records, 4.0).view()
    replay.change_speed(+1)
    clock.now_s += 4
    assert at_s(replay.view) == 12.0 and replay.view.scenario == "medium"
    replay.toggle()
    clock.now_s += 100
    assert at_s(replay.view) == 12.0
    replay.toggle()
    clock.now_s += 100
    view = replay.view
    assert (view.state, at_s(view), view.run.ended) == (State.ENDED, 30.0, "finished")
    assert view.replay is not None and not view.replay.is_playing
    replay.toggle()
    clock.now_s += 1
    assert at_s(replay.view) == 2.0, "it begins anew, as fast as before"


def test_speeds_have_their_bounds(replay: Replay) -> None:
    for steps, speed in ((-1, 1), (+1, 2), (+9, 60), (+1, 60), (-1, 30)):
        replay.change_speed(steps)
        assert replay.view.replay is not None and replay.view.replay.speed == speed


def test_steps_go_from_interval_to_interval_and_hold(replay: Replay) -> None:
    replay.play()
    for steps, expected_s in ((1, 1.0), (1, 2.0), (-1, 1.0), (-1, 0.0), (-1, 0.0)):
        replay.step(steps)
        assert at_s(replay.view) == expected_s
    replay.seek(29.5)
    replay.step(1)
    replay.step(1)
    assert at_s(replay.view) == 30.0


def test_from_event_to_event(replay: Replay) -> None:
    replay.to_event(1)
    assert at_s(replay.view) == 12.0 and replay.view.run.events[-1].text == "medium: 5 users at 5/s"
    replay.to_event(1)
    assert at_s(replay.view) == 30.0
    replay.to_event(-1)
    replay.to_event(-1)
    assert at_s(replay.view) == 0.0


def test_the_clock_of_the_scenario(replay: Replay) -> None:
    replay.seek(20.0)
    view = replay.view
    assert (view.scenario, view.scenario_start_s, view.scenario_end_s, view.elapsed_s) == ("medium", 12.0, 72.0, 20.0)


def test_a_run_that_was_cut_off_says_so_where_it_ends(tmp_path: Path, clock: Clock) -> None:
    folder = keep(tmp_path, seconds=10, end=None)
    with (folder / store.JOURNAL).open("ab") as journal:
        journal.write(b'{"type')
    replay = Replay(folder, read(folder / store.JOURNAL), clock)
    assert replay.view.notice == ""
    replay.seek(99.0)
    view = replay.view
    assert (view.state, view.notice) == (State.RUNNING, "recovered: cut off at 00:10, 6 bytes dropped")


@settings(max_examples=60, suppress_health_check=list(HealthCheck), deadline=None)
@given(runs(), st.lists(st.floats(0, 1e5), min_size=1, max_size=6), st.booleans())
def test_however_one_comes_to_a_moment_it_is_the_same(records: list[Record], jumps: list[float], kept: bool) -> None:
    replay = Replay(Path("run"), Recorded(records), Clock())
    replay._moments._between = 2  # so that there is something to go back to
    if kept:
        replay._moments._prepare()
    for jump in jumps:
        replay.seek(jump)
        there = replay.view
        fresh = Replay(Path("run"), Recorded(records), Clock())
        fresh.seek(jump)
        assert there == fresh.view


def test_what_is_far_away_is_reached_in_several_goes(tmp_path: Path) -> None:
    folder = keep(tmp_path, seconds=500)
    replay = Replay(folder, read(folder / store.JOURNAL), Clock())
    replay.seek(500.0)
    first = replay.view
    assert first.replay is not None and first.replay.is_reading and first.run.elapsed_s == pytest.approx(200, abs=2)
    views = [replay.view for _ in range(3)]
    assert views[-1].run.ended == "finished" and views[-1].replay is not None and not views[-1].replay.is_reading


def test_what_is_prepared_is_there_at_once(tmp_path: Path) -> None:
    folder = keep(tmp_path, seconds=500)
    replay = Replay.open(folder)
    try:
        wait_until(lambda: not replay._moments._preparing.is_alive(), "everything is prepared", 60)
        for place_s in (500.0, 250.0, 499.0, 1.0):
            replay.seek(place_s)
            assert replay.view.replay is not None and not replay.view.replay.is_reading
            assert replay.view.run.elapsed_s == place_s
    finally:
        replay.close()


def test_closing_ends_the_preparation(tmp_path: Path) -> None:
    records = read(keep(tmp_path, seconds=300) / store.JOURNAL).records
    moments = Moments(records)
    moments.prepare()
    moments.close()
    assert not moments._preparing.is_alive()
    assert 0 < moments.go(len(records)) <= len(records)
