"""Learns the secrets of what is sent and of what the target gives, by their names and by where they stand."""

from __future__ import annotations

import json
import re
from base64 import b64decode
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from itertools import chain, islice
from types import NoneType
from urllib.parse import parse_qsl, unquote, unquote_plus

from lorax_tui.model.learned import learn
from lorax_tui.model.secret_names import has_hint, is_secret_field, is_secret_key
from lorax_tui.model.text import as_text

_LONGEST = 20_000
"""Characters of a text that are looked through: the users stand still meanwhile."""

_DEEPEST = 40
_UNQUOTED = 3
"""How often what is in a URL in a URL is looked at anew."""

_SHORTEST = 8
"""A name and a secret take more characters."""

_LONGEST_WORD = 16
"""A cookie's value that is shorter may be an ordinary word, or a number or a date, where it is no mixture of both."""

_MOST = 100
"""Values of a text; a target may choose the address to which it redirects."""

_NUMBERS = frozenset((int, float, bool, NoneType))
_GIVEN = re.compile(r"(?<![\w.-])([\w.-]++)=(?=([^\s&;\"'<>]{1,2000}))")
"""A value is looked at only from its front: it may be a URL with values of its own."""
_SCHEME = re.compile(r"\A\s*(basic|bearer|token|digest|negotiate|ntlm|dpop|aws4-hmac-sha256)\s+", re.IGNORECASE)
_LONG_VALUE = re.compile(r"=\s*\"?(?=[^\",\s/]*\d)([^\",\s/]{16,})")
"""Of a scheme with parameters, those that are no ordinary words and no paths."""
_USERINFO = re.compile(r"\A\w+://([^\s/?#]*)@")


def learn_fields(fields: Iterable[tuple[str, str | bytes | None]]) -> None:
    """Learn the values of header or query fields whose names say that they are secret."""
    for secret in secrets_of(fields):
        learn(secret)


def secrets_of(fields: Iterable[tuple[str, str | bytes | None]]) -> tuple[str | bytes, ...]:
    """What is secret in header or query fields, for those who send them again and again."""
    found = (_credentials(as_text(value)) for name, value in fields if value and is_secret_field(name))
    return tuple(chain.from_iterable(found))


def learn_cookie(name: str, value: str | None, theirs: bool = False) -> None:
    """Learn a cookie, whatever its name, but for what may be ordinary."""
    if value and is_secret_cookie(name, value):
        learn(value, theirs)


def is_secret_cookie(name: str, value: str) -> bool:
    """Whether a cookie may be a secret: its name says so, or it is no word, number, date or path."""
    is_mixed = any(map(str.isalpha, value)) and any(map(str.isdigit, value))
    is_odd = not value.startswith("/") and (len(value) >= _LONGEST_WORD or is_mixed)
    return is_odd or is_secret_field(name)


def learn_set_cookie(field: str) -> None:
    """Learn the cookie that an answer's `Set-Cookie` field gives."""
    name, _, value = field.partition(";")[0].partition("=")
    learn_cookie(name.strip(), value.strip(), theirs=True)


def learn_from(content: object, is_secret: bool = False, deepest: int = _DEEPEST) -> None:
    """Learn what a form, a payload or JSON holds under names that say that it is secret, however deep.

    Args:
        content: as a caller gives it: objects, pairs, or the text of a form or of JSON.
        is_secret: whether all of it is.
        deepest: how many levels down it is looked through.
    """
    if isinstance(content, str | bytes | bytearray):
        (learn if is_secret else learn_written)(bytes(content) if isinstance(content, bytearray) else content)
    elif isinstance(content, int | float) or content is None:
        if is_secret:
            learn(str(content))
    elif isinstance(content, list | tuple | Mapping) and deepest:
        for name, value in _named(content, is_secret):
            is_one = is_secret or (is_secret_key(name) and not (name == "session" and isinstance(value, Mapping)))
            learn_from(value, is_one, deepest - 1)


def _named(content: Mapping[object, object] | Sequence[object], with_numbers: bool) -> Iterable[tuple[object, object]]:
    """Values with their names, if they have any; a pair may be a name and its value."""
    if isinstance(content, Mapping):
        return content.items()
    if len(content) == 2 and isinstance(content[0], str | bytes):
        return (("", content[0]), (content[0], content[1]))
    # Without a name numbers are seldom secret, and users send hundreds of them at a time.
    return [("", part) for part in content if with_numbers or type(part) not in _NUMBERS]


def learn_written(text: str | bytes) -> None:
    """Learn what a URL, a form or JSON gives under names that say that it is secret, and a password in a URL."""
    if len(text) <= _SHORTEST:
        return
    text = as_text(text[:_LONGEST])
    is_json = text.lstrip("\ufeff \t\r\n")[:1] in ("{", "[")
    if not (is_json or "=" in text or "@" in text or "%" in text) or not has_hint(text):
        return
    if is_json:
        with suppress(ValueError, RecursionError):
            learn_from(json.loads(text.lstrip("\ufeff")))
            return
    if (found := _USERINFO.match(text)) is not None:
        user, _, password = found[1].partition(":")
        learn(unquote(password or user))
    learn_fields(islice(parse_qsl(text.partition("?")[2] or text), _MOST))
    for _ in range(_UNQUOTED):
        secrets = (found[2] for found in _GIVEN.finditer(text) if is_secret_field(found[1]))
        for value in islice(secrets, _MOST):
            learn(unquote_plus(value))
        if "%" not in text:
            return
        text = unquote(text)


def _credentials(text: str) -> Iterable[str | bytes]:
    """The secrets of a field's value; of one with a scheme, not the words that are the same for everybody."""
    scheme = _SCHEME.match(text)
    if scheme is None:
        return (text,)
    credentials = text[scheme.end() :]
    match scheme[1].lower():
        case "basic":
            return (credentials, *_password(credentials))
        case "digest" | "aws4-hmac-sha256" if "=" in credentials:
            return _LONG_VALUE.findall(credentials)
    return (credentials,)


def _password(credentials: str) -> tuple[bytes, ...]:
    """That of the scheme Basic; where there is none, the user is the secret."""
    try:
        user, _, password = b64decode(credentials, validate=True).partition(b":")
    except ValueError:
        return ()
    return (password or user,)
