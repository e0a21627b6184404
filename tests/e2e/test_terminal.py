"""The dashboard in a real terminal, against a real backend, by its keys alone."""

from __future__ import annotations

import json
import re
from html import unescape
from pathlib import Path
from typing import Any

import psutil
import pytest

from lorax_tui.config import PACKAGED
from lorax_tui.model import format as words
from tests.backend import Backend
from tests.e2e import board
from tests.e2e.program import Launcher, operations, read_summary, records
from tests.e2e.terminal import Terminal, in_terminal

pytestmark = [pytest.mark.backend, pytest.mark.e2e]

PER_S = 15
"""Users that are started or stopped a second, where the shipped scenarios say 5."""

CODES = {"passed": 0, "failed": 4, "inconclusive": 7}

CTRL_C, CTRL_Q, ESCAPE = "\x03", "\x11", "\x1b"


def test_an_operator_starts_switches_stops_and_quits(launcher: Launcher, backend: Backend) -> None:
    shipped = PACKAGED.read_text()
    (launcher.home / "scenarios.toml").write_text(shipped.replace("spawn_rate = 5\n", f"spawn_rate = {PER_S}\n"))
    with in_terminal(launcher, "--host", backend.url, columns=120, rows=40) as terminal:
        terminal.wait_for("press")
        for name in ("smoke", "medium", "endurance"):
            terminal.wait_for(name)
        terminal.press("1")
        terminal.wait_for("RUNNING  smoke")
        _until_users(terminal, 5)
        asked = board.asks(terminal.screen())
        terminal.wait_until(lambda lines: board.asks(lines) > asked, "the numbers move")
        terminal.wait_until(lambda lines: board.clock_s(lines) >= 4, "the scenario runs for four seconds")
        terminal.press("3")
        terminal.wait_for("RUNNING  medium")
        terminal.wait_for(f"smoke → medium, 5 → 50 users at {PER_S}/s")
        terminal.wait_for("┊medium")
        terminal.wait_until(lambda lines: 5 < (board.users(lines) or (0, 0))[0] < 50, "users come one after the other")
        _until_users(terminal, 50)
        terminal.wait_for("medium, settled at")
        before = board.rows(terminal.screen())
        terminal.press("s")
        terminal.wait_for("snapshot in")
        terminal.wait_for("snapshot saved")
        after = board.rows(terminal.screen())
        terminal.press("1")
        terminal.wait_for(f"medium → smoke, 50 → 5 users at {PER_S}/s")
        _until_users(terminal, 5)
        terminal.wait_for("smoke, settled at")
        terminal.wait_until(lambda lines: board.clock_s(lines) >= 9, "there are figures of the settled part")
        terminal.press("x")
        terminal.wait_for("1-9 starts again, q quits")
        terminal.wait_until(lambda lines: "ENDED" in lines[0] and board.rows(lines), "the last picture")
        shown = terminal.screen()
        terminal.press("q")
        code = terminal.exit_status()
    folder = _only_run(launcher)
    summary = read_summary(folder)
    assert code == CODES[summary["verdict"]]
    assert any(summary["verdict"].upper() in line for line in shown)
    assert any(folder.name in line for line in shown)
    assert f"run: {folder}".encode() in terminal.raw
    _assert_phases_have_figures_of_their_own(summary)
    _assert_same_figures(board.rows(shown), summary["phases"][-1])
    _assert_snapshot(folder, before, after)
    _assert_clean(terminal)


def test_a_small_terminal_that_becomes_tiny(launcher: Launcher, backend: Backend) -> None:
    arguments = ("run", "smoke", "--host", backend.url)
    with in_terminal(launcher, *arguments, columns=80, rows=24) as terminal:
        _until_users(terminal, 5)
        terminal.wait_until(lambda lines: len(board.rows(lines)) == 7, "all operations fit")
        terminal.resize(59, 14)
        terminal.wait_for("RUNNING smoke: too small a terminal, the load goes on")
        terminal.resize(80, 24)
        asked = terminal.wait_until(board.asks, "the dashboard is back")
        terminal.wait_until(lambda lines: board.asks(lines) > asked, "the load went on")
        for key, no in ((CTRL_C, "n"), (CTRL_Q, ESCAPE), ("q", "n")):
            terminal.press(key)
            terminal.wait_for("A load is running")
            terminal.wait_for("Stop it, keep the run and quit?")
            terminal.press(no)
            terminal.wait_until(lambda lines: not any("A load is" in line for line in lines), "the question is gone")
        assert "RUNNING" in terminal.screen()[0]
        terminal.press("q")
        terminal.wait_for("A load is running")
        terminal.press("y")
        code = terminal.exit_status()
    folder = _only_run(launcher)
    summary = read_summary(folder)
    assert code == CODES[summary["verdict"]]
    assert summary["ended"] is not None and len(summary["phases"]) == 1
    assert (folder / "screen.svg").read_text().startswith("<svg")
    _assert_clean(terminal)


@pytest.mark.parametrize("key", ["q", CTRL_C, CTRL_Q])
def test_without_a_load_every_key_that_quits_quits(key: str, launcher: Launcher, backend: Backend) -> None:
    with in_terminal(launcher, "--host", backend.url, columns=80, rows=24) as terminal:
        terminal.wait_for("press")
        terminal.press(key)
        assert terminal.exit_status() == 0
    _assert_clean(terminal)
    assert not (launcher.home / "state/lorax-tui/runs").exists()


def test_a_target_that_is_down_is_said_on_the_screen_and_at_the_end(launcher: Launcher) -> None:
    arguments = ("run", "smoke", "--host", "http://127.0.0.1:1")
    with in_terminal(launcher, *arguments, columns=120, rows=40) as terminal:
        terminal.wait_for("nothing answers at http://127.0.0.1:1")
        terminal.press("q")
        assert terminal.exit_status() == 3
    assert b"lorax-tui: nothing answers at http://127.0.0.1:1" in terminal.raw
    _assert_clean(terminal)


def test_the_demo_brings_its_backend_and_takes_it_away(launcher: Launcher) -> None:
    with in_terminal(launcher, "demo", columns=120, rows=40) as terminal:
        terminal.wait_for("starting a Lorax backend on 127.0.0.1:")
        terminal.wait_for("RUNNING  smoke", 60)
        _until_users(terminal, 5)
        line = terminal.wait_for("pid ")
        pid = int(line.partition("pid ")[2].split()[0])
        assert psutil.pid_exists(pid)
        terminal.press("q")
        terminal.wait_for("A load is running")
        terminal.press("\r")
        code = terminal.exit_status()
    assert code == CODES[read_summary(_only_run(launcher))["verdict"]]
    assert not psutil.pid_exists(pid)
    _assert_clean(terminal)


def _until_users(terminal: Terminal, wanted: int) -> None:
    terminal.wait_until(lambda lines: board.users(lines) == (wanted, wanted), f"users {wanted}/{wanted}", 25)


def _only_run(launcher: Launcher) -> Path:
    [folder] = (launcher.home / "state/lorax-tui/runs").iterdir()
    return folder


def _assert_phases_have_figures_of_their_own(summary: dict[str, Any]) -> None:
    phases = summary["phases"]
    assert [(phase["scenario"], phase["users_wanted"]) for phase in phases] == [
        ("smoke", 5),
        ("medium", 50),
        ("smoke", 5),
    ]
    peaks = [phase["users_peak"] for phase in phases]
    assert peaks[:2] == [5, 50] and 5 < peaks[2] <= 50
    ramp_s = phases[1]["settled_s"] - phases[1]["start_s"]
    assert 45 / PER_S - 1 < ramp_s < 45 / PER_S + 3
    assert all(phase["protocols"]["HTTP"]["p50_ms"] is not None for phase in phases)
    by_phase = [operations(phase) for phase in phases]
    for name, row in operations(summary).items():
        assert row["asks"] == sum(rows[name]["asks"] for rows in by_phase if name in rows), name
        assert row["failed"] == row["timeout"] == row["busy"] == row["disconnected"] == row["in_flight"] == 0


def _assert_same_figures(shown: dict[str, board.Row], phase: dict[str, Any]) -> None:
    """The screen and the file say the same, but for the file's rounding to microseconds."""
    asked = operations(phase)
    assert shown.keys() == asked.keys()
    for name, row in shown.items():
        saved = asked[name]
        assert (row.asks, row.failed) == (saved["asks"], saved["failed"]), name
        for figure in ("p50", "p99", "max"):
            value = saved[f"{figure}_ms"]
            around = {words.milliseconds(None if value is None else value + off) for off in (-0.0005, 0, 0.0005)}
            assert getattr(row, figure) in around, (name, figure)


def _assert_snapshot(folder: Path, before: dict[str, board.Row], after: dict[str, board.Row]) -> None:
    """It is of the moment of its key, between what the screen showed before and after."""
    [snapshot] = (folder / "snapshots").glob("*.json")
    saved = json.loads(snapshot.read_text())
    assert (saved["ended"], [phase["scenario"] for phase in saved["phases"]]) == (None, ["smoke", "medium"])
    for name, row in operations(saved["phases"][1]).items():
        assert before[name].asks <= row["asks"] <= after[name].asks, name
    picture = snapshot.with_suffix(".svg").read_text()
    assert picture.startswith("<svg")
    written = unescape("".join(re.findall(r">([^<]*)</text>", picture)))
    assert "medium" in written and "50/50" in written
    assert [record["kind"] for record in records(folder) if record["type"] == "event"].count("snapshot") == 1


def _assert_clean(terminal: Terminal) -> None:
    """What the program turned on in the terminal is off again, and nothing was printed onto its screen."""
    last: dict[bytes, bytes] = {}
    for mode, switch in re.findall(rb"\x1b\[\?(\d+)([hl])", terminal.raw):
        last[mode] = switch
    on_at_the_end = {mode for mode, switch in last.items() if switch == b"h"}
    assert last[b"1049"] == last[b"1000"] == last[b"2004"] == b"l"
    assert on_at_the_end <= {b"25", b"7"}
    assert last[b"25"] == b"h"
    assert b"Traceback" not in terminal.raw
