"""The one gate through which every string from outside passes before it is stored for display.

A server's message can hold terminal commands (clear the screen, set the clipboard), text that reads backwards, or a
megabyte of nothing. Markup is not touched here: whoever displays renders the result as plain text.
"""

from __future__ import annotations

import unicodedata

LONGEST = 300
"""Characters that are kept of a string."""

_LONGEST_PATH = 200

_COMBINING_LIMIT = 2
"""Marks that may be stacked on one character."""

_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"

_INSTEAD: dict[int, int | None] = (
    {code: 0x2400 + code for code in range(0x20)}
    | {0x7F: 0x2421}
    | {0x1F1E6 + letter: ord("A") + letter for letter in range(26)}
    | dict.fromkeys(range(0x1F3FB, 0x1F400))
)
"""Pictures of controls. No two terminals agree how wide flags and shades of skin are: letters instead, and nothing."""

_BREAKING = {"Cc", "Cs", "Co", "Cn", "Zl", "Zp"}
"""Unicode categories shown as a replacement character."""

_IGNORABLE = (
    frozenset("\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
    | frozenset(map(chr, range(0x180B, 0x1810)))
    | frozenset(map(chr, range(0xFE00, 0xFE10)))
    | frozenset(map(chr, range(0xE0000, 0xE1000)))
)
"""Characters without a picture that are not in category Cf; they only serve to hide or disguise text."""


def safe(text: object, limit: int = LONGEST) -> str:
    """Text that cannot steer a terminal, hide anything or run on for ever.

    Args:
        text: bytes are decoded as UTF-8 with replacement; anything else goes through `str`.
        limit: most characters of the result; a cut is shown by an ellipsis.

    Returns:
        One line of printable characters. C0 controls become their pictures (`␛`), other controls, surrogates and
        unassigned code points become `\N{REPLACEMENT CHARACTER}`, and bidi marks, zero-width and variation
        characters are dropped. The cells that the line takes are the same in every terminal.
    """
    if isinstance(text, bytes | bytearray | memoryview):
        text = bytes(text[: 4 * limit + 4]).decode("utf-8", "replace")
    elif not isinstance(text, str):
        text = as_text(text)
    cut = text[: limit + 1]
    if not (cut.isascii() and cut.isprintable()):
        cut = _cleaned(cut.translate(_INSTEAD))
    return cut if len(text) <= limit else cut[: limit - 1] + "…"


def named(path: object) -> str:
    """A file's path as a part of one line, cut where nobody would read on."""
    return safe(path, _LONGEST_PATH)


def as_text(value: object) -> str:
    """`str(value)`, whatever a hostile or broken object does; bytes are decoded."""
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value).decode("utf-8", "replace")
    try:
        return str(value)
    except Exception as error:  # a message is asked for while something already goes wrong
        return f"{type(value).__name__} (its text cannot be had: {type(error).__name__})"


def _cleaned(text: str) -> str:
    kept: list[str] = []
    marks = 0
    for character in text:
        category = unicodedata.category(character)
        if category in _BREAKING:
            character = _REPLACEMENT
        elif category == "Cf" or character in _IGNORABLE:
            continue
        if category[0] == "M":
            marks += 1
            if marks > _COMBINING_LIMIT or not kept:
                continue
        else:
            marks = 0
        kept.append(character)
    return "".join(kept)
