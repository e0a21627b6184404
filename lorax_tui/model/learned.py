"""The secrets that this process has sent or was given, and how to take them out of a text, however they are written.

A target may repeat a token in any words: glued to others, in capitals, escaped for a URL, for JSON or for a page. So
each is looked for at every position of a text and in every form. The register is one for the process, as are its files.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html import escape
from string import ascii_lowercase, ascii_uppercase
from threading import Lock
from urllib.parse import quote, quote_plus

from lorax_tui.model.text import as_text

HIDDEN = "***"

_SHORTEST = 8
"""A shorter word may be an ordinary one."""

_LONGEST = 8_000
"""Characters of a secret that are learned."""

_MOST_CHARACTERS = 8_000_000
"""Of all forms of what was learned; then what was not sent again meanwhile begins to be forgotten."""

_PARTS = re.compile(r"[\s;]+")
_WORD = re.compile(rf"[\w-]{{{_SHORTEST},}}")
_NAMED = re.compile(r"\A[\w.-]+=(?=[^=])")
"""What stands before the value of a cookie."""

_SMALL = str.maketrans(ascii_uppercase, ascii_lowercase)
"""Keeps every character in its place, as `str.lower` does not."""

_ESCAPES = (
    lambda form: quote(form, safe=""),
    quote,
    quote_plus,
    escape,
    lambda form: json.dumps(form)[1:-1],
    lambda form: form.replace("/", "\\/"),
    lambda form: ascii(form)[1:-1],
)
_ESCAPED_TWICE = 2
"""An address within an address, a page that shows JSON."""


class _Register:
    """Forms of secrets, in small letters, found by their first characters."""

    def __init__(self) -> None:
        self.secrets: set[str] = set()
        self._forms: set[str] = set()
        self._lengths: dict[str, tuple[int, ...]] = {}
        """Of the forms with the same beginning, the longest first; there may be thousands of these, of one length."""
        self._characters = 0

    @property
    def is_full(self) -> bool:
        return self._characters >= _MOST_CHARACTERS

    def add(self, secret: str) -> None:
        for form in _forms(secret):
            beginning, length = form[:_SHORTEST], len(form)
            lengths = self._lengths.get(beginning, ())
            if length not in lengths:
                self._lengths[beginning] = tuple(sorted((*lengths, length), reverse=True))
            if form not in self._forms:
                self._forms.add(form)
                self._characters += length
        self.secrets.add(secret)
        self._characters += len(secret)

    def places(self, text: str) -> Iterator[tuple[int, int]]:
        """Where a secret begins in a text of small letters, and where the longest that begins there ends."""
        beginnings = self._lengths
        for at in range(len(text) - _SHORTEST + 1):
            for length in beginnings.get(text[at : at + _SHORTEST], ()):
                if text[at : at + length] in self._forms:
                    yield at, at + length
                    break


_young, _old = _Register(), _Register()
_learning = Lock()
_learned = 0


def learn(secret: str | bytes) -> None:
    """Never let this be written."""
    global _young, _old, _learned
    text = as_text(secret)[:_LONGEST]
    if text in _young.secrets:
        return
    with _learning:
        if _young.is_full:
            _young, _old = _Register(), _young
        _young.add(text)
        _learned += 1


def how_many_learned() -> int:
    """A number that is another one when `without_learned` may give another text."""
    return _learned


def without_learned(text: str) -> str:
    """The text with `***` in the place of every secret that was learned."""
    small = text.translate(_SMALL)
    kept, after = [], 0
    for begins, ends in sorted({*_young.places(small), *_old.places(small)}):
        if begins >= after:
            kept += [text[after:begins], HIDDEN]
        after = max(after, ends)
    return "".join((*kept, text[after:]))


def _forms(secret: str) -> set[str]:
    """How it may be written: as a whole, each part and word of it, and those with the escapes of others."""
    parts = {secret.strip(), *_PARTS.split(secret)}
    forms = parts | {_NAMED.sub("", part, count=1).strip("\"'") for part in parts} | set(_WORD.findall(secret))
    forms = {form for form in forms if len(form) >= _SHORTEST}
    for _ in range(_ESCAPED_TWICE):
        forms |= {_escaped(form) for form in forms if not form.isalnum() for _escaped in _ESCAPES}
    return {form.translate(_SMALL) for form in forms}
