"""The journal when the disk, a record or a reader's file is not as it should be."""

from __future__ import annotations

import os
import resource
import signal
import stat
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

import msgspec
import pytest

from lorax_tui.errors import RunError
from lorax_tui.model.records import End, Event, EventKind, Header
from lorax_tui.runs import store
from lorax_tui.runs.journal import RESERVE, Journal, read
from lorax_tui.session.recording import Recording
from tests.unit.strategies import HEADER

NOTE = Event(1.5, EventKind.NOTE, "settled")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "run.jsonl"


@contextmanager
def room_for(size: int) -> Iterator[None]:
    """No file may grow beyond `size`: a write that would is cut short, the next one fails."""
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)


def test_a_disk_that_fills_up_leaves_the_whole_records_before_it(path: Path) -> None:
    journal = Journal.create(path, HEADER)
    with room_for(path.stat().st_size + 100):
        for _ in range(5):
            journal.append(NOTE)
    assert journal.trouble == "the run is kept in memory only: File too large"
    journal.append(NOTE)
    journal.close(End(2.0, "finished"))
    recorded = read(path)
    assert not recorded.torn and recorded.records[0] == HEADER
    assert recorded.records[1:-1] == [NOTE] * (len(recorded.records) - 2)
    assert recorded.end == End(2.0, "finished", unsaved_from_s=1.5)
    assert recorded.notice == "recovered: nothing could be saved from 00:01 on" and not recorded.is_whole


def test_a_run_whose_journal_cannot_be_begun_is_not_begun(path: Path) -> None:
    with room_for(10), pytest.raises(RunError, match="cannot be written") as refused:
        Journal.create(path, HEADER)
    assert "\n" not in str(refused.value)


def test_a_record_that_cannot_be_said_is_told_and_stops_nothing(path: Path) -> None:
    journal = Journal.create(path, HEADER)
    journal.append(Event(1.0, EventKind.NOTE, "\ud800"))
    assert journal.trouble.startswith("the run is kept in memory only: ") and journal.trouble.isprintable()
    journal.close(End(2.0, "finished"))
    assert read(path).records == [HEADER, End(2.0, "finished", unsaved_from_s=0.0)]


def test_syncing_in_other_threads_while_it_closes_is_no_trouble(tmp_path: Path) -> None:
    with ThreadPoolExecutor(4) as threads:
        for number in range(50):
            journal = Journal.create(tmp_path / str(number), HEADER)
            syncs = [threads.submit(journal.sync) for _ in range(4)]
            journal.close(End(1.0, "finished"))
            for sync in syncs:
                sync.result()
            assert not journal.trouble


def test_the_mode_holds_under_any_umask(path: Path) -> None:
    before = os.umask(0o777)
    try:
        Journal.create(path, HEADER).close(End(1.0, "finished"))
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


START = b'{"type":"event","at_s":0,"kind":"switch","text":"","start":{"phase":1,"scenario":"a","users":1,"spawn_rate":1'
TALLY = b'{"type":"interval","began_s":0,"lasted_s":1,"phase":1,"tallies":[{"phase":1,"settled":true,"protocol":"HTTP",'


@pytest.mark.parametrize(
    "line",
    [
        b'{"type":"interval","began_s":0,"lasted_s":0,"phase":1}',
        b'{"type":"interval","began_s":0,"lasted_s":1,"phase":1,"health":{"lag_p99_ms":-1}}',
        b'{"type":"end","at_s":1e999,"reason":""}',
        b'{"type":"end","at_s":1,"reason":"\xff"}',
        b'{"type":"later","at_s":1}',
        START + b',"mix":{},"thresholds":{"HTTP":["nonsense"]}}}',
        TALLY + b'"name":"x","ok_latency":{"total":500}}]}',
        TALLY + b'"name":"x","ok_latency":{"total":1,"counts":{"999999999":1}}}]}',
        b'{"type":"target","at_s":' + b"[" * 100_000,
        b"\x00" * 4096,
    ],
)
def test_reading_stops_at_what_no_fold_could_take(path: Path, line: bytes) -> None:
    good = msgspec.json.encode(NOTE)
    path.write_bytes(b"\n".join((msgspec.json.encode(HEADER), good, line, good, b"")))
    recorded = read(path)
    assert recorded.torn and recorded.records == [HEADER, NOTE]


@pytest.mark.parametrize("schema", ["2.0", "10.3", "", "x", "-1.0", "\u0662.0"])
def test_another_schema_is_refused_in_one_line(path: Path, schema: str) -> None:
    header = Header(schema, "run", "host", "now")
    path.write_bytes(msgspec.json.encode(header) + b"\n")
    with pytest.raises(RunError) as refused:
        read(path)
    assert "\n" not in str(refused.value)


def test_fields_of_a_newer_minor_schema_are_passed_over(path: Path) -> None:
    content = msgspec.json.encode(msgspec.structs.replace(HEADER, schema="1.9"))
    path.write_bytes(content[:-1] + b',"new":[1]}\n' + msgspec.json.encode(NOTE)[:-1] + b',"new":{}}\n')
    recorded = read(path)
    assert recorded.records[1] == NOTE and not recorded.torn


def test_a_folder_is_no_journal(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="cannot be read"):
        read(tmp_path)


def test_there_is_room_for_the_end_where_the_disk_is_full(small_disk: Path) -> None:
    journal = Journal.create(small_disk / "run.jsonl", HEADER)
    (small_disk / "filler").write_bytes(b"")
    with suppress(OSError), (small_disk / "filler").open("wb", buffering=0) as filler:
        while filler.write(b"\0" * 4096):
            pass
    for _ in range(2000):
        journal.append(NOTE)
    assert journal.trouble == "the run is kept in memory only: No space left on device"
    journal.close(End(2.0, "finished"))
    store.write_final(small_disk / "summary.json", b"x" * 20_000)
    recorded = read(small_disk / "run.jsonl")
    assert recorded.end == End(2.0, "finished", unsaved_from_s=1.5) and not recorded.torn
    assert not (small_disk / RESERVE).exists()


def test_the_reserve_is_there_while_the_run_goes_on_alone(path: Path) -> None:
    journal = Journal.create(path, HEADER)
    reserve = path.with_name(RESERVE)
    assert reserve.stat().st_blocks * 512 >= 64 * 1024 and stat.S_IMODE(reserve.stat().st_mode) == 0o600
    journal.close(End(2.0, "finished"))
    assert not reserve.exists()


def test_a_folder_that_becomes_read_only_is_told_when_it_matters(tmp_path: Path) -> None:
    """Whoever may write everywhere becomes somebody who may not."""
    folder = tmp_path / "run"
    folder.mkdir()
    for place in (folder, *folder.parents[:3]):
        place.chmod(0o755)
    recording = Recording(folder, HEADER)
    folder.chmod(0o555)
    nobody = 65534
    before = os.geteuid()
    if before == 0:
        os.seteuid(nobody)
    try:
        recording.record(NOTE)
        recording.end(2.0, "finished")
    finally:
        os.seteuid(before)
        folder.chmod(0o755)
    assert "cannot be written: Permission denied" in recording.trouble
    assert read(folder / "run.jsonl").end == End(2.0, "finished")
