"""The same picture in fewer bytes: only the cells that change are told, and of a style only what changes.

A frame comes as lines of pieces, each with its whole style before it and a reset behind it. Remembers what the
terminal shows, and knows nothing of what is drawn.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from rich.cells import cell_len

_STYLE = re.compile(r"\x1b\[([0-9;]*)m")
_MOVE = re.compile(r"(\x1b\[[0-9]+;[0-9]+H|\r?\n|\x1b\[\?2026[hl])")
_NO_FRAME = re.compile(r"\x1b(?!\[(?:[0-9;]*m|[0-9]+;[0-9]+H|\?2026[hl]))|[\x00-\x09\x0b\x0c\x0e-\x1a\x1c-\x1f\x7f]")
"""What a frame has not: modes, erasing, scrolling. What is on the screen then is anybody's guess."""

RESET = "\x1b[0m"

NEAR = 4
"""Cells that are told again rather than jumped over: a jump takes about as much."""


class Style(NamedTuple):
    """What a terminal adds to the characters that follow."""

    attributes: tuple[str, ...] = ()
    """Bold, dim, reverse and so on."""
    foreground: str = ""
    background: str = ""


PLAIN = Style()

Cell = tuple[str, Style]


class Thrift:
    """What a terminal shows, as far as it is known."""

    def __init__(self) -> None:
        self._cells: dict[tuple[int, int], Cell] = {}
        """By line and column."""

    def forget(self) -> None:
        """It may show anything by now."""
        self._cells.clear()

    def frame(self, text: str) -> str:
        """What has the same effect on a terminal whose style is plain, and leaves it plain."""
        if _NO_FRAME.search(text):
            self.forget()
            return text
        writing = _Writing(self._cells)
        for number, piece in enumerate(_STYLE.split(text)):
            if number % 2:
                writing.style = _after(writing.style, piece)
            else:
                for part in _MOVE.split(piece):
                    writing.take(part)
        return writing.finished()


class _Writing:
    """One frame on its way: where and how the next character is wanted, and where and how it would come out."""

    def __init__(self, cells: dict[tuple[int, int], Cell]) -> None:
        self.style = PLAIN
        self._cells = cells
        self._told = PLAIN
        self._line = self._column = 0
        self._at: tuple[int, int] | None = None
        """Where the terminal's cursor is, if that is known."""
        self._parts: list[str] = []

    def take(self, part: str) -> None:
        if part.startswith("\x1b[?"):
            self._parts.append(part)
        elif part.startswith("\x1b["):
            self._line, self._column = map(int, part[2:-1].split(";"))
        elif part in ("\n", "\r\n"):
            self._line, self._column = self._line + 1, 1
        elif part.isascii() or all(cell_len(character) == 1 for character in part):
            self._put(part)
        else:
            self._put_whole(part)

    def finished(self) -> str:
        self._parts.append(_change(self._told, PLAIN))
        return "".join(self._parts)

    def _put(self, text: str) -> None:
        """Write the characters that are not there already, each of one cell."""
        line, column, style = self._line, self._column, self.style
        self._column += len(text)
        first = last = -1
        for index, character in enumerate(text):
            cell = (character, style)
            if self._cells.get((line, column + index)) != cell:
                if first >= 0 and index - last > NEAR:
                    self._write(column + first, text[first : last + 1])
                    first = index
                first = index if first < 0 else first
                last = index
                self._cells[line, column + index] = cell
        if first >= 0:
            self._write(column + first, text[first : last + 1])

    def _put_whole(self, text: str) -> None:
        """Write characters of other widths; where each of them comes to lie is the terminal's business."""
        self._write(self._column, text)
        width = cell_len(text)
        for index in range(-1, width + 1):
            self._cells.pop((self._line, self._column + index), None)
        self._column += width
        self._at = None

    def _write(self, column: int, text: str) -> None:
        if self._at != (self._line, column):
            self._parts.append(f"\x1b[{self._line};{column}H")
        self._parts.append(_change(self._told, self.style))
        self._told = self.style
        self._parts.append(text)
        self._at = (self._line, column + len(text))


@lru_cache(maxsize=2000)
def _after(style: Style, codes: str) -> Style:
    """The style after these codes."""
    attributes, foreground, background = style
    rest = codes.split(";") if codes else ["0"]
    while rest:
        code = rest.pop(0)
        if code in ("38", "48"):
            taken = 2 if rest[:1] == ["5"] else 4
            colour = ";".join([code, *rest[:taken]])
            del rest[:taken]
            foreground, background = (colour, background) if code == "38" else (foreground, colour)
        elif code in ("", "0"):
            attributes, foreground, background = PLAIN
        elif _is_colour(code, (30, 90)):
            foreground = code
        elif _is_colour(code, (40, 100)):
            background = code
        else:
            attributes = (*attributes, code)
    return Style(attributes, foreground, background)


def _is_colour(code: str, firsts: tuple[int, int]) -> bool:
    return any(first <= int(code) <= first + 9 and int(code) != first + 8 for first in firsts)


@lru_cache(maxsize=2000)
def _change(told: Style, wanted: Style) -> str:
    """The fewest codes that lead from one style to another."""
    if told == wanted:
        return ""
    if wanted == PLAIN:
        return RESET
    is_lost = (told.foreground and not wanted.foreground) or (told.background and not wanted.background)
    if is_lost or told.attributes != wanted.attributes[: len(told.attributes)]:
        codes = ["0", *wanted.attributes, wanted.foreground, wanted.background]
    else:
        codes = list(wanted.attributes[len(told.attributes) :])
        codes += [new for old, new in zip(told[1:], wanted[1:], strict=True) if new != old]
    return f"\x1b[{';'.join(filter(None, codes))}m"
