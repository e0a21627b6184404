"""Curves as braille characters. The only place that touches plotext, and the only owner of its one figure.

plotext 6.1 aborts the whole process on NaN and raises on `None` and infinity: only finite numbers pass here, and a
gap is a missing point and a line that is not drawn to the point after it. To be called from one thread only.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite

import plotext

Cell = tuple[str, int]
"""A character, and the number of the curve it belongs to; -1: none."""

_DOTS = 4
"""Dots of a character above each other."""

BLANK: Cell = (" ", -1)

plotext.terminal.limit(False, False)  # its guess at the terminal is not the room that a panel has

_COLOUR = re.compile(r"\x1b\[(?:0|38;5;(\d+))m")


@dataclass(frozen=True, slots=True)
class Curve:
    """A line through points (column, height), both from 0 to 1; `None` breaks it."""

    points: Sequence[tuple[float, float] | None]


def draw(curves: Sequence[Curve], width: int, height: int) -> list[list[Cell]]:
    """Draw curves over each other, the last on top.

    Returns:
        `height` rows of `width` cells.
    """
    if width < 1 or height < 1:
        return []
    figure = plotext.figure
    figure.clear.all()
    figure.plot_size(width, height)
    figure.axes(False)
    figure.canvas("default")
    for axis in ("x", "y"):
        ruler = figure.ruler(axis)
        ruler.frequency(0)
        ruler.lim(0.0, 1.0)
        ruler.alignment(lim="edge")
    drawn = [_add(figure, number, curve, _DOTS * height) for number, curve in enumerate(curves)]
    if not any(drawn):
        return [[BLANK] * width for _ in range(height)]
    rows = [_cells(row) for row in figure.build().string().splitlines()]
    rows += [[]] * (height - len(rows))
    return [(row + [BLANK] * width)[:width] for row in rows[:height]]


def _add(figure: plotext.figure, number: int, curve: Curve, dots: int) -> bool:
    columns: list[float] = []
    heights: list[float] = []
    breaks: list[int] = []
    for point in curve.points:
        if point is None or not all(map(isfinite, point)):
            breaks.append(len(columns))
            continue
        height = (min(dots - 1, int(min(1.0, max(0.0, point[1])) * dots)) + 0.5) / dots
        if heights[-2:] == [height, height] and len(columns) not in breaks and len(columns) - 1 not in breaks:
            columns.pop()  # the middle one of three in a row of dots adds nothing but work
            heights.pop()
        columns.append(min(1.0, max(0.0, point[0])))
        heights.append(height)
    if not columns:
        return False
    signal = figure.signal(columns, heights, marker=plotext.marker("braille", number + 1))
    signal.lines()
    for index in breaks:
        signal.line(index, False)
    figure.draw(signal)
    return True


def _cells(row: str) -> list[Cell]:
    cells: list[Cell] = []
    curve, start = -1, 0
    for match in _COLOUR.finditer(row):
        cells.extend((character, curve) for character in row[start : match.start()])
        curve = int(match[1]) - 1 if match[1] else -1
        start = match.end()
    cells.extend((character, curve) for character in row[start:])
    return [cell if cell[0] not in " ⠀" else BLANK for cell in cells]
