"""Where runs are kept: private folders, files that are whole or not there."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from lorax_tui.errors import RunError
from lorax_tui.runs import store

AT = datetime(2026, 11, 23, 22, 13, 5, tzinfo=UTC)


@pytest.fixture(autouse=True)
def careless_umask() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_run_has_a_private_folder_of_its_own(tmp_path: Path) -> None:
    folders = {store.create_folder(tmp_path / "state" / "runs", AT, "smoke") for _ in range(20)}
    assert len(folders) == 20
    for folder in folders:
        assert folder.name.startswith("20261123T221305Z-smoke-")
        assert mode(folder) == 0o700


def test_a_place_that_cannot_be_written_is_told_with_the_way_out(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(RunError, match="Not a directory; name another --runs-dir"):
        store.create_folder(tmp_path / "file", AT, "smoke")


def test_a_final_file_replaces_the_former_whole(tmp_path: Path) -> None:
    path = tmp_path / "summary.json"
    store.write_final(path, b"first")
    store.write_final(path, b"second")
    assert path.read_bytes() == b"second" and mode(path) == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_a_link_is_replaced_and_not_followed(tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("precious")
    (tmp_path / "summary.json").symlink_to(victim)
    store.write_final(tmp_path / "summary.json", b"{}")
    assert victim.read_text() == "precious" and (tmp_path / "summary.json").read_bytes() == b"{}"


def test_a_failed_write_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "taken").mkdir()
    with pytest.raises(RunError, match="taken: cannot be written"):
        store.write_final(tmp_path / "taken", b"")
    assert [path.name for path in tmp_path.iterdir()] == ["taken"]


def test_a_snapshot_is_kept_beside_earlier_ones_and_as_the_latest(tmp_path: Path) -> None:
    store.save_snapshot(tmp_path, 12.3, b"{1}", None)
    path = store.save_snapshot(tmp_path, 42.0, b"{2}", "<svg/>")
    assert path == tmp_path / "snapshots" / "42.0.json"
    kept = {str(found.relative_to(tmp_path)) for found in tmp_path.rglob("*") if found.is_file()}
    assert kept == {"snapshots/12.3.json", "snapshots/42.0.json", "snapshots/42.0.svg", "summary.json", "screen.svg"}
    assert (tmp_path / "summary.json").read_bytes() == b"{2}"
    assert mode(tmp_path / "snapshots") == 0o700
