"""A chart as lines of text: curves, the axis beside them, limits, marks, and at the right end which curve is which."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from math import floor, isfinite

from rich.cells import cell_len

from lorax_tui.ui.lines import Line, fit
from lorax_tui.ui.plot import BLANK, Curve, draw
from lorax_tui.ui.scale import Scale, row_of

AXIS_CELLS = 6
"""Width of the labels on the left."""

_DOT = 0.25
"""Where the first of a character's two columns of dots lies: between them, rounding would make curves shimmer."""

_LATEST_S = 1e12
"""No moment of any run is later."""

DASH = 3
"""Points of a dash."""

GAP_S = 3.0
"""Longest time between two points that a line still bridges."""


@dataclass(frozen=True, slots=True)
class Series:
    """What one curve shows."""

    label: str
    role: str
    points: Sequence[tuple[float, float | None]]
    """(seconds, value), oldest first; `None`: nothing known."""
    scale: Scale
    is_drawn: bool = True
    """Whether there is a curve, or a name at its end only."""
    is_dashed: bool = False


@dataclass(frozen=True, slots=True)
class Limit:
    """A value that should not be passed."""

    text: str
    value: float


@dataclass(frozen=True, slots=True)
class Sign:
    """A character at one point, above all curves."""

    at_s: float
    value: float
    character: str
    role: str


@dataclass(frozen=True, slots=True)
class Axis:
    """The time on the horizontal axis."""

    now_s: float
    span_s: float
    """What lies before now."""
    ahead_s: float = 0.0
    """What lies after it."""

    def column(self, at_s: float, width: int) -> int:
        """The column of a moment; -1 if it is none. Columns are steps on the clock, so that curves keep their shape."""
        if not (abs(at_s) < _LATEST_S and abs(self.now_s) < _LATEST_S):
            return -1
        step = (self.span_s + self.ahead_s) / width
        return floor(at_s / step) - floor(self.now_s / step) + self._now_column(width)

    def _now_column(self, width: int) -> int:
        return width - 1 - floor(width * self.ahead_s / (self.span_s + self.ahead_s))

    def label(self, width: int) -> str:
        """The axis itself, `width` cells wide: -60s ──── -30s ──── now, or -40s ──── now ── +20s."""
        start, middle, end = f"-{_length(self.span_s)} ", f" -{_length(self.span_s / 2)} ", " now"
        left = width // 2 - len(start) - len(middle) // 2
        if self.ahead_s:
            middle, end = " now ", f" +{_length(self.ahead_s)}"
            left = max(0, self._now_column(width) - len(start) - 2)
        room = width - len(start) - len(end)
        if room < len(middle) + 6:
            return start + "─" * max(0, room) + end
        return start + "─" * left + middle + "─" * (room - left - len(middle)) + end


def _length(seconds: float) -> str:
    """60s, 15m, 3h: round enough for an axis."""
    if seconds < 180:
        return f"{seconds:.0f}s"
    return f"{seconds / 60:.0f}m" if seconds < 10_800 else f"{seconds / 3600:.1f}h"


@dataclass(frozen=True, slots=True)
class Chart:
    """Everything that one picture shows."""

    axis: Axis
    scale: Scale
    """The one that the labels on the left belong to."""
    series: Sequence[Series]
    """The first is drawn below the others."""
    tick: Callable[[float], str]
    limits: Sequence[Limit] = ()
    marks: Sequence[tuple[float, str]] = ()
    signs: Sequence[Sign] = ()
    gap_s: float = GAP_S
    """Longest time between two points that a line still bridges."""

    def lines(self, width: int, height: int, gutter: int) -> list[Line]:
        """Draw it, with `gutter` cells for the names of the curves at the right."""
        columns = width - AXIS_CELLS - gutter
        if columns < 2 or height < 1 or not self.series:
            return []
        cells = self._canvas(columns, height)
        names = {row: self.tick(value) for row, value in self.scale.ticks(height).items()}
        ends = self._ends(height)
        result = []
        for row in range(height):
            axis = (fit(names.get(row, ""), AXIS_CELLS - 1, right=True) + " ", "muted")
            text, role = ends.get(row, ("", "text"))
            result.append((axis, *_runs(cells[row]), (fit(" " + text, gutter), role)))
        return result

    def _canvas(self, width: int, height: int) -> list[list[tuple[str, str]]]:
        curves = [Curve(self._line(series, width) if series.is_drawn else []) for series in self.series]
        drawn = draw(curves, width, height)
        roles = [series.role for series in self.series]
        cells = [[(character, roles[curve]) if curve >= 0 else BLANK_CELL for character, curve in row] for row in drawn]
        self._draw_limits(cells)
        self._draw_marks(cells)
        for sign in self.signs:
            column = self.axis.column(sign.at_s, width)
            if 0 <= column < width:
                cells[row_of(self.scale.place(sign.value), height)][column] = (sign.character, sign.role)
        return cells

    def _line(self, series: Series, width: int) -> list[tuple[float, float] | None]:
        places = list(self._places(series, width))
        return list(_dashed(places)) if series.is_dashed else places

    def _places(self, series: Series, width: int) -> Iterator[tuple[float, float] | None]:
        """At most one point a column: the last of those that fall into it."""
        longest = max(self.gap_s, 2.5 * self.axis.span_s / width)
        before: float | None = None
        by_column: dict[int, tuple[float, float | None]] = {}
        for at_s, value in series.points:
            if 0 <= (column := self.axis.column(at_s, width)) < width:
                by_column[column] = (at_s, value)
        for column, (at_s, value) in by_column.items():
            if value is None or not isfinite(value) or (before is not None and at_s - before > longest):
                yield None
            if value is not None and isfinite(value):
                yield (column + _DOT) / width, series.scale.place(value)
            before = at_s

    def _draw_limits(self, cells: list[list[tuple[str, str]]]) -> None:
        height = len(cells)
        for limit in self.limits:
            share = self.scale.place(limit.value)
            if 0 <= share <= 1:
                row = cells[row_of(share, height)]
                row[:] = [("╌", "limit") if cell == BLANK_CELL else cell for cell in row]
                _write(row, f" {limit.text} ", "limit", over="╌ ", columns=range(1, len(row)))
        for edge, arrow, off in ((cells[0], "↑", self._off(above=True)), (cells[-1], "↓", self._off(above=False))):
            if off:
                _write(edge, f" {arrow} {off} ", "limit", over=" ", columns=range(len(edge)))

    def _off(self, above: bool) -> str:
        places = [(self.scale.place(limit.value), limit.text) for limit in self.limits]
        return "  ".join(text for share, text in places if (share > 1 if above else share < 0))

    def _draw_marks(self, cells: list[list[tuple[str, str]]]) -> None:
        width = len(cells[0])
        columns = [(self.axis.column(at_s, width), text) for at_s, text in self.marks]
        for column, text in columns:
            if not 0 <= column < width:
                continue
            for row in cells:
                if row[column][0] in " ╌":
                    row[column] = ("┊", "muted")
            room = min([other for other, _ in columns if other > column] + [width]) - column - 1
            if len(text) + 1 <= room:
                any(_write(row, text, "muted", over=" ╌", columns=[column + 1]) for row in cells)

    def _ends(self, height: int) -> dict[int, tuple[str, str]]:
        """Names of the curves, each at the row where its curve ends; a taken row moves the name to the next free."""
        wanted, latest_s = [], max(self.gap_s, 0.02 * self.axis.span_s)
        for series in self.series:
            value = series.points[-1][1] if series.points else None
            if value is not None and isfinite(value) and self.axis.now_s - series.points[-1][0] <= latest_s:
                wanted.append((-series.scale.place(value), series))
        ends: dict[int, tuple[str, str]] = {}
        for minus_share, series in sorted(wanted, key=lambda pair: pair[0])[:height]:
            row = row_of(-minus_share, height)
            free = sorted(set(range(height)) - set(ends), key=lambda other: (abs(other - row), -other))
            ends[free[0]] = (series.label, series.role)
        return ends


def _dashed(places: Sequence[tuple[float, float] | None]) -> Iterator[tuple[float, float] | None]:
    """With a gap after every few points."""
    for number, place in enumerate(places):
        if number % DASH == 0:
            yield None
        yield place


BLANK_CELL = (BLANK[0], "text")


def _write(row: list[tuple[str, str]], text: str, role: str, over: str, columns: Iterable[int]) -> bool:
    """Put a text at the first of these columns where nothing but `over` would be covered; else leave it out."""
    if cell_len(text) != len(text):
        return False
    for column in columns:
        place = row[column : column + len(text)]
        if len(place) == len(text) and all(character in over for character, _ in place):
            row[column : column + len(text)] = [(character, role) for character in text]
            return True
    return False


def _runs(cells: Sequence[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    for role, run in groupby(cells, key=lambda cell: cell[1]):
        yield "".join(character for character, _ in run), role


def span_of(elapsed_s: float, longest_s: float = 60.0, shortest_s: float = 10.0) -> float:
    """How much time a chart shows: all there is, so that it is never half empty, but no more than a minute."""
    return min(longest_s, max(shortest_s, elapsed_s)) if isfinite(elapsed_s) else longest_s
