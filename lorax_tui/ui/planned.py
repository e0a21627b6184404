"""What the stages of a scenario want: the planned users below the actual ones, and what comes next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from lorax_tui.model import format as words
from lorax_tui.model.phase_view import PhaseView
from lorax_tui.model.point import Point
from lorax_tui.session.view import SessionView, State
from lorax_tui.ui.chart import Axis, Series
from lorax_tui.ui.scale import Scale

AHEAD = 1 / 3
"""Share of the axis for what is still to come, as long as a scenario with stages runs."""


def staged(view: SessionView) -> PhaseView | None:
    """The phase that goes on, where it is a stage of a scenario whose end is known."""
    phase = view.run.phase
    if view.state is not State.RUNNING or phase is None or phase.stage is None or phase.end_s is not None:
        return None
    return None if view.scenario_end_s is None or phase.scenario_end_s is None else phase


def with_room_ahead(axis: Axis, view: SessionView) -> Axis:
    """The axis, with its last third for the plan where there is one."""
    if staged(view) is None:
        return axis
    return replace(axis, span_s=axis.span_s * (1 - AHEAD), ahead_s=axis.span_s * AHEAD)


def planned(view: SessionView, axis: Axis, points: Sequence[Point]) -> list[tuple[float, float]]:
    """The users that were wanted, and those that will be."""
    phase = staged(view)
    if phase is None or phase.stage is None or phase.scenario_end_s is None:
        return []
    past = [(point.at_s, float(point.users_wanted)) for point in points]
    ahead = phase.stage.planned(phase.users_wanted, axis.now_s, phase.scenario_end_s, axis.now_s + axis.ahead_s)
    return [*past, *ahead]


def plan_series(plan: Sequence[tuple[float, float]], scale: Scale, wide: bool) -> list[Series]:
    """The line, named at its end, to be drawn below the actual users."""
    return [Series(f"plan {plan[-1][1]:.0f}" if wide else "plan", "muted", plan, scale, is_dashed=True)] if plan else []


def coming_title(view: SessionView, width: int) -> str:
    """The next stage and when it begins; empty where none is to come."""
    phase = staged(view)
    if phase is None or phase.stage is None or phase.scenario_end_s is None or not phase.stage.ahead:
        return ""
    left_s = max(0.0, phase.stage.next_s(phase.scenario_end_s) - view.elapsed_s)
    coming = f"{phase.stage.ahead[0].users} users in {words.clock(left_s)}"
    return f"answers a second, and users · {coming}" if len(coming) + 30 <= width else f"answers/s · {coming}"
