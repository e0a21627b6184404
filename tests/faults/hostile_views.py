"""A run in which every text is one from outside: found by looking at what a view is made of, so none is forgotten."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from itertools import cycle
from pathlib import Path
from typing import Any

import msgspec
from msgspec import structs

from lorax_tui.model.histogram import Histogram
from lorax_tui.model.records import HTTP, SCHEMA, SOCKET_IO, End, Event, EventKind, Header, Interval, Record, UserCount
from lorax_tui.model.rule import Rule
from lorax_tui.model.tally import ErrorCount, Raised, Tally
from lorax_tui.model.text import safe
from lorax_tui.model.thresholds import MEMORY
from lorax_tui.session.view import SessionView
from tests.kept import phase_start

WORDS = {"", HTTP, SOCKET_IO, MEMORY}
"""Words of our own, by which figures are looked up."""


def with_texts(value: Any, texts: Iterator[str]) -> Any:
    """The same with the next text in the place of every text, and as the name of everything that has one."""
    if isinstance(value, Enum | Rule | bytes):
        return value
    if isinstance(value, str):
        return value if value in WORDS else next(texts)
    if isinstance(value, Path):
        return Path(next(texts) or "-")
    if isinstance(value, tuple | list):
        return type(value)(with_texts(item, texts) for item in value)
    if isinstance(value, dict):
        return dict(_entries(value, texts))
    if is_dataclass(value) and not isinstance(value, type):
        names = [field.name for field in fields(value) if field.init]
        return replace(value, **{name: with_texts(getattr(value, name), texts) for name in names})
    if isinstance(value, msgspec.Struct):
        changed = {name: with_texts(getattr(value, name), texts) for name in value.__struct_fields__}
        return structs.replace(value, **changed)
    return value


def _entries(mapping: dict[Any, Any], texts: Iterator[str]) -> Iterator[tuple[Any, Any]]:
    """Several names that would be the same are told apart by a number."""
    for number, (key, value) in enumerate(mapping.items()):
        changed = with_texts(key, texts)
        is_text = isinstance(changed, str) and changed not in WORDS
        yield (f"{changed}{number or ''}" if is_text else changed, with_texts(value, texts))


def hostile(view: SessionView, texts: Sequence[str]) -> SessionView:
    """As a session publishes it: what came in went through a door; its folder is as the system has it."""
    shown: SessionView = with_texts(view, cycle([safe(text, 80) for text in texts]))
    folder = None if view.folder is None else Path("".join(text[:300].replace("\0", "") for text in texts))
    return replace(shown, notice=safe(texts[0]) or "-", trouble=safe(texts[-1]) or "-", folder=folder)


def journal(texts: Sequence[str]) -> list[Record]:
    """A recording of a few seconds, as somebody may have written it."""
    some = cycle([text[:20_000].encode("utf-8", "ignore").decode() for text in texts])
    scenario = next(some)
    start = structs.replace(phase_start(0.0, 1, scenario).start, mix={next(some): 1.0})
    latency = Histogram()
    for number in range(200):
        latency.record(3 + number % 40)
    tallies = []
    for _ in texts:
        errors = [ErrorCount(next(some), next(some), 7)]
        tallies.append(Tally(1, True, HTTP, next(some), asks=207, ok=200, failed=7, ok_latency=latency, errors=errors))
    users = {next(some): UserCount(5, 5)}
    raised = [Raised(1, next(some), [ErrorCount(next(some), next(some), 2)])]
    header = Header(SCHEMA, next(some), next(some), next(some), versions={next(some): next(some), "locust": next(some)})
    intervals = [Interval(float(second), 1.0, 1, 0.0, tallies, users, raised=raised) for second in range(4)]
    logged = [Event(3.5, EventKind.LOG, next(some)) for _ in texts]
    return [header, Event(0.0, EventKind.SWITCH, scenario, start), *intervals, *logged, End(4.0, next(some))]


def keep(folder: Path, texts: Sequence[str]) -> Path:
    """That recording, on disk."""
    folder.mkdir(parents=True)
    (folder / "run.jsonl").write_bytes(b"".join(msgspec.json.encode(record) + b"\n" for record in journal(texts)))
    return folder
