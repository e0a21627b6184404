"""A program that is killed at any moment has kept what it said it had.

What was printed was in the journal before: a line for an interval, and one for every event. More kills than a suite
has time for: `LORAX_KILLS=50 pytest tests/e2e/test_kills.py -s`.
"""

from __future__ import annotations

import os
import random
import re
import signal
import time
from contextlib import ExitStack
from pathlib import Path

import pytest

from lorax_tui.model.records import Event, Interval
from lorax_tui.runs import listing, store
from lorax_tui.runs.recorded import read
from lorax_tui.session.replay import Replay
from lorax_tui.session.view import State
from tests.backend import Backend
from tests.e2e.program import Launcher, Program
from tests.waiting import wait_until

pytestmark = pytest.mark.backend

KILLS = int(os.environ.get("LORAX_KILLS", "6"))
AT_ONCE = 3

_INTERVAL = re.compile(r"^ *\d+:\d\d  smoke +\d+/\d+ ", re.MULTILINE)
_EVENT = re.compile(r"^ *\d+:\d\d  (?!smoke +\d)(.+)$", re.MULTILINE)


def test_nothing_that_was_told_is_lost(launcher: Launcher, backend: Backend) -> None:
    moments = random.Random(os.environ.get("LORAX_SEED"))
    missing_s = []
    while len(missing_s) < KILLS:
        with ExitStack() as running:
            programs = {}
            for number in range(min(AT_ONCE, KILLS - len(missing_s))):
                runs_dir = launcher.home / f"runs-{len(missing_s)}-{number}"
                arguments = ("run", "smoke", "--headless", "--host", backend.url, "--runs-dir", runs_dir)
                programs[runs_dir] = running.enter_context(launcher.started(*arguments))
            for program in programs.values():
                program.wait_for("smoke: 5 users")
            for runs_dir, program in programs.items():
                time.sleep(moments.uniform(0.0, 2.0))
                missing_s.append(killed(program, runs_dir))
    print(f"{KILLS} kills: at most {max(missing_s):.2f} s missing, {sorted(missing_s)[KILLS // 2]:.2f} s at the median")
    assert max(missing_s) < 5, "a second of intervals; the rest is what a busy machine may add"


def killed(program: Program, runs_dir: Path) -> float:
    """Kill it, see that all is there that it told, and return how much of its end is missing."""
    journal = store.latest(runs_dir) / store.JOURNAL
    at_s = time.time()
    program.send(signal.SIGKILL)
    said = program.end().out
    missing_s = at_s - journal.stat().st_mtime
    recorded = read(journal)
    intervals = [record for record in recorded.records if isinstance(record, Interval)]
    events = [record.text for record in recorded.records if isinstance(record, Event)]
    assert len(intervals) >= len(_INTERVAL.findall(said)), said
    assert not {text for text in _EVENT.findall(said)} - set(events), said
    assert not recorded.is_growing and recorded.notice.startswith("recovered: cut off at ")
    kept = listing.kept(journal.parent)
    assert (kept.ended, kept.scenarios) == (listing.CUT_OFF, ("smoke",))
    replay = Replay(journal.parent, recorded)
    replay.seek(replay.length_s)
    view = replay.view
    assert view.state is State.RUNNING and view.notice == recorded.notice
    assert len(view.run.points) == len(intervals)
    return missing_s


def test_a_run_that_was_killed_is_listed_and_reported(launcher: Launcher, backend: Backend) -> None:
    with launcher.started("run", "smoke", "--headless", "--host", backend.url) as program:
        program.wait_for("HTTP p50")
        wait_until(lambda: len(_INTERVAL.findall(program._said())) >= 2, "two intervals were told")
        program.send(signal.SIGKILL)
        program.end()
    listed = launcher.run("runs")
    assert listed.code == 0 and "cut off" in listed.out and "recovered: cut off at 00:0" in listed.err
    page = launcher.home / "page.html"
    reported = launcher.run("report", "last", "--html", page)
    assert reported.code == 0, reported.err
    assert (
        "smoke" in page.read_text() and "recovered: cut off at 00:0" in page.read_text() + reported.out + reported.err
    )
