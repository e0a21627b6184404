"""The stages of a scenario, seen ahead of time."""

from __future__ import annotations

import pytest

from lorax_tui.model.scenario import Scenario, Stage
from lorax_tui.model.stages import Planned, StageMark
from lorax_tui.session.plan import steps
from lorax_tui.ui.chart import Axis

MARK = StageMark(1, 3, [Planned(30, 10.0, 60.0), Planned(5, 5.0, 60.0)])


def test_the_plan_ramps_at_each_stages_rate_and_ends_with_the_scenario() -> None:
    assert MARK.next_s(200.0) == 80.0
    plan = dict(MARK.planned(10, 70.0, 200.0, 300.0))
    assert (plan[70.0], plan[80.0], plan[81.0], plan[82.0], plan[139.0]) == (10, 10, 20, 30, 30)
    assert (plan[140.0], plan[141.0], plan[145.0], plan[200.0]) == (30, 25, 5, 5)
    assert max(plan) == 200.0


def test_a_stage_too_short_for_its_ramp_is_left_where_it_came_to() -> None:
    mark = StageMark(1, 3, [Planned(100, 1.0, 10.0), Planned(0, 1.0, 20.0)])
    plan = dict(mark.planned(10, 0.0, 40.0, 40.0))
    assert (plan[10.0], plan[20.0], plan[30.0], plan[40.0]) == (10, 20, 10, 0)


def test_nothing_is_planned_further_than_is_looked() -> None:
    assert [at_s for at_s, _ in MARK.planned(10, 70.0, 200.0, 72.0)] == [70.0, 71.0, 72.0]


def test_every_step_of_a_scenario_in_stages_knows_what_follows() -> None:
    stages = [Stage(2, 10, 30), Stage(4, 5, 60)]
    first, last = steps([Scenario("steps", 4, 10, 90, {"LoraxHttpUser": 1.0}, stages=stages)])
    assert first.phase_start(1, 2, 0.0).stage == StageMark(1, 2, [Planned(4, 5, 60)])
    assert last.phase_start(2, 4, 30.0).stage == StageMark(2, 2, [])
    (plain,) = steps([Scenario("plain", 4, 10, 90, {"LoraxHttpUser": 1.0})])
    assert plain.phase_start(1, 4, 0.0).stage is None


@pytest.mark.parametrize("width", [30, 61, 90])
def test_the_last_third_of_an_axis_with_room_ahead_is_after_now(width: int) -> None:
    axis = Axis(100.0, 40.0, 20.0)
    now = axis.column(100.0, width)
    assert abs(now - 2 * width / 3) <= 2
    assert 0 <= axis.column(64.0, width) <= 6 and width - 3 <= axis.column(119.0, width) < width
    label = axis.label(width)
    assert len(label) == width and label.startswith("-40s ") and label.endswith(" +20s") and " now " in label
    plain = Axis(100.0, 60.0)
    assert plain.column(100.0, width) == width - 1 and plain.label(width).endswith(" now")
