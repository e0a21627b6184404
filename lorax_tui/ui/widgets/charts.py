"""The two charts: how much is answered, and how fast."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.cells import cell_len
from textual.content import Content

from lorax_tui.model import format as words
from lorax_tui.model.point import Latency, Point
from lorax_tui.model.records import HTTP, SOCKET_IO
from lorax_tui.model.view import RunView
from lorax_tui.session.view import SessionView, State
from lorax_tui.ui.chart import AXIS_CELLS, Axis, Chart, Limit, Series, span_of
from lorax_tui.ui.ghost import ghost_points, ghost_series
from lorax_tui.ui.knee import knee_axis, knee_chart
from lorax_tui.ui.lines import Line, fit
from lorax_tui.ui.pace import pace_title
from lorax_tui.ui.planned import coming_title, plan_series, planned, with_room_ahead
from lorax_tui.ui.scale import Scale
from lorax_tui.ui.widgets.panel import Panel

_WIDE = 46
"""From here on a curve's name has room for its newest value."""


KNEE = ("knee", "")
"""What the latency chart shows of a search, unless it is turned."""

_FIELDS = {"p50": "p50_ms", "p95": "p95_ms", "p99": "p99_ms", "due": "intended_p99_ms"}
"""What the curves show; `due` is the p99 from the moment at which the asks were due."""


class ChartPanel(Panel):
    """What both charts share: the time axis in the frame, and a word where there is nothing to draw."""

    NOTHING: ClassVar[str] = "no answers yet"
    """What is said while there is nothing to draw."""

    def chart(self, view: SessionView, axis: Axis, wide: bool) -> Chart | None:
        """What to draw; `None`: nothing yet."""
        raise NotImplementedError

    def axis(self, view: SessionView) -> Axis:
        """The time that is shown."""
        points = view.run.points
        now_s = now_of(view)
        return Axis(now_s, span_of(now_s - points[0].at_s if points else 0.0))

    def title(self, view: SessionView, width: int) -> Content:
        """What is drawn, in at most `width` cells."""
        raise NotImplementedError

    def lines(self, view: SessionView, width: int, height: int) -> list[Line]:
        """The curves, or why there are none."""
        axis = self.axis(view)
        wide = width >= _WIDE
        gutter = 12 if wide else 6
        chart = self.chart(view, axis, wide)
        label = axis.label(width - AXIS_CELLS - gutter)
        frame = Content("─" * (AXIS_CELLS - 2) + label + "─" * (gutter - 2))
        self.entitle(self.title(view, width - 2), frame)
        if chart is not None:
            return chart.lines(width, height, gutter)
        word = self.NOTHING if view.is_loaded else "nothing runs"
        return [()] * ((height - 1) // 2) + [((fit("", (width - len(word)) // 2) + word, "muted"),)]


def now_of(view: SessionView) -> float:
    """The right end of the time axis: now, while a load runs; else the last there is."""
    points = view.run.points
    if not points:
        return view.run.elapsed_s
    return max(view.elapsed_s, points[-1].at_s) if view.state is State.RUNNING else points[-1].at_s


def _shown(run: RunView, axis: Axis) -> Sequence[Point]:
    """The points on the axis and one before it, so that the curve comes in from the left edge."""
    return [point for point in run.points if point.at_s >= axis.now_s - axis.span_s - 2]


class ThroughputChart(ChartPanel):
    """Answers a second, ok and not, and the users who ask."""

    def axis(self, view: SessionView) -> Axis:
        """With room for what is planned, where the scenario has stages."""
        return with_room_ahead(super().axis(view), view)

    def title(self, view: SessionView, width: int) -> Content:
        """What is planned next; in a paced phase, what is offered and what of it is started: what is late is loud."""
        phase = view.run.phase
        if phase is None or phase.pace is None:
            usual = "answers a second, and users" if width >= 27 else "answers/s, users"
            return Content(coming_title(view, width) or usual)
        return pace_title(phase.pace, is_over=phase.end_s is not None, wide=width >= _WIDE)

    def chart(self, view: SessionView, axis: Axis, wide: bool) -> Chart | None:
        """Users have a scale of their own, in the lower half; their number stands at the end of their curve."""
        points = _shown(view.run, axis)
        if not points:
            return None
        last = points[-1]
        base = ghost_points(view, axis, lambda phase: phase.ok_rate)
        rates = Scale.from_zero([*(v for p in points for v in (p.ok_rate, p.bad_rate)), *(v for _, v in base)])
        plan = planned(view, axis, points)
        people = Scale(0.0, 2.2 * max(1, *(max(p.users, p.users_wanted) for p in points), *(u for _, u in plan)))
        ok, bad = words.rate(last.ok_rate), words.rate(last.bad_rate)
        is_failing = any(p.bad_rate for p in points)
        series = [
            *ghost_series(base, words.rate, rates, wide),
            *plan_series(plan, people, wide),
            Series(_end("users", str(last.users), wide), "line-users", [(p.at_s, p.users) for p in points], people),
            Series(_end("ok", ok, wide), "line-ok", [(p.at_s, p.ok_rate) for p in points], rates),
            Series(
                _end("failed" if wide else "fail", bad, wide),
                "line-bad" if is_failing else "muted",
                [(p.at_s, p.bad_rate) for p in points],
                rates,
                is_drawn=is_failing,
            ),
        ]
        return Chart(axis, rates, series, words.rate_tick, marks=view.run.marks)


class LatencyChart(ChartPanel):
    """Percentiles of one protocol, or of one operation; never of protocols together."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._chosen: tuple[str, str] | None = None

    @property
    def subject(self) -> tuple[str, str]:
        """Protocol and operation on the chart; the operation is empty for the whole protocol."""
        is_search = self._view is not None and self._view.run.search is not None
        if self._chosen is None or (self._chosen == KNEE and not is_search):
            return KNEE if is_search else (HTTP, "")
        return self._chosen

    def turn(self, selected: tuple[str, str] | None) -> None:
        """Show the next: the knee of a search, HTTP, Socket.IO, the selected operation."""
        is_search = self._view is not None and self._view.run.search is not None
        subjects = ([KNEE] if is_search else []) + [(HTTP, ""), (SOCKET_IO, "")] + ([selected] if selected else [])
        place = subjects.index(self.subject) if self.subject in subjects else -1
        self.show_subject(subjects[(place + 1) % len(subjects)])

    def axis(self, view: SessionView) -> Axis:
        """Time, or users for the knee."""
        search = view.run.search
        return knee_axis(search) if self.subject == KNEE and search is not None else super().axis(view)

    def show_subject(self, subject: tuple[str, str]) -> None:
        """Show this one."""
        self._chosen = subject
        self.redraw()

    def title(self, view: SessionView, width: int) -> Content:
        """Whose latency, over what, and that users wait for their answers."""
        search = view.run.search
        if self.subject == KNEE and search is not None:
            return Content(f"{search.protocol or 'latency'} p95 by users" + (" · p turns" if width >= 36 else ""))
        protocol, name = self.subject
        window_s = view.run.window_s.get(self.subject)
        window = f" · {window_s:.0f} s" if window_s is not None else ""
        phase = view.run.phase
        loop = f" · ok · {'closed loop' if phase is None or phase.pace is None else 'paced'}"
        rest = next((rest for rest in (window + loop, loop) if len(rest) + len(protocol) <= width), " · ok")
        subject = name or protocol
        if len(subject) + len(window + loop) + 15 <= width:
            subject, rest = name or f"{protocol} latency", f"{window} window{loop}" if window else loop
        return Content(fit(subject, min(cell_len(subject), max(4, width - len(rest)))) + rest)

    def chart(self, view: SessionView, axis: Axis, wide: bool) -> Chart | None:
        """The percentiles of the sliding window, or the knee."""
        if self.subject == KNEE:
            return None if view.run.search is None else knee_chart(view.run.search, axis, wide)
        shown = _shown(view.run, axis)
        points = [(point.at_s, point.latency.get(self.subject)) for point in shown]
        waits = [(point.at_s, point.at_least_ms(self.subject)) for point in shown]
        known = [latency for _, latency in points if latency is not None]
        is_paced = any(latency.intended_p99_ms is not None for latency in known)
        names = ["p50", *(["due"] if is_paced else []), "p99", "p95"]
        values = [getattr(latency, _FIELDS[name]) for latency in known for name in names]
        values += [wait_ms for _, wait_ms in waits]
        if not any(values):
            return None
        base = ghost_points(view, axis, lambda phase: phase.p95_ms.get(self.subject, ()))
        scale = Scale.fitted([*values, *(value for _, value in base)])
        series = ghost_series(base, words.latency, scale, wide)
        series += [_percentile(name, points, scale, wide) for name in names]
        at_least = f"≥ {words.age(view.run.points[-1].oldest_s.get(self.subject))}"
        series.append(Series(at_least if wide else at_least.replace(" ", ""), "line-bad", waits, scale))
        return Chart(axis, scale, series, words.tick, limits=self._limits(view), marks=view.run.marks)

    def _limits(self, view: SessionView) -> list[Limit]:
        phase = view.run.phase
        protocols = phase.protocols if phase else ()
        rules = [j.rule for p in protocols if p.protocol == self.subject[0] for j in p.judgements]
        return [
            Limit(f"{rule.metric} < {words.tick(rule.limit)}", rule.limit)
            for rule in rules
            if rule.metric != "error_rate"
        ]


def _percentile(name: str, points: Sequence[tuple[float, Latency | None]], scale: Scale, wide: bool) -> Series:
    values: list[tuple[float, float | None]] = [
        (at_s, getattr(latency, _FIELDS[name]) if latency is not None else None) for at_s, latency in points
    ]
    return Series(_end(name, words.latency(values[-1][1]), wide), f"line-{name}", values, scale)


def _end(name: str, value: str, wide: bool) -> str:
    return f"{name} {value}" if wide else name
