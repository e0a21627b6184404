"""Header fields by name, whatever their case; and what may not be in one that we send."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, MutableMapping

_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_FORBIDDEN = re.compile(r"[\r\n\0]")


class Headers(MutableMapping[str, str]):
    """A mapping that ignores the case of names and keeps the one they were given in."""

    __slots__ = ("_fields", "version")

    def __init__(self, fields: Mapping[str, str] | Iterable[tuple[str, str]] = ()) -> None:
        self._fields: dict[str, tuple[str, str]] = {}
        self.version = 0
        """Grows with every change."""
        self.update(fields)

    @classmethod
    def received(cls, fields: Iterable[tuple[bytes, bytes]]) -> Headers:
        """The fields of an answer; several of one name are joined by commas."""
        headers = cls()
        for raw_name, raw_value in fields:
            name, value = raw_name.decode("latin-1"), raw_value.decode("latin-1")
            before = headers.get(name)
            headers[name] = value if before is None else f"{before}, {value}"
        return headers

    def __getitem__(self, name: str) -> str:
        return self._fields[name.lower()][1]

    def __setitem__(self, name: str, value: str) -> None:
        self.version += 1
        self._fields[name.lower()] = (name, value)

    def __delitem__(self, name: str) -> None:
        self.version += 1
        del self._fields[name.lower()]

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and name.lower() in self._fields

    def __iter__(self) -> Iterator[str]:
        return (name for name, _ in self._fields.values())

    def __len__(self) -> int:
        return len(self._fields)

    def __repr__(self) -> str:
        return f"Headers({dict(self)!r})"


def encoded_field(name: str | bytes, value: str | bytes) -> bytes:
    """One line of a request's header.

    Raises:
        ValueError: the name is no token, or the value would begin another line.
    """
    name_text = name.decode("latin-1") if isinstance(name, bytes) else name
    value_text = value.decode("latin-1") if isinstance(value, bytes) else str(value)
    if not _NAME.fullmatch(name_text):
        raise ValueError(f"not a header name: {name_text!r}")
    if _FORBIDDEN.search(value_text):
        raise ValueError(f"line break in the value of header {name_text}")
    line = f"{name_text}: {value_text}\r\n"
    try:
        return line.encode("latin-1")
    except UnicodeEncodeError:
        return line.encode()
