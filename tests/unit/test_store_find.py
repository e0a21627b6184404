"""Finding a kept run: by its name, by its path, or as the last one."""

from __future__ import annotations

import os
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from lorax_tui.errors import RunError
from lorax_tui.runs import store

AT = datetime(2026, 11, 23, 22, 13, 5, tzinfo=UTC)


def kept(runs_dir: Path, scenario: str, after_s: int = 0, written_ns: int = 0) -> Path:
    folder = store.create_folder(runs_dir, AT + timedelta(seconds=after_s), scenario)
    (folder / store.JOURNAL).write_text("")
    os.utime(folder / store.JOURNAL, ns=(written_ns, written_ns))
    return folder


def test_runs_are_listed_from_the_oldest_and_nothing_else_is(tmp_path: Path) -> None:
    later, earlier = kept(tmp_path, "smoke", after_s=60), kept(tmp_path, "spike")
    (tmp_path / "notes").mkdir()
    (tmp_path / "file").write_text("")
    assert store.runs(tmp_path) == [earlier, later]
    assert store.latest(tmp_path) == store.find(tmp_path, "last") == later


def test_of_two_runs_of_one_second_the_last_is_the_one_written_last(tmp_path: Path) -> None:
    last = kept(tmp_path, "a", written_ns=2_000)
    first = kept(tmp_path, "z", written_ns=1_000)
    assert store.runs(tmp_path) == [first, last]


def test_a_run_is_found_by_its_name_and_by_its_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = kept(tmp_path / "runs", "smoke")
    monkeypatch.chdir(tmp_path)
    assert store.find(tmp_path / "runs", folder.name) == folder
    assert store.find(tmp_path / "elsewhere", str(folder)) == folder
    assert store.find(tmp_path / "elsewhere", f"runs/{folder.name}") == Path("runs") / folder.name


def test_a_run_that_is_not_there_is_told_with_the_nearest(tmp_path: Path) -> None:
    folder = kept(tmp_path, "smoke")
    with pytest.raises(RunError, match=f"there is no such run in .*; did you mean {folder.name}\\?"):
        store.find(tmp_path, folder.name[:-1] + "_")
    with pytest.raises(RunError, match="see `lorax-tui runs`"):
        store.find(tmp_path, "zzz")


def test_a_beginning_is_enough_where_no_other_run_has_it(tmp_path: Path) -> None:
    first, second = kept(tmp_path, "smoke"), kept(tmp_path, "spike", after_s=1)
    assert store.find(tmp_path, second.name[:16]) == second
    with pytest.raises(RunError, match=f"2 runs begin like this, such as {first.name} and {second.name}"):
        store.find(tmp_path, "20261123")


def test_one_run_is_marked_as_baseline(tmp_path: Path) -> None:
    first, second = kept(tmp_path, "smoke"), kept(tmp_path, "spike", after_s=1)
    assert store.baseline(tmp_path) is None
    store.set_baseline(first)
    store.set_baseline(second)
    assert store.baseline(tmp_path) == store.find(tmp_path, "baseline") == second
    assert store.runs(tmp_path) == [first, second]
    store.clear_baseline(tmp_path)
    store.clear_baseline(tmp_path)
    assert store.baseline(tmp_path) is None
    with pytest.raises(RunError, match="no run is marked as baseline"):
        store.find(tmp_path, "baseline")


def test_a_baseline_that_is_gone_or_no_run_is_none(tmp_path: Path) -> None:
    folder = kept(tmp_path, "smoke")
    with pytest.raises(RunError, match="this is no run"):
        store.set_baseline(tmp_path)
    store.set_baseline(folder)
    (folder / store.JOURNAL).unlink()
    assert store.baseline(tmp_path) is None


@pytest.mark.parametrize("content", [b"", b"../up", b"\xff\n", b"x" * 1000, b"a\0b", b"a\nb"])
def test_a_spoilt_baseline_leads_nowhere(tmp_path: Path, content: bytes) -> None:
    kept(tmp_path / "up", "smoke")
    (tmp_path / "baseline").write_bytes(content)
    assert store.baseline(tmp_path) is None


def test_a_baseline_is_never_a_link_nor_waited_for(tmp_path: Path) -> None:
    folder = kept(tmp_path, "smoke")
    (tmp_path / "elsewhere").write_text(folder.name)
    (tmp_path / "baseline").symlink_to(tmp_path / "elsewhere")
    assert store.baseline(tmp_path) is None
    store.set_baseline(folder)
    assert store.baseline(tmp_path) == folder and not (tmp_path / "baseline").is_symlink()
    (tmp_path / "baseline").unlink()
    os.mkfifo(tmp_path / "baseline")
    assert store.baseline(tmp_path) is None


@pytest.mark.parametrize("name", ["", "..", ".", "a/../b", "x" * 5000, "a\0b", "\x1b[2J"])
def test_no_name_leads_astray(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "runs").mkdir()
    monkeypatch.chdir(tmp_path)
    with pytest.raises(RunError) as refused:
        store.find(tmp_path / "runs", name)
    assert str(refused.value).isprintable()


def test_without_any_run(tmp_path: Path) -> None:
    assert store.runs(tmp_path / "none") == []
    with pytest.raises(RunError, match="there is no run yet"):
        store.latest(tmp_path / "none")


@pytest.mark.parametrize("scenario", ["../up", "a/b", "a b", "", "\x1b"])
def test_a_folder_is_never_named_by_what_is_no_name(tmp_path: Path, scenario: str) -> None:
    if scenario:
        with pytest.raises(RunError, match="no name for a folder"):
            store.create_folder(tmp_path, AT, scenario)
    assert list(tmp_path.iterdir()) == []


def test_modes_hold_under_a_umask_that_takes_everything(tmp_path: Path) -> None:
    before = os.umask(0o777)
    try:
        folder = store.create_folder(tmp_path, AT, "smoke")
        snapshot = store.save_snapshot(folder, 1.0, b"{}", None)
    finally:
        os.umask(before)
    assert stat.S_IMODE(folder.stat().st_mode) == stat.S_IMODE(snapshot.parent.stat().st_mode) == 0o700
    assert stat.S_IMODE(snapshot.stat().st_mode) == 0o600


def test_the_default_place_is_the_state_folder_of_the_user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    assert store.default_runs_dir() == tmp_path / "lorax-tui" / "runs"
