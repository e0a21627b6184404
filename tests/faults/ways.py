"""Ways by which a text comes in at a door, and what comes out behind: where they are kept, and what they share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path

import msgspec

from lorax_tui.errors import LoraxTuiError

Way = Callable[[str, Path], Iterator[object]]

WAYS: dict[str, Way] = {}


def behind(*places: str) -> Callable[[Way], Way]:
    """A way through the calls of `safe()` in these functions."""

    def register(way: Way) -> Way:
        WAYS.update(dict.fromkeys(places, way))
        return way

    return register


def strings(value: object) -> Iterator[str]:
    """Every text in a record or a view."""
    if isinstance(value, str):
        yield value
    elif is_dataclass(value) and not isinstance(value, type):
        for field in fields(value):
            yield from strings(getattr(value, field.name))
    elif isinstance(value, msgspec.Struct):
        for name in value.__struct_fields__:
            yield from strings(getattr(value, name))
    elif isinstance(value, dict):
        yield from strings([*value, *value.values()])
    elif isinstance(value, list | tuple | set | frozenset):
        for item in value:
            yield from strings(item)


def refusal(call: Callable[..., object], *arguments: object) -> str:
    """Why it is refused."""
    try:
        call(*arguments)
    except (LoraxTuiError, ValueError) as error:
        return str(error)
    return ""


def as_name(text: str) -> str:
    """As much of a text as a file can be named with."""
    return text.encode("utf-8", "ignore").decode().replace("/", "|").replace("\0", "")[:60].strip(".") or "none"


def unicode(text: str) -> str:
    return text.encode("utf-8", "ignore").decode()
