"""The knee: the latency of each load of a search by its users, and which of them held."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

from lorax_tui.model import format as words
from lorax_tui.model.capacity import CapacityView
from lorax_tui.model.search import Grade
from lorax_tui.ui.chart import Axis, Chart, Limit, Series, Sign
from lorax_tui.ui.scale import Scale

SIGNS = {Grade.HELD: ("✓", "good"), Grade.BROKEN: ("✗", "bad"), Grade.UNDECIDED: ("?", "muted")}

_BEYOND = 1.08
"""How far the axis goes on after the largest load."""


@dataclass(frozen=True, slots=True)
class UsersAxis(Axis):
    """Users instead of time, from none to the largest load that was tried."""

    def label(self, width: int) -> str:
        """The axis itself: 0 ──── 45 ──── 90 users."""
        most = self.now_s / _BEYOND
        start, middle, end = "0 ", f" {most / 2:.0f} ", f" {most:.0f} users"
        room = width - len(start) - len(end)
        if room < len(middle) + 6:
            return start + "─" * max(0, room) + end
        left = max(0, round(width / 2 / _BEYOND) - len(start) - len(middle) // 2)
        return start + "─" * left + middle + "─" * (room - left - len(middle)) + end


def knee_axis(search: CapacityView) -> UsersAxis:
    """Room for all loads there were."""
    most = max([step.users for step in search.steps], default=1) * _BEYOND
    return UsersAxis(most, most)


def knee_chart(search: CapacityView, axis: Axis, wide: bool) -> Chart | None:
    """A sign for each load, a line through them, and the limit of p95; `None`: no load is over yet."""
    protocol, steps = search.protocol, search.knee
    if protocol is None or not steps:
        return None
    limit_ms = search.limits_ms.get(protocol)
    points = [(float(step.users), step.p95_ms[protocol]) for step in steps]
    scale = Scale.fitted([*(value for _, value in points), limit_ms])
    line = Series(f"p95 {words.latency(points[-1][1])}" if wide else "p95", "line-p50", [*points], scale)
    signs = [Sign(at, value, *SIGNS[step.grade]) for (at, value), step in zip(points, steps, strict=True) if step.grade]
    limits = [] if limit_ms is None else [Limit(f"p95 < {words.tick(limit_ms)}", limit_ms)]
    return Chart(axis, scale, [line], words.tick, limits=limits, signs=signs, gap_s=inf)
