"""The same frame in fewer bytes: a style is only told where it changes, and of it only what changes.

A frame comes as pieces, each with its whole style before it and a reset behind it: two thirds of it are styles. Knows
how a terminal is told of styles, and nothing of what is drawn.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

_STYLE = re.compile(r"\x1b\[([0-9;]*)m")
_NO_FRAME = re.compile(r"\x1b\[(?!\?2026)[0-9;<=>?]*[A-GJ-Zaf-lnp-z]")
"""What a frame has not: erasing, scrolling, modes. These may depend on the style, or outlive the program."""

_MOVES = re.compile(r"\x1b\[[0-9;?$]*[A-Za-z]|[\r\n]")
"""What draws nothing, and so needs no style."""

RESET = "\x1b[0m"


class Style(NamedTuple):
    """What a terminal adds to the characters that follow."""

    attributes: tuple[str, ...] = ()
    """Bold, dim, reverse and so on."""
    foreground: str = ""
    background: str = ""


PLAIN = Style()


def thrifty(text: str) -> str:
    """What has the same effect on a terminal whose style is plain, and leaves it plain."""
    if "\x1b[" not in text or _NO_FRAME.search(text):
        return text
    parts: list[str] = []
    told = wanted = PLAIN
    pieces = _STYLE.split(text)
    for number, piece in enumerate(pieces):
        if number % 2:
            wanted = _after(wanted, piece)
        elif piece:
            if wanted != told and _MOVES.sub("", piece):
                parts.append(_change(told, wanted))
                told = wanted
            parts.append(piece)
    parts.append(_change(told, PLAIN))
    return "".join(parts)


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
