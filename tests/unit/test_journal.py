"""The journal: what was written is read back, however it was cut off; nothing else passes for a run."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lorax_tui.errors import RunError
from lorax_tui.model.records import End, Event, EventKind, Record
from lorax_tui.runs.journal import Journal, read
from tests.unit.strategies import HEADER, runs

NOTE = Event(1.5, EventKind.NOTE, "settled")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "run.jsonl"


def test_what_was_written_is_read_back(path: Path) -> None:
    journal = Journal.create(path, HEADER)
    journal.append(NOTE)
    journal.sync()
    journal.close(End(2.0, "finished"))
    journal.close(End(3.0, "again"))
    journal.append(NOTE)
    assert read(path).records == [HEADER, NOTE, End(2.0, "finished")]
    assert not read(path).torn and not journal.trouble
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_every_record_is_on_the_disk_as_soon_as_it_is_appended(path: Path) -> None:
    journal = Journal.create(path, HEADER)
    journal.append(NOTE)
    assert read(path).records == [HEADER, NOTE]
    journal.close(End(0, ""))


def test_an_existing_file_or_link_is_never_written_over(path: Path, tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("precious")
    path.symlink_to(victim)
    with pytest.raises(RunError, match="cannot be made"):
        Journal.create(path, HEADER)
    with pytest.raises(RunError, match="cannot be made"):
        Journal.create(victim, HEADER)
    assert victim.read_text() == "precious"


def test_a_full_disk_is_told_and_stops_nothing() -> None:
    journal = Journal(os.open("/dev/full", os.O_WRONLY))
    journal.append(NOTE)
    assert journal.trouble == "the run is kept in memory only: No space left on device"
    journal.append(NOTE)
    journal.sync()
    journal.close(End(1, "finished"))


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(runs(), st.data())
def test_any_prefix_is_a_shorter_run(path: Path, records: list[Record], data: st.DataObject) -> None:
    lines = [msgspec.json.encode(record) + b"\n" for record in records]
    content = b"".join(lines)
    cut = data.draw(st.integers(len(lines[0]), len(content)))
    path.write_bytes(content[:cut])
    recorded = read(path)
    assert recorded.records == records[: len(recorded.records)]
    assert recorded.torn == (content[:cut] != b"".join(lines[: len(recorded.records)]))


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.one_of(st.binary(max_size=200), st.lists(st.sampled_from([b"{", b"\xff", b"\n", b'{"type":"end"}']))))
def test_garbage_is_refused_and_never_raises_anything_else(path: Path, garbage: bytes | list[bytes]) -> None:
    content = garbage if isinstance(garbage, bytes) else b"".join(garbage)
    path.write_bytes(content)
    with pytest.raises(RunError):
        read(path)
    path.write_bytes(msgspec.json.encode(HEADER) + b"\n" + content)
    assert read(path).records[0] == HEADER


def test_a_newer_schema_is_refused_in_one_line(path: Path) -> None:
    path.write_bytes(msgspec.json.encode(msgspec.structs.replace(HEADER, schema="2.0")) + b"\n")
    with pytest.raises(RunError, match=r"newer version \(schema 2\.0, this one reads 1\.0\)"):
        read(path)


def test_a_missing_journal(path: Path) -> None:
    with pytest.raises(RunError, match="cannot be read"):
        read(path)
