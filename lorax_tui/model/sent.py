"""Learns the secrets of what is sent and of what the target gives, by their names and by where they stand."""

from __future__ import annotations

import json
import re
from base64 import b64decode
from collections.abc import Iterable, Mapping
from types import NoneType
from urllib.parse import unquote, unquote_plus

from lorax_tui.model.learned import learn
from lorax_tui.model.secret_names import HINT, NAME, is_secret_field, is_secret_key
from lorax_tui.model.text import as_text

_LONGEST = 100_000
"""Characters of a text that are looked through."""

_SHORTEST = 8
"""A name and a secret take more characters."""

_LONGEST_WORD = 16
"""A cookie's value that is shorter, and has nothing but letters, may be an ordinary word."""

_NUMBERS = frozenset((int, float, bool, NoneType))
_GIVEN = re.compile(rf"(?<![\w.-])(?={NAME})[\w.-]++=([^\s&\"'<>;,)]+)", re.IGNORECASE)
_SCHEME = re.compile(r"\A\s*(basic|bearer|token|digest|negotiate|ntlm|dpop|aws4-hmac-sha256)\s+", re.IGNORECASE)
_LONG_VALUE = re.compile(r"=\s*\"?(?=[^\",\s]*\d)([^\",\s]{16,})")
"""Of a scheme with parameters, those that are no ordinary words."""
_USERINFO = re.compile(r"\A\w+://[^\s:@]*:(\S+)@")


def learn_fields(fields: Iterable[tuple[str, str | bytes | None]]) -> None:
    """Learn the values of header or query fields whose names say that they are secret."""
    for name, value in fields:
        if value and is_secret_field(name):
            _learn_credentials(as_text(value))


def learn_cookie(name: str, value: str | None, theirs: bool = False) -> None:
    """Learn a cookie, whatever its name, but for what may be an ordinary word."""
    if value and (len(value) >= _LONGEST_WORD or not value.isalpha() or is_secret_field(name)):
        learn(value, theirs)


def learn_from(content: object, is_secret: bool = False) -> None:
    """Learn what a form, a payload or JSON holds under names that say that it is secret, however deep.

    Args:
        content: as a caller gives it: objects, pairs, or the text of a form or of JSON.
        is_secret: whether all of it is.
    """
    if isinstance(content, str | bytes):
        (learn if is_secret else learn_written)(content)
    elif isinstance(content, list | tuple):
        if len(content) == 2 and isinstance(content[0], str):
            learn_from(content[1], is_secret or is_secret_key(content[0]))
        for part in content:
            if is_secret or type(part) not in _NUMBERS:  # of these, users send hundreds at a time
                learn_from(part, is_secret)
    elif isinstance(content, Mapping):
        for name, value in content.items():
            if type(value) not in _NUMBERS or is_secret or is_secret_key(name):
                learn_from(value, is_secret or is_secret_key(name))
    elif is_secret and isinstance(content, int | float):
        learn(str(content))


def learn_written(text: str | bytes) -> None:
    """Learn what a URL, a form or JSON gives under names that say that it is secret, and a password in a URL."""
    if len(text) <= _SHORTEST:
        return
    text = as_text(text[:_LONGEST])
    if not HINT.search(text):
        return
    if (found := _USERINFO.match(text)) is not None:
        learn(unquote(found[1]))
    if text.lstrip()[:1] in ("{", "["):
        try:
            learn_from(json.loads(text))
        except (ValueError, RecursionError):
            return
        return
    for reading in dict.fromkeys((unquote_plus(text), unquote_plus(unquote(text)))):
        for value in _GIVEN.findall(reading):
            learn(value)


def _learn_credentials(text: str) -> None:
    """Learn the value of a field; of one with a scheme, not the words that are the same for everybody."""
    scheme = _SCHEME.match(text)
    if scheme is None:
        learn(text)
        return
    credentials = text[scheme.end() :]
    match scheme[1].lower():
        case "basic":
            learn(credentials)
            try:
                user, _, password = b64decode(credentials, validate=True).partition(b":")
            except ValueError:
                return
            learn(password or user)
        case "digest" | "aws4-hmac-sha256":
            for value in _LONG_VALUE.findall(credentials):
                learn(value)
        case _:
            learn(credentials)
