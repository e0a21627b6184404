"""A journal that somebody wrote over: it is read as far as it makes sense, folded and shown, or refused."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unicodedata import category

import msgspec
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from lorax_tui.errors import RunError
from lorax_tui.model.records import Event, EventKind, Record
from lorax_tui.model.run import Run
from lorax_tui.runs.journal import Journal, Recorded, read
from lorax_tui.runs.summary import summary
from tests.unit.strategies import HEADER, runs

WILD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**400), 10**400),
    st.sampled_from([-1, 0, 1, 2**53, 2**63, 2**64, 10**12, 1e12, -1e12, 5e-324, 1e-9, 1.8e308, -0.0]),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=5),
    st.sampled_from(["\x1b[2J", "\u202e", "\ud7ff" * 3000, "p95 < 0s", "last"]),
    st.lists(st.integers(), max_size=2),
    st.dictionaries(st.text(max_size=3), st.floats(allow_nan=False), max_size=2),
)

fuzzed = settings(max_examples=150, suppress_health_check=list(HealthCheck), deadline=None)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "run.jsonl"


def take_in(path: Path) -> Recorded | None:
    """Read, fold and show; `None` where it is refused."""
    try:
        recorded = read(path)
    except RunError as refused:
        assert "\n" not in str(refused)
        return None
    run = Run()
    for record in recorded.records:
        run.fold(record)
        run.view()
    shown = msgspec.json.encode(summary(run)).decode()
    assert not {category(character) for character in shown + recorded.notice} & {"Cc", "Cf", "Cs"}
    return recorded


def leaves(value: Any, place: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The places of everything in nested plain values."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield (*place, key)
        yield from leaves(item, (*place, key))


@fuzzed
@given(runs(), st.data())
def test_any_value_may_be_another(path: Path, records: list[Record], data: st.DataObject) -> None:
    lines = [msgspec.json.decode(msgspec.json.encode(record)) for record in records]
    for _ in range(data.draw(st.integers(1, 4))):
        line = data.draw(st.sampled_from(lines))
        places = list(leaves(line))
        assume(places)
        *above, key = data.draw(st.sampled_from(places))
        for step in above:
            line = line[step]
        line[key] = data.draw(WILD)
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    take_in(path)


@fuzzed
@given(runs(), st.data())
def test_lines_may_be_in_any_order_and_more_than_once(path: Path, records: list[Record], data: st.DataObject) -> None:
    lines = [msgspec.json.encode(record) + b"\n" for record in records]
    shuffled = data.draw(st.lists(st.sampled_from(lines), max_size=30))
    path.write_bytes(b"".join((lines[0], *shuffled)))
    recorded = take_in(path)
    assert recorded is not None and len(recorded.records) == len(shuffled) + 1


@fuzzed
@given(runs(), st.data())
def test_any_bytes_may_be_others(path: Path, records: list[Record], data: st.DataObject) -> None:
    content = bytearray(b"".join(msgspec.json.encode(record) + b"\n" for record in records))
    for _ in range(data.draw(st.integers(1, 5))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(content)
    take_in(path)


@pytest.mark.parametrize("text", ["\x1b[2J", "\u202egnp.exe", "\x9b2J", "a\nb", "\x7f", "x" * 100_000])
def test_a_text_that_somebody_wrote_into_it_is_made_safe(path: Path, text: str) -> None:
    event = msgspec.json.encode(Event(1.0, EventKind.NOTE, text))
    path.write_bytes(msgspec.json.encode(HEADER) + b"\n" + event + b"\n")
    recorded = take_in(path)
    assert recorded is not None and not recorded.torn
    [_, read_back] = recorded.records
    assert isinstance(read_back, Event) and read_back.text.isprintable() and len(read_back.text) <= 2000


def test_what_is_missing_is_told(path: Path) -> None:
    header, note = (msgspec.json.encode(record) + b"\n" for record in (HEADER, Event(754.2, EventKind.NOTE, "a")))
    path.write_bytes(header + note + note[:20])
    assert read(path).notice == "recovered: cut off at 12:34, 20 bytes dropped"
    path.write_bytes(header + note)
    assert read(path).notice == "recovered: cut off at 12:34"
    path.write_bytes(header + note + b'{"type":"end","at_s":760,"reason":"quit"}\n' + b"\0" * 5)
    assert read(path).notice == "recovered: 5 bytes after its end dropped"


def test_a_run_that_goes_on_is_no_recovered_one(path: Path) -> None:
    journal = Journal.create(path, HEADER)
    assert read(path).is_growing and read(path).notice == "still going on: read up to 00:00"
    journal._release()
    assert not read(path).is_growing


def test_what_is_no_file_is_never_waited_for(path: Path) -> None:
    os.mkfifo(path)
    with pytest.raises(RunError, match="it is no file"):
        read(path)
