"""What must not be written anywhere: passwords, tokens, cookies. Taken out before a record or a line of a log is made.

Told by how it is written (`token=...`, `Authorization: ...`), and by what this process itself has sent or was given
(`learned`).
"""

from __future__ import annotations

import re
from functools import lru_cache

from lorax_tui.model.learned import HIDDEN, how_many_learned, without_learned
from lorax_tui.model.secret_names import FIELD, KEY, NAME, WHOLE_FIELD, has_hint
from lorax_tui.model.text import as_text

_LONGEST = 2_000
"""Characters that are kept of a text."""

_CUT_WORD = re.compile(r"\S*\Z")

_QUOTED = r"\*{3}|'(?:\\.|[^'\\\r\n])*'?|\"(?:\\.|[^\"\\\r\n])*\"?"
"""An escaped quote ends nothing."""
_LINE = rf"{_QUOTED}|[^\r\n]+"
_BARE = r"(?:(?!%(?:25)*26)[^\s&\"'<>;,)])+"

_WRITTEN = tuple(
    (re.compile(pattern, re.IGNORECASE), instead)
    for pattern, instead in (
        (r"((?:\\?/|%(?:25)*2F){2})(?:(?!%(?:25)*(?:2F|40))[^\s/@])+(@|%(?:25)*40)", rf"\1{HIDDEN}\2"),
        (rf"\b({WHOLE_FIELD})(['\"]?\s*[:=]\s*)(?:{_LINE})", rf"\1\2{HIDDEN}"),
        (rf"(?<![\w-])(?={FIELD})([\w-]++)(['\"]?\s*:\s*)(?:{_LINE})", rf"\1\2{HIDDEN}"),
        (r"\b(Bearer|Basic)\s+(?=\S*\d|\S{16})[\w.~+/=-]+", rf"\1 {HIDDEN}"),
        (
            rf"(?<![\w.-])(?={NAME})([\w.-]++)(=|%(?:25)*3D|\s+=\s+(?=['\"]))(?:{_QUOTED}|{_BARE})",
            rf"\1\2{HIDDEN}",
        ),
        (rf"(['\"])(?={KEY})([\w.-]++)\1(\s*:\s*)(?:b?(?:{_QUOTED})|-?\d[\w.+-]*)", rf"\1\2\1\3{HIDDEN}"),
        (
            rf"(?<!\\)(\\++['\"])(?={KEY})([\w.-]++)\1(\s*:\s*)\1[^\r\n]*?(?:(?<!\\)\1|(?=[\r\n]|\Z))",
            rf"\1\2\1\3{HIDDEN}",
        ),
    )
)
"""How secrets are written, the last in JSON that is a text in JSON, and what is written instead."""


def hide(text: object) -> str:
    """The text without anything secret in it; a long one is cut, and never within a word."""
    if isinstance(text, bytes | bytearray | memoryview):
        text = bytes(text[: 8 * _LONGEST])
    text = as_text(text)
    if len(text) <= _LONGEST:
        return _hidden(text, how_many_learned())
    hidden = hide_all(_CUT_WORD.sub("", text[: 2 * _LONGEST]) if len(text) > 2 * _LONGEST else text)
    return hidden if len(hidden) <= _LONGEST else _CUT_WORD.sub("", hidden[:_LONGEST]) + "…"


def hide_all(text: str) -> str:
    """The same for a text that must be kept whole, as a traceback in the log."""
    text = without_learned(text)
    if has_hint(text):
        for written, instead in _WRITTEN:
            text = written.sub(instead, text)
    return text


@lru_cache(maxsize=512)
def _hidden(text: str, _learned: int) -> str:
    """Kept as long as nothing more is learned: a target that fails says the same thousands of times a second."""
    return hide_all(text)
