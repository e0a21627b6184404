"""The sections of the file about the target and the bounds that nothing goes beyond."""

from __future__ import annotations

from collections.abc import Mapping
from math import inf
from re import fullmatch
from typing import Any

import msgspec
from msgspec import structs

from lorax_tui.config.document import Document
from lorax_tui.config.stops import KINDS as stop_kinds
from lorax_tui.config.stops import StopError, stop_limits
from lorax_tui.model.hosts import plain
from lorax_tui.model.scenario import LONGEST_RUN_S, Guard
from lorax_tui.model.text import safe

_GUARD_KEYS = ("allow", "max_users", "max_spawn_rate", "max_requests_per_second", "max_duration")
_FOUND_OUT = ("limits", "addresses", "is_remote", "max_duration_s", "transport")
"""What no key of its own section sets as it stands."""
_HOST = r"\[?[A-Za-z0-9_:](?:[A-Za-z0-9_.:-]{0,252}\]?)"


def read_guard(doc: Document, document: Mapping[str, Any]) -> Guard:
    """The bounds of [guard] and what [guard.stop] ends a run by."""
    table = dict(doc.table("guard", document.get("guard", {})))
    stops = doc.table("guard.stop", table.pop("stop", {}))
    doc.known("guard.stop", stops, stop_kinds)
    doc.known("guard", table, (*_GUARD_KEYS, "stop"))
    allow = _hosts(doc, table.pop("allow", []))
    max_duration_s = doc.duration("guard.max_duration", table.pop("max_duration", None), LONGEST_RUN_S)
    guard: Guard = read_section(doc, {"guard": table}, "guard", Guard)
    try:
        return structs.replace(guard, limits=stop_limits(stops), allow=allow, max_duration_s=max_duration_s)
    except StopError as error:
        doc.refuse(f"guard.stop.{error.key}", error.value, str(error))


def _hosts(doc: Document, value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        doc.refuse("guard.allow", value, 'expected a list of hosts as in ["staging.example.org"]')
    for number, host in enumerate(value):
        if not isinstance(host, str) or not fullmatch(_HOST, host):
            doc.refuse(f"guard.allow[{number}]", host, "expected the name or address of one host, without a port")
    return tuple(plain(host) for host in value)


def read_section(doc: Document, document: Mapping[str, Any], name: str, kind: type[Any]) -> Any:
    """A section whose keys are the fields of `kind`."""
    table = doc.table(name, document.get(name, {}))
    doc.known(name, table, [field for field in kind.__struct_fields__ if field not in _FOUND_OUT])
    for key, value in table.items():
        field = next(field for field in msgspec.structs.fields(kind) if field.name == key)
        try:
            msgspec.convert(value, field.type)
        except msgspec.ValidationError as error:
            doc.refuse(f"{name}.{key}", value, str(error))
        if isinstance(value, str) and (not value.strip() or safe(value, len(value)) != value):
            doc.refuse(f"{name}.{key}", value, "expected one line of printable text")
        if isinstance(value, int | float) and not 0 < value < inf:
            doc.refuse(f"{name}.{key}", value, "expected a finite number above 0")
    return kind(**table)
