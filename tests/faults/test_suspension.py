"""A program that is stopped for a while and goes on: its terminal is somebody else's meanwhile, the time is a gap."""

from __future__ import annotations

import signal
import time
from pathlib import Path

import psutil
import pytest

from lorax_tui.model.histogram import merged
from lorax_tui.model.records import Event, Interval
from lorax_tui.model.run import Run
from lorax_tui.runs.fold import fold_whole
from lorax_tui.runs.recorded import Recorded
from tests.backend import Backend
from tests.e2e.program import PROGRAM, Launcher
from tests.faults.terminals import Pty, intervals, pty, recorded
from tests.waiting import wait_until

pytestmark = [pytest.mark.backend, pytest.mark.e2e]

SCENARIO = """
[scenarios.both]
users = 20
spawn_rate = 100
duration = "2m"
mix = { LoraxHttpUser = 1 }
requests_per_second = 100
"""

STOPPED_S = 6.0
"""Longer than a screen may be silent, and than the engine may be."""


@pytest.mark.parametrize("number", [signal.SIGTSTP, signal.SIGSTOP])
def test_row_29_suspended_and_resumed(launcher: Launcher, backend: Backend, number: signal.Signals) -> None:
    (launcher.home / "scenarios.toml").write_text(SCENARIO)
    with pty(launcher, "run", "both", "--host", backend.url) as terminal:
        terminal.wait_for(b"settled after")
        terminal.send(number)
        wait_until(lambda: psutil.Process(terminal.pid).status() == psutil.STATUS_STOPPED, "it is stopped")
        if number == signal.SIGTSTP:
            terminal.assert_as_before()
        time.sleep(STOPPED_S)
        shown = len(terminal.raw)
        terminal.send(signal.SIGCONT)
        goes_on(terminal, shown)
        wait_until(
            lambda: any(one.stood_still_s for one in intervals(launcher)[:-3]), "three seconds are told after it"
        )
        terminal.press("q")
        terminal.wait_for(b"A load is running")
        terminal.press("y")
        assert terminal.ended() in (0, 7)
        terminal.assert_as_before()
    assert_marked_and_in_no_figure(recorded(launcher))


JOB = 'set -m; "$0" "$@"; echo STOPPED WITH $?; stty -a; read -r line; fg > /dev/null; echo ENDED WITH $?'
"""A shell that has the program go on when a line is typed."""


def test_row_29_suspended_by_a_key_of_whoever_has_a_shell(launcher: Launcher, backend: Backend) -> None:
    arguments = ("-c", JOB, PROGRAM, "run", "smoke", "--host", backend.url)
    with pty(launcher, *arguments, program=Path("/bin/bash")) as terminal:
        terminal.wait_for(b"settled after")
        terminal.press("\x1a")
        terminal.wait_for(b"STOPPED WITH 147")
        wait_until(lambda: b" icanon" in terminal.raw[terminal.raw.rfind(b"STOPPED") :], "lines are read as before")
        terminal.assert_as_before()
        time.sleep(STOPPED_S / 2)
        shown = len(terminal.raw)
        terminal.press("\n")
        goes_on(terminal, shown)
        wait_until(lambda: any(one.stood_still_s for one in intervals(launcher)), "the gap is marked")
        terminal.press("q")
        terminal.wait_for(b"A load is running")
        terminal.press("y")
        wait_until(lambda: b"ENDED WITH " in terminal.raw, "it has ended", 20)


def test_row_29_nobody_is_suspended_for_ever_by_a_key(launcher: Launcher, backend: Backend) -> None:
    """As in a terminal that was opened for this program alone."""
    with pty(launcher, "run", "smoke", "--host", backend.url) as terminal:
        terminal.wait_for(b"settled after")
        terminal.press("\x1a")
        terminal.wait_for(b"not suspended")
        terminal.press("q")
        terminal.wait_for(b"A load is running")
        terminal.press("y")
        assert terminal.ended() in (0, 7)


def goes_on(terminal: Pty, shown: int) -> None:
    """It has taken the terminal again and drawn all of it."""
    wait_until(lambda: b"\x1b[?1049h" in terminal.raw[shown:], "it takes the terminal")
    wait_until(
        lambda: b"RUNNING" in terminal.raw[shown:] and b" scenarios " in terminal.raw[shown:], "it is drawn whole"
    )


def assert_marked_and_in_no_figure(journal: Recorded) -> None:
    told = [one for one in journal.records if isinstance(one, Interval)]
    [gap] = [one for one in told if one.stood_still_s]
    assert STOPPED_S - 0.5 < gap.stood_still_s <= gap.lasted_s < STOPPED_S + 5
    assert [tally for tally in gap.tallies if tally.answered or tally.ok_latency.total] == []
    events = [one.text for one in journal.records if isinstance(one, Event)]
    assert len([text for text in events if text.startswith("the program was stopped for ")]) == 1
    assert [text for text in events if "has not answered" in text] == []
    assert max(one.health.lag_max_ms or 0 for one in told) < STOPPED_S * 1e3 / 2
    assert (merged(tally.ok_latency for one in told for tally in one.tallies).max_ms or 0) < STOPPED_S * 1e3 / 2
    assert sum(arrivals.missed for one in told for arrivals in one.arrivals if one.began_s >= gap.began_s) == 0
    run, _ = fold_whole(journal.records, lambda *_: None)
    assert_rate_is_of_the_rest(run, gap)


def assert_rate_is_of_the_rest(run: Run, gap: Interval) -> None:
    """A hundred a second were asked, whenever there was somebody to ask."""
    [phase] = run.view().phases
    assert phase.settled_for_s is not None and phase.end_s is not None and phase.settled_s is not None
    assert phase.settled_for_s == pytest.approx(phase.end_s - phase.settled_s - gap.lasted_s, abs=0.01)
    assert phase.pace is not None and 60 < (phase.pace.achieved_rps or 0) < 140
    assert all(point.at_s <= gap.began_s or point.at_s > gap.began_s + gap.lasted_s for point in run.history())
