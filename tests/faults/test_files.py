"""Files that nobody else can read, that lead nowhere, and that are whole."""

from __future__ import annotations

import logging
import os
import re
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from threading import Barrier
from xml.etree import ElementTree

import pytest
import yaml
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
from tests.faults.hostile import CORPUS
from tests.ui import views
from tests.ui.screen import dashboard
from tests.ui.test_hostile import hostile

AT = datetime(2026, 11, 23, 22, 13, 5, tzinfo=UTC)
DRAWN = {"svg", "style", "defs", "clipPath", "rect", "text", "g", "circle"}
"""Elements of a picture; none that does anything."""


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
    with logging_to(tmp_path / "log") as log:
        logging.getLogger("mine").warning("not there")
    assert log.trouble == "Too many levels of symbolic links"
    assert (tmp_path / "victim").read_text() == "precious"


def test_row_18_fifty_kills_in_the_middle_of_writes_lose_nothing_that_was_written(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.faults.killed", str(tmp_path), "50"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=catalogue.ROOT, timeout=120)
    assert done.returncode == 0, done.stderr
    kills = [tuple(map(int, line.split())) for line in done.stdout.splitlines()]
    assert len(kills) == 50 and sum(known for known, _, _ in kills) > 50
    assert [kill for kill in kills if kill[1] < kill[0]] == [], "known to be written, and not read"
    assert [kill for kill in kills if kill[1] > kill[0] + 1] == []
    print(f"{sum(known for known, _, _ in kills)} records, {sum(torn for _, _, torn in kills)} torn lines in 50 kills")


def test_row_23_many_at_once_get_a_folder_each(tmp_path: Path) -> None:
    together = Barrier(20)

    def started(_: int) -> Path:
        together.wait(20)
        folder = store.create_folder(tmp_path / "a" / "runs", AT, "smoke")
        Journal.create(folder / store.JOURNAL, Header(SCHEMA, folder.name, "h", "s", {}, [])).close(End(1.0, "done"))
        return folder

    with ThreadPoolExecutor(20) as pool:
        folders = set(pool.map(started, range(20)))
    assert len(folders) == 20 and {path.name for path in store.runs(tmp_path / "a" / "runs")} == {
        path.name for path in folders
    }


def test_row_21_a_write_that_takes_a_few_bytes_tears_no_record(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write = os.write
    monkeypatch.setattr(os, "write", lambda descriptor, data: write(descriptor, bytes(data[:7])))
    header = Header(schema=SCHEMA, run="r", host="h", started_at="s", versions={}, user_classes=[])
    kept = Journal.create(tmp_path / "run.jsonl", header)
    kept.close(End(1.5, "finished"))
    recorded = journal.read(tmp_path / "run.jsonl")
    assert not recorded.torn and not kept.trouble
    assert recorded.records[0] == header and recorded.records[-1] == End(1.5, "finished")


async def test_row_12_a_picture_of_hostile_text_is_sound_xml(tmp_path: Path) -> None:
    """Every text of the corpus, wherever one from outside can stand; read back from the file that is kept."""
    async with dashboard(views.running()) as driven:
        for name, text in CORPUS.items():
            await driven.show(hostile(text))
            driven.app.notify(safe(text), markup=False)
            await driven.pilot.pause()
            store.write_final(tmp_path / "screen.svg", driven.app.export_screenshot(title=safe(text)).encode())
            picture = ElementTree.fromstring((tmp_path / "screen.svg").read_bytes())
            assert {element.tag.partition("}")[2] for element in picture.iter()} <= DRAWN, name
            scripts = [key for element in picture.iter() for key in element.attrib if key.lower().startswith("on")]
            assert not scripts and "javascript:" not in (tmp_path / "screen.svg").read_text(), name


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
        assert not [line for line in lines if line[:1].isalnum() and "==" not in line]
        assert not [line for line in lines if "://" in line.partition("#")[0]], "no package from anywhere else"
    assert "--require-hashes" in (root / "README.md").read_text()


@pytest.mark.parametrize("workflow", ["ci.yml", "release.yml"])
def test_row_60_workflows_are_sound_and_take_nothing_unseen(workflow: str) -> None:
    text = (catalogue.ROOT / ".github/workflows" / workflow).read_text()
    read = yaml.safe_load(text)
    assert read["permissions"] == {"contents": "read"} and read["jobs"]
    steps = [step for job in read["jobs"].values() for step in job["steps"]]
    assert all(("run" in step) != ("uses" in step) for step in steps) and all(
        job["timeout-minutes"] for job in read["jobs"].values()
    )
    used = [step["uses"] for step in steps if "uses" in step]
    assert used and all(re.fullmatch(r"actions/[a-z-]+@[0-9a-f]{40}", action) for action in used), used
    runs = [step["run"] for step in steps if "run" in step]
    assert "pip-audit --require-hashes --disable-pip -r .ci/requirements.txt" in runs
    assert all("--require-hashes" in run for run in runs if "pip install" in run)
    assert not [run for run in runs if "${{" in run], "what others wrote is no part of a command"
    assert any("cyclonedx-py" in run for run in runs) == (workflow == "release.yml")


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
