"""Files that nobody else can read, that lead nowhere, and that are whole."""

from __future__ import annotations

import os
import stat
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lorax_tui.engine.recorder import MOST_OPERATIONS, Recorder
from lorax_tui.errors import RunError
from lorax_tui.model.records import SCHEMA, End, Header
from lorax_tui.model.text import safe
from lorax_tui.runs import journal, store
from lorax_tui.runs.journal import Journal
from lorax_tui.runs.report.files import make_folder
from lorax_tui.session.log import logging_to
from tests.backend import Backend
from tests.e2e.program import Launcher, read_summary
from tests.faults import catalogue
from tests.ui import views
from tests.ui.screen import dashboard

AT = datetime(2026, 11, 23, 22, 13, 5, tzinfo=UTC)
HOSTILE = "\x00\x1b[2J\x0e\x05\x9b\ufffe\udc80]]><script>&amp;"


@pytest.mark.e2e
def test_row_17_two_programs_at_once_share_a_folder_and_nothing_else(backend: Backend, tmp_path: Path) -> None:
    launcher = Launcher(tmp_path)
    load = ["run", "--users", "1", "--spawn-rate", "5", "--duration", "2s", "--headless", "--runs-dir", "a/b/runs"]
    with (
        launcher.started(*load, "--report", "reports/one", "--host", backend.url, umask=0) as one,
        launcher.started(*load, "--report", "reports/other", "--host", backend.url, umask=0) as other,
    ):
        folders = {one.end().folder, other.end().folder}
    assert len(folders) == 2
    assert all((tmp_path / folder).parent == tmp_path / "a/b/runs" for folder in folders)
    assert all(read_summary(tmp_path / folder)["phases"] for folder in folders)
    modes = {path: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.rglob("*")}
    assert len(modes) > 12
    assert {path: oct(mode) for path, mode in modes.items() if mode & 0o077} == {}


@given(st.text(max_size=200))
def test_row_15_no_name_leads_out_of_the_folder_of_runs(tmp_path_factory: pytest.TempPathFactory, name: str) -> None:
    runs_dir = tmp_path_factory.getbasetemp() / "named"
    try:
        folder = store.create_folder(runs_dir, AT, name)
    except RunError as error:
        assert "\n" not in str(error)
    else:
        assert folder.parent == runs_dir and folder.resolve().is_relative_to(runs_dir.resolve())


def test_row_16_the_log_follows_no_link(tmp_path: Path) -> None:
    (tmp_path / "victim").write_text("precious")
    (tmp_path / "log").symlink_to(tmp_path / "victim")
    with pytest.raises(OSError, match="Too many levels of symbolic links"), logging_to(tmp_path / "log"):
        raise AssertionError("it was opened")
    assert (tmp_path / "victim").read_text() == "precious"


def test_row_21_a_write_that_takes_a_few_bytes_tears_no_record(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write = os.write
    monkeypatch.setattr(os, "write", lambda descriptor, data: write(descriptor, bytes(data[:7])))
    header = Header(schema=SCHEMA, run="r", host="h", started_at="s", versions={}, user_classes=[])
    kept = Journal.create(tmp_path / "run.jsonl", header)
    kept.close(End(1.5, "finished"))
    recorded = journal.read(tmp_path / "run.jsonl")
    assert not recorded.torn and not kept.trouble
    assert recorded.records[0] == header and recorded.records[-1] == End(1.5, "finished")


async def test_row_12_a_picture_of_hostile_text_is_sound_xml() -> None:
    view = views.running()
    async with dashboard(view) as driven:
        driven.app.notify(safe(HOSTILE), markup=False)
        await driven.pilot.pause()
        ElementTree.fromstring(driven.app.export_screenshot().encode("utf-8"))


def test_row_51_a_flood_of_names_is_other() -> None:
    recorder = Recorder()
    for number in range(10_000):
        recorder.begin("Socket.IO", f"event {number}").ok(1.0)
    tallies = recorder.cut()
    assert len(tallies) == MOST_OPERATIONS + 1 and sum(tally.asks for tally in tallies) == 10_000


def test_row_60_what_is_installed_is_locked_and_audited() -> None:
    root = catalogue.ROOT
    for lock in ("requirements.txt", "audit.txt"):
        lines = (root / ".ci" / lock).read_text().splitlines()
        pinned = [number for number, line in enumerate(lines) if "==" in line]
        assert pinned and all("--hash=sha256:" in lines[number + 1] for number in pinned)
    for workflow in ("ci.yml", "release.yml"):
        text = (root / ".github/workflows" / workflow).read_text()
        assert "pip-audit --require-hashes --disable-pip -r .ci/requirements.txt" in text
        installs = [line for line in text.splitlines() if "pip install" in line]
        assert all("--require-hashes" in line for line in installs)
    assert "cyclonedx-py" in (root / ".github/workflows/release.yml").read_text()
    assert "--require-hashes" in (root / "README.md").read_text()


def test_row_16_no_link_is_followed_to_see_whether_reports_can_be_written(tmp_path: Path, monkeypatch) -> None:
    victim = tmp_path / "victim"
    victim.write_text("as it was")
    os.utime(victim, (1, 1))
    folder = tmp_path / "reports"
    folder.mkdir()
    monkeypatch.setattr("secrets.token_hex", lambda size: "abcdef")
    for name in (".run.jsonl", ".report.abcdef"):
        (folder / name).symlink_to(victim)
    with pytest.raises(RunError, match="no report can be written there"):
        make_folder(folder)
    (folder / ".report.abcdef").unlink()
    make_folder(folder)
    assert (victim.read_text(), victim.stat().st_mtime) == ("as it was", 1)
    assert [path.name for path in folder.iterdir()] == [".run.jsonl"]
