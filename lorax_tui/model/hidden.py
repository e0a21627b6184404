"""What must not be written anywhere: passwords, tokens, cookies. Taken out before a record or a line of a log is made.

Told by how it is written (`token=...`, `Authorization: ...`), and by what this process itself has sent or was given
(`learned`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from lorax_tui.model.learned import HIDDEN, how_many_learned, learn, without_learned
from lorax_tui.model.text import as_text

_LONGEST = 2_000
"""Characters that are looked at; what is kept of a text is far less."""

_CUT_WORD = re.compile(r"\S*\Z")
_HINT = re.compile(
    r"token|key|secret|pass|pwd|sid|sess|sig|auth|jwt|[cx]srf|access|cookie|cred|bearer|basic|@", re.IGNORECASE
)

_SECRETS = r"token|secret|passw(?:or)?d|pass(?:phrase|code)|credential|[cx]srf|jwt|sess(?:ion)?[_-]?id"
_ALONE = r"sid|auth|pwd|session"
"""Secret as a word of a name, not as a part of any."""
_BEFORE = r"[\w.-]*?[_.-]|(?:25)*[\da-f]{2}|[nrt]"
"""What such a word may be joined to: other words, or the end of an escaped character."""

# Each looks ahead from where a name begins, and so walks over it once: no text takes much longer than another.
_FIELD = rf"[\w-]*?-(?:token|api-?key|secret)(?![\w-])|x-[\w-]*?(?:{_SECRETS}|key|auth|access|session)"
_NAME = rf"[\w.-]*?(?:{_SECRETS}|key|signature)|(?:{_BEFORE})?(?:{_ALONE}|sig|pass)(?![\w.-])"
_KEY = rf"[\w.-]*?(?:{_SECRETS}|(?:api|private|access)[_-]?key)|(?:[\w.-]*?[_.-])?(?:{_ALONE})(?![\w.-])"
_WHOLE_FIELD = r"(?:proxy-)?authorization|(?:set-)?cookie"

_QUOTED = r"\*{3}|'(?:\\.|[^'\\\r\n])*'?|\"(?:\\.|[^\"\\\r\n])*\"?"
"""An escaped quote ends nothing."""
_LINE = rf"{_QUOTED}|[^\r\n]+"
_PARAMETER = rf"{_QUOTED}|(?:(?!%(?:25)*26)[^\s&\"'<>;,)])+"

_WRITTEN = tuple(
    (re.compile(pattern, re.IGNORECASE), instead)
    for pattern, instead in (
        (r"(//)[^\s/@]+@", rf"\1{HIDDEN}@"),
        (rf"\b({_WHOLE_FIELD})(['\"]?\s*[:=]\s*)(?:{_LINE})", rf"\1\2{HIDDEN}"),
        (rf"(?<![\w-])(?={_FIELD})([\w-]++)(['\"]?\s*:\s*)(?:{_LINE})", rf"\1\2{HIDDEN}"),
        (r"\b(Bearer|Basic)\s+(?=\S*\d|\S{16})[\w.~+/=-]+", rf"\1 {HIDDEN}"),
        (rf"(?<![\w.-])(?={_NAME})([\w.-]++)(=|%(?:25)*3D)(?:{_PARAMETER})", rf"\1\2{HIDDEN}"),
        (rf"(['\"])(?={_KEY})([\w.-]++)\1(\s*:\s*)(?:{_QUOTED}|-?\d[\w.+-]*)", rf"\1\2\1\3{HIDDEN}"),
        (
            rf"(?<!\\)(\\++['\"])(?={_KEY})([\w.-]++)\1(\s*:\s*)\1[^\r\n]*?(?:(?<!\\)\1|(?=[\r\n]|\Z))",
            rf"\1\2\1\3{HIDDEN}",
        ),
    )
)
"""How secrets are written, the last in JSON that is a text in JSON, and what is written instead."""

_SECRET_NAME = re.compile(rf"(?:{_WHOLE_FIELD})\Z|{_FIELD}|{_NAME}", re.IGNORECASE)
_SECRET_KEY = re.compile(_KEY, re.IGNORECASE)


def learn_fields(fields: Iterable[tuple[str, str | bytes | None]]) -> None:
    """Learn the values of header or query fields whose names say that they are secret."""
    for name, value in fields:
        if value and _is_secret_name(name):
            learn(value)


def learn_from(content: object) -> None:
    """Learn what a form, a payload or JSON holds under names that say that it is secret, however deep."""
    if isinstance(content, Mapping):
        for name, value in content.items():
            if isinstance(value, str | bytes) and _is_secret_key(name):
                learn(value)
        content = list(content.values())
    if isinstance(content, list | tuple):
        for part in content:
            if isinstance(part, Mapping | list | tuple):
                learn_from(part)


def hide(text: object) -> str:
    """The text without anything secret in it; a long one is cut, and never within a word."""
    if isinstance(text, bytes | bytearray | memoryview):
        text = bytes(text[: 4 * _LONGEST + 4])
    text = as_text(text)
    if len(text) > _LONGEST:
        text = _CUT_WORD.sub("", text[:_LONGEST]) + "…"
    return _hidden(text, how_many_learned())


def hide_all(text: str) -> str:
    """The same for a text that must be kept whole, as a traceback in the log."""
    text = without_learned(text)
    if _HINT.search(text):
        for written, instead in _WRITTEN:
            text = written.sub(instead, text)
    return text


@lru_cache(maxsize=512)
def _hidden(text: str, _learned: int) -> str:
    """Kept as long as nothing more is learned: a target that fails says the same thousands of times a second."""
    return hide_all(text)


@lru_cache(maxsize=512)
def _is_secret_name(name: str) -> bool:
    return _SECRET_NAME.match(name) is not None


@lru_cache(maxsize=512)
def _is_secret_key(name: object) -> bool:
    return _SECRET_KEY.match(as_text(name)) is not None
