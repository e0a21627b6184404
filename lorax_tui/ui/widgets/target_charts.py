"""The charts of the target's screen, both on the time axis of the whole run: its workers, and the load they bore."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import inf
from typing import ClassVar

from textual.content import Content

from lorax_tui.model import format as words
from lorax_tui.model.blocks import Block
from lorax_tui.model.target_view import PidView
from lorax_tui.model.view import RunView
from lorax_tui.session.view import SessionView
from lorax_tui.ui.chart import Axis, Chart, Series, span_of
from lorax_tui.ui.scale import Scale
from lorax_tui.ui.widgets.charts import ChartPanel, now_of

MOST_CURVES = 8
"""Workers on one chart: the latest to answer."""

ROLES = ("memory", "line-users", "line-p95", "line-p50")
"""Which curve is whose is told by the name at its end; the colours only help."""

GAP_S = 20.0
"""A proxy picks workers at random: a curve goes on over so long a silence."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What the chart of the workers shows."""

    title: str
    of: Callable[[PidView], Sequence[Block]]
    is_level: bool
    """Whether it is read by its changes, and not by its distance from 0."""


SUBJECTS = (
    Subject("resident memory by worker, MB", lambda pid: pid.resident, is_level=True),
    Subject("virtual memory by worker, MB", lambda pid: pid.virtual, is_level=True),
    Subject("files in the cache by worker", lambda pid: pid.cached, is_level=False),
)
ROUND_TRIP = "round trip of the polls, ms"


class _WholeRun(ChartPanel):
    """From the beginning of the run until now."""

    def axis(self, view: SessionView) -> Axis:
        """The same for both charts, so that one can be read below the other."""
        return Axis(now_of(view), span_of(now_of(view), longest_s=inf))


class WorkersChart(_WholeRun):
    """A curve for each worker; never one for several."""

    NOTHING: ClassVar[str] = "unknown: no sample yet"

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._place = 0

    def turn(self) -> None:
        """Show the next: resident, virtual, cached files, round trip."""
        self._place = (self._place + 1) % (len(SUBJECTS) + 1)
        self.redraw()

    def title(self, view: SessionView, width: int) -> Content:
        """What is drawn, and how to see the rest."""
        title = ROUND_TRIP if self._place == len(SUBJECTS) else SUBJECTS[self._place].title
        return Content(f"{title} · p turns" if len(title) + 10 <= width else title)

    def chart(self, view: SessionView, axis: Axis, wide: bool) -> Chart | None:
        """Marks of the load and of workers that came and went stand between the curves."""
        target = view.run.target
        if self._place == len(SUBJECTS):
            return _round_trips(view.run, axis, wide)
        subject = SUBJECTS[self._place]
        latest = sorted(target.pids, key=lambda pid: (pid.gone, -pid.last_s))[:MOST_CURVES]
        drawn = [pid for pid in sorted(latest, key=lambda pid: pid.first_s) if subject.of(pid)]
        if not drawn:
            return None
        values = [value for pid in drawn for block in subject.of(pid) for value in (block.low, block.high)]
        scale = Scale.around(values) if subject.is_level else Scale.from_zero(values)
        series = [
            Series(
                "" if pid.gone else f"{pid.pid} {subject.of(pid)[-1].mean:.0f}" if wide else str(pid.pid),
                "faint" if pid.gone else ROLES[place % len(ROLES)],
                _points(subject.of(pid)),
                scale,
            )
            for place, pid in enumerate(drawn)
        ]
        return Chart(axis, scale, series, words.rate_tick, marks=view.run.marks, gap_s=GAP_S)


def _round_trips(run: RunView, axis: Axis, wide: bool) -> Chart | None:
    blocks = run.target.round_trips
    if not blocks:
        return None
    scale = Scale.fitted([value for block in blocks for value in (block.mean, block.high)])
    label = words.latency(blocks[-1].mean) if wide else "poll"
    series = [
        Series("max" if wide else "", "faint", [(block.at_s, block.high) for block in blocks], scale),
        Series(label, "memory", _points(blocks), scale),
    ]
    return Chart(axis, scale, series, words.tick, marks=run.marks, gap_s=GAP_S)


class LoadChart(_WholeRun):
    """What the target was asked meanwhile."""

    def title(self, view: SessionView, width: int) -> Content:
        """Nothing changes here."""
        return Content("answers a second, and users")

    def chart(self, view: SessionView, axis: Axis, wide: bool) -> Chart | None:
        """As on the dashboard: users have a scale of their own, in the lower half."""
        load = view.run.load
        if not load.users:
            return None
        rates = Scale.from_zero([block.mean for blocks in (load.ok_rate, load.bad_rate) for block in blocks])
        people = Scale(0.0, 2.2 * max(1.0, *(block.high for block in load.users)))
        named = {
            "users": (load.users, f"{view.run.users_actual}", "line-users", people),
            "ok": (load.ok_rate, words.rate(load.ok_rate[-1].mean), "line-ok", rates),
            "failed": (load.bad_rate, words.rate(load.bad_rate[-1].mean), "line-bad", rates),
        }
        series = [
            Series(
                f"{name} {value}" if wide else name,
                role if name != "failed" or _is_failing(blocks) else "muted",
                _points(blocks),
                scale,
                is_drawn=name != "failed" or _is_failing(blocks),
            )
            for name, (blocks, value, role, scale) in named.items()
        ]
        return Chart(axis, rates, series, words.rate_tick, marks=view.run.marks)


def _is_failing(blocks: Sequence[Block]) -> bool:
    return any(block.high for block in blocks)


def _points(blocks: Sequence[Block]) -> list[tuple[float, float | None]]:
    return [(block.at_s, block.mean) for block in blocks]
