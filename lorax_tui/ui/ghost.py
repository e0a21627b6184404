"""The baseline on the charts: a dashed line of what it showed at the same times of the same phases."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from lorax_tui.model.baseline import BaselinePhase
from lorax_tui.session.view import SessionView
from lorax_tui.ui.chart import Axis, Series
from lorax_tui.ui.scale import Scale

Points = list[tuple[float, float | None]]


def ghost_points(view: SessionView, axis: Axis, values: Callable[[BaselinePhase], Sequence[float | None]]) -> Points:
    """What is on the axis of the baseline; nothing where there is none, or no phase of it fits."""
    if view.baseline is None:
        return []
    return list(view.baseline.drawn(view.run.phases, (axis.now_s - axis.span_s - 2, axis.now_s), values))


def ghost_series(points: Points, shown: Callable[[float | None], str], scale: Scale, wide: bool) -> list[Series]:
    """The line, named at its end, to be drawn below all others."""
    if not points:
        return []
    label = f"base {shown(points[-1][1])}" if wide else "base"
    return [Series(label, "ghost", points, scale, is_dashed=True)]
