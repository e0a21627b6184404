"""JSON for python-socketio, with the coder and the decoder made once and not for every message."""

from __future__ import annotations

from json import JSONDecodeError, JSONDecoder, JSONEncoder
from typing import Any

_ENCODER = JSONEncoder(separators=(",", ":"))
_DECODER = JSONDecoder()


def dumps(value: Any, **_: Any) -> str:
    """A value as text; the library's only option is the separators, which are these."""
    return _ENCODER.encode(value)


def loads(text: str) -> Any:
    """The value of a text.

    Raises:
        ValueError: it is none, or holds a number with thousands of digits.
    """
    try:
        return _DECODER.decode(text)
    except JSONDecodeError as error:
        error.doc = ""  # as long as the text
        raise
