"""What must not be written anywhere: passwords, tokens, cookies. Taken out before a record or a line of a log is made.

Told by how it is written (`token=...`, `Authorization: ...`), and by what this process itself has sent or was given:
a target may repeat any of it in any words. The register of the latter is one for the process, as are its files.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from urllib.parse import quote

from lorax_tui.model.text import as_text

HIDDEN = "***"

_LONGEST = 2_000
"""Characters that are looked at; what is kept of a text is far less."""

_MOST_KNOWN = 20_000
_SHORTEST = 8
"""A shorter word may be an ordinary one."""

_MOST_WHOLE = 128
"""Secrets with other characters than those of words; each is looked for in every text."""

_PARTS = re.compile(r"[\s;]+")
_WORD = re.compile(rf"[\w-]{{{_SHORTEST},}}")
_CUT_WORD = re.compile(r"\S*\Z")
_NAMED = re.compile(r"\A[\w.-]+=(?=[^=])")
"""What stands before the value of a cookie."""
_HINT = re.compile(r"token|key|secret|passw|sid|sig|auth|cookie|bearer|basic|@", re.IGNORECASE)

_QUOTED = r"\*{3}|'[^'\r\n]*'?|\"[^\"\r\n]*\"?"
_FIELD = r"(?:proxy-)?authorization|(?:set-)?cookie|x-[\w-]*(?:token|key|secret|auth)[\w-]*"
_NAME = r"[\w.-]*(?:token|key|secret|passw(?:or)?d|signature)[\w.-]*|(?:[\w.-]*[_.-])?(?:sid|sig)"
_NAME_OF_JSON = r"[\w.-]*(?:token|secret|passw(?:or)?d|api_?key)[\w.-]*|(?:[\w.-]*[_.-])?sid"

_WRITTEN = (
    (re.compile(r"(//)[^\s/@]+@"), rf"\1{HIDDEN}@"),
    (re.compile(rf"\b({_FIELD})(['\"]?\s*[:=]\s*)(?:{_QUOTED}|[^\r\n]+)", re.IGNORECASE), rf"\1\2{HIDDEN}"),
    (re.compile(r"\b(Bearer|Basic|bearer|basic)\s+(?=\S*\d|\S{16})[\w.~+/=-]+"), rf"\1 {HIDDEN}"),
    (re.compile(rf"\b({_NAME})=(?:{_QUOTED}|[^\s&\"'<>;,)]+)", re.IGNORECASE), rf"\1={HIDDEN}"),
    (re.compile(rf"(['\"])({_NAME_OF_JSON})\1(\s*:\s*)(?:{_QUOTED})", re.IGNORECASE), rf"\1\2\1\3{HIDDEN}"),
)

_SECRET_NAME = re.compile(rf"(?:{_FIELD}|{_NAME})", re.IGNORECASE)
_SECRET_KEY = re.compile(rf"(?:{_NAME_OF_JSON})", re.IGNORECASE)

_known: dict[str, None] = {}
"""Words of secrets, the oldest first."""

_whole: dict[str, None] = {}
"""Secrets that are no mere words, with what becomes of them in a URL, the oldest first."""


def learn(secret: str | bytes) -> None:
    """Never let this be written."""
    text = secret.decode("utf-8", "replace") if isinstance(secret, bytes) else secret
    for word in _WORD.findall(text):
        _remember(_known, word, _MOST_KNOWN)
    for part in _PARTS.split(text):
        whole = _NAMED.sub("", part, count=1).strip("\"'")
        if len(whole) >= _SHORTEST and not _WORD.fullmatch(whole):
            _remember(_whole, whole, _MOST_WHOLE)
            _remember(_whole, quote(whole, safe=""), _MOST_WHOLE)


def _remember(register: dict[str, None], secret: str, most: int) -> None:
    if secret not in register:
        register[secret] = None
        if len(register) > most:
            del register[next(iter(register))]


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
    return hide_all(text)


def hide_all(text: str) -> str:
    """The same for a text that must be kept whole, as a traceback in the log."""
    for secret in list(_whole):
        if secret in text:
            text = text.replace(secret, HIDDEN)
    if _HINT.search(text):
        for written, instead in _WRITTEN:
            text = written.sub(instead, text)
    return _WORD.sub(_hidden_word, text) if _known else text


@lru_cache(maxsize=512)
def _is_secret_name(name: str) -> bool:
    return _SECRET_NAME.fullmatch(name) is not None


@lru_cache(maxsize=512)
def _is_secret_key(name: object) -> bool:
    return _SECRET_KEY.fullmatch(as_text(name)) is not None


def _hidden_word(match: re.Match[str]) -> str:
    return HIDDEN if match[0] in _known else match[0]
