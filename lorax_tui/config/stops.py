"""What ends a run by itself, as [guard.stop] says it: a time, a size, a share over a time, or never."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from lorax_tui.model.duration import parse_duration
from lorax_tui.model.records import GuardLimits

NEVER = "never"
SHIPPED = {"unreachable": "60s", "errors": "50% for 10s"}
"""What holds where a file does not say otherwise."""

_SHARE = re.compile(r"(\d{1,2}(?:\.\d{1,3})?)\s*% for (\S+)", re.ASCII)
_SIZE = re.compile(r"(\d{1,7}(?:\.\d{1,3})?)\s*(MB|GB)", re.ASCII)
_MB = {"MB": 1, "GB": 1024}


def stop_limits(table: dict[str, Any]) -> GuardLimits:
    """The limits that a table with known keys sets.

    Raises:
        StopError: a value is none.
    """
    found: dict[str, Any] = {}
    for key, value in (SHIPPED | table).items():
        if value == NEVER:
            continue
        kind = KINDS[key]
        limits = kind.read(value) if isinstance(value, str) else None
        if limits is None:
            raise StopError(key, value, f"expected a text as in {kind.example!r}, or {NEVER!r}")
        found |= limits
    return GuardLimits(**found)


class StopError(ValueError):
    """A value that sets no limit."""

    def __init__(self, key: str, value: object, why: str) -> None:
        super().__init__(why)
        self.key = key
        self.value = value


def _duration(name: str) -> Callable[[str], dict[str, float] | None]:
    def read(text: str) -> dict[str, float] | None:
        try:
            return {name: parse_duration(text)}
        except ValueError:
            return None

    return read


def _errors(text: str) -> dict[str, float] | None:
    match = _SHARE.fullmatch(text)
    length = _duration("errors_s")(match[2]) if match else None
    return {"error_rate": float(match[1]) / 100} | length if match and length else None


def _memory(text: str) -> dict[str, float] | None:
    match = _SIZE.fullmatch(text)
    size_mb = float(match[1]) * _MB[match[2]] if match else 0.0
    return {"memory_mb": size_mb} if size_mb else None


@dataclass(frozen=True, slots=True)
class _Kind:
    read: Callable[[str], dict[str, float] | None]
    """The limits that a text sets; `None`: it is none."""
    example: str


KINDS = {
    "unreachable": _Kind(_duration("unreachable_s"), "60s"),
    "errors": _Kind(_errors, "50% for 10s"),
    "memory": _Kind(_memory, "4 GB"),
    "generator_bound": _Kind(_duration("bound_s"), "30s"),
}
"""By key: how it is written."""
