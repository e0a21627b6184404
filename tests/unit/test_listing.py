"""The runs that are kept, listed and taken away."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

import pytest

from lorax_tui.errors import RunError
from lorax_tui.runs import listing, prune, store
from lorax_tui.runs.journal import Journal
from tests.kept import AT, keep
from tests.unit.strategies import HEADER


def test_a_run_in_a_line(tmp_path: Path) -> None:
    folder = keep(tmp_path, seconds=20, switch_s=10)
    store.set_baseline(folder)
    [kept] = listing.listed(tmp_path)
    assert (kept.name, kept.started_at) == (folder.name, "2026-11-23T22:13:05+00:00")
    assert (kept.scenarios, kept.elapsed_s, kept.asks, kept.bad) == (("smoke", "medium"), 20.0, 1202, 2)
    assert (kept.verdict, kept.ended, kept.is_baseline, kept.trouble) == ("passed", "finished", True, "")
    assert kept.p95_ms == {"HTTP": pytest.approx(40, rel=0.05)}


def test_a_run_without_a_final_summary_is_read_from_its_journal(tmp_path: Path) -> None:
    whole, cut, snapped, spoilt = (keep(tmp_path, after_s=n, end="quit" if n in (0, 3) else None) for n in range(4))
    (whole / "summary.json").unlink()
    (spoilt / "summary.json").write_text('{"ended": "quit", "phases": [[')
    store.write_final(snapped / "summary.json", b'{"ended": null}')
    with (cut / store.JOURNAL).open("ab") as journal:
        journal.write(b'{"type":"int')
    lines = listing.listed(tmp_path)
    assert [line.ended for line in lines] == ["quit", "cut off", "cut off", "quit"]
    assert {line.asks for line in lines} == {1202} and {line.elapsed_s for line in lines} == {20.0}
    assert [line.trouble for line in lines] == [
        "",
        "recovered: cut off at 00:20, 12 bytes dropped",
        "recovered: cut off at 00:20",
        "",
    ]


def test_what_cannot_be_read_is_a_line_all_the_same(tmp_path: Path) -> None:
    folder = keep(tmp_path)
    (folder / "summary.json").unlink()
    (folder / store.JOURNAL).write_text("nonsense")
    [kept] = listing.listed(tmp_path)
    assert kept.ended == listing.UNREADABLE and "no journal of a run" in kept.trouble
    assert kept.asks is kept.elapsed_s is None


def test_a_run_that_goes_on_says_so(tmp_path: Path) -> None:
    folder = store.create_folder(tmp_path, AT, "smoke")
    journal = Journal.create(folder / store.JOURNAL, HEADER)
    [kept] = listing.listed(tmp_path)
    assert (kept.ended, kept.trouble) == (listing.RUNNING, "")
    assert prune.outdated(tmp_path, AT + timedelta(days=9), 1) == []
    with pytest.raises(RunError, match="not deleted"):
        prune.remove([folder])
    journal._release()


def test_only_old_runs_are_taken_away(tmp_path: Path) -> None:
    day_s = 86400
    old, marked, young = keep(tmp_path), keep(tmp_path, after_s=10), keep(tmp_path, after_s=9 * day_s)
    store.set_baseline(marked)
    outdated = prune.outdated(tmp_path, AT + timedelta(days=10), 5)
    assert outdated == [old]
    prune.remove(outdated)
    assert store.runs(tmp_path) == [marked, young] and not old.exists()


def test_nothing_else_is_ever_taken_away(tmp_path: Path) -> None:
    elsewhere = keep(tmp_path / "elsewhere")
    runs_dir = tmp_path / "runs"
    runs_dir.mkdir()
    name = elsewhere.name
    (runs_dir / name).symlink_to(elsewhere)
    (runs_dir / name.replace("smoke", "notes")).mkdir()
    (runs_dir / name.replace("smoke", "file")).write_text("")
    renamed = keep(runs_dir).rename(runs_dir / "my-best-run")
    no_journal = runs_dir / name.replace("smoke", "linked")
    no_journal.mkdir()
    (no_journal / store.JOURNAL).symlink_to(elsewhere / store.JOURNAL)
    no_run = runs_dir / name.replace("smoke", "other")
    no_run.mkdir()
    (no_run / store.JOURNAL).write_text("{}\n")
    assert prune.outdated(runs_dir, AT + timedelta(days=100), 0) == []
    for folder in (runs_dir / name, no_journal, no_run, tmp_path, runs_dir / "none"):
        with pytest.raises(RunError, match="this is no run"):
            prune.remove([folder])
    assert renamed.exists() and (elsewhere / store.JOURNAL).exists()


def test_links_inside_a_run_are_not_followed(tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.mkdir()
    (precious / "file").write_text("kept")
    folder = keep(tmp_path / "runs")
    (folder / "snapshots").symlink_to(precious)
    prune.remove([folder])
    assert (precious / "file").read_text() == "kept" and not os.path.lexists(folder)


def test_a_paced_phase_is_told_by_what_it_is_judged_by() -> None:
    protocols = {"HTTP": listing._Protocol(5.0, 900.0), "Socket.IO": listing._Protocol(7.0)}
    settled, never = (
        listing._Phase("paced", 1.0, protocols),
        listing._Phase("paced", None, {"HTTP": listing._Protocol(9.0)}),
    )
    assert listing._slowest([settled, never]) == {"HTTP": 900.0, "Socket.IO": 7.0}
