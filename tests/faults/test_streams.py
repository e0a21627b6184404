"""Plain lines whose reader goes, whose disk is full, and folders that take nothing: no load is lost for it."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from lorax_tui.headless.signals import Endings
from tests.backend import Backend
from tests.e2e.program import Launcher, read_summary
from tests.e2e.test_disk_trouble import CODES, fill
from tests.faults.terminals import last_record, only_run, pty

pytestmark = [pytest.mark.backend, pytest.mark.e2e]

FULL = Path("/dev/full")


def load(backend: Backend, *options: str, duration: str = "3s") -> tuple[str, ...]:
    return ("run", "smoke", "--headless", "--host", backend.url, "--duration", duration, *options)


def verdict_code(launcher: Launcher) -> int:
    """What the exit code has to be, if nothing but the verdict decides."""
    return CODES[read_summary(only_run(launcher))["verdict"]]


def test_row_19_plain_lines_on_a_full_disk(launcher: Launcher, backend: Backend) -> None:
    with FULL.open("w") as full, launcher.started(*load(backend), stdout=full) as program:
        ended = program.end()
    assert ended.code == verdict_code(launcher)
    assert ended.err.count("no line is printed any more: No space left on device; the load goes on") == 1
    assert "stdout takes nothing" not in ended.err
    assert last_record(launcher)["reason"] == "finished"


def test_row_19_a_summary_that_stdout_does_not_take(launcher: Launcher, backend: Backend) -> None:
    with FULL.open("w") as full, launcher.started(*load(backend, "--json"), stdout=full) as program:
        ended = program.end()
    assert ended.code == (verdict_code(launcher) or 2)
    assert "stdout takes nothing: No space left on device" in ended.err and f"run: {only_run(launcher)}" in ended.err
    assert last_record(launcher)["reason"] == "finished"


def test_row_19_a_list_that_stdout_does_not_take(launcher: Launcher) -> None:
    with FULL.open("w") as full, launcher.started("scenarios", stdout=full) as program:
        ended = program.end()
    assert (ended.code, ended.err) == (2, "lorax-tui: stdout takes nothing: No space left on device\n")


def test_row_21_a_pipe_that_nobody_reads_any_more(launcher: Launcher, backend: Backend) -> None:
    ends, begins = os.pipe()
    with launcher.started(*load(backend, duration="60s"), stdout=begins) as program:
        os.close(begins)
        with open(ends) as reader:
            assert any("HTTP p50" in line for line in reader)
        ended = program.end()
    assert (ended.code, ended.err) == (128 + signal.SIGPIPE, "")
    assert last_record(launcher)["reason"] == "signal SIGPIPE"


def test_row_21_a_pipe_that_the_load_is_to_outlive(launcher: Launcher, backend: Backend) -> None:
    ends, begins = os.pipe()
    with launcher.started(*load(backend, "--keep-running"), stdout=begins) as program:
        os.close(begins)
        os.close(ends)
        ended = program.end()
    assert ended.code == verdict_code(launcher)
    assert ended.err == "no line is printed any more: nobody reads them; the load goes on\n"


def test_row_21_who_asks_for_the_end_when_the_reader_has_gone_asks_for_the_first_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ends, begins = os.pipe()
    os.close(ends)
    stops: list[str] = []
    exits: list[int] = []
    monkeypatch.setattr("lorax_tui.headless.signals.os._exit", exits.append)
    session: Any = SimpleNamespace(stop=stops.append)
    with open(begins, "w") as lines:
        asked = Endings(session, False, lambda text: None)
        asked.on_unprinted(lines, BrokenPipeError(errno.EPIPE, "nobody reads"))
        asked.on_signal(signal.SIGINT, None)
        assert (stops, exits, asked.first) == (["signal SIGPIPE"], [], signal.SIGPIPE)
        asked.on_signal(signal.SIGINT, None)
    assert exits == [130]


def test_row_21_a_list_that_nobody_reads(launcher: Launcher) -> None:
    ends, begins = os.pipe()
    os.close(ends)
    with launcher.started("scenarios", stdout=begins) as program:
        os.close(begins)
        ended = program.end()
    assert (ended.code, ended.err) == (128 + signal.SIGPIPE, "")


def test_row_25_plain_lines_whose_terminal_goes(launcher: Launcher, backend: Backend) -> None:
    with pty(launcher, *load(backend, duration="60s")) as terminal:
        terminal.wait_for(b"settled after")
        terminal.lose()
        assert terminal.ended() == 129
    assert last_record(launcher)["reason"] == "signal SIGHUP"


def test_row_30_a_hangup_that_whoever_started_it_ignores(launcher: Launcher, backend: Backend) -> None:
    def as_nohup_does() -> None:
        signal.signal(signal.SIGHUP, signal.SIG_IGN)

    with launcher.started(*load(backend), preexec_fn=as_nohup_does) as program:
        program.wait_for("HTTP p50")
        program.send(signal.SIGHUP)
        ended = program.end()
    assert ended.code == verdict_code(launcher) and last_record(launcher)["reason"] == "finished"


@pytest.mark.parametrize("number", [signal.SIGQUIT, signal.SIGABRT])
def test_row_27_signals_that_mean_a_crash_to_plain_lines(
    launcher: Launcher, backend: Backend, number: signal.Signals
) -> None:
    with launcher.started(*load(backend, duration="60s")) as program:
        program.wait_for("HTTP p50")
        program.send(number)
        ended = program.end()
    assert ended.code == 128 + number and "verdict: " in ended.out
    assert last_record(launcher)["reason"] == f"signal {number.name}"


@pytest.mark.parametrize("number", [signal.SIGQUIT, signal.SIGABRT, signal.SIGHUP, signal.SIGTERM])
def test_row_27_signals_before_there_is_a_load(launcher: Launcher, number: signal.Signals) -> None:
    with launcher.started("demo", "--headless") as program:
        program.wait_for("starting a Lorax backend")
        program.send(number)
        assert program.end().code == 128 + number


def test_row_19_a_log_whose_disk_is_full_from_the_start(launcher: Launcher, backend: Backend, small_disk: Path) -> None:
    fill(small_disk)
    (launcher.home / "state").symlink_to(small_disk)
    with launcher.started(*load(backend, "--runs-dir", str(launcher.home / "runs"))) as program:
        ended = program.end()
    assert ended.code == CODES[ended.summary["verdict"]]
    assert ended.err.endswith("not all could be logged: No space left on device; XDG_STATE_HOME names another place\n")


@pytest.mark.parametrize("command", [("demo",), ("run", "--workers", "1")], ids=["demo", "workers"])
def test_row_20_a_log_of_another_program_that_has_no_place(
    launcher: Launcher, backend: Backend, command: tuple[str, ...]
) -> None:
    """Told in one line, with the way out, before there is a load."""
    (launcher.home / "state").touch()
    host = () if command == ("demo",) else ("--host", backend.url)
    ended = launcher.run(*command, "smoke", "--headless", "--runs-dir", launcher.home / "runs", *host)
    assert ended.code == 2 and not (launcher.home / "runs").exists()
    [line] = [line for line in ended.err.splitlines() if "cannot be written" in line]
    assert line.endswith("cannot be written: Not a directory; XDG_STATE_HOME names another place")


def test_row_20_a_folder_of_state_that_is_read_only(launcher: Launcher, backend: Backend, small_disk: Path) -> None:
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    (launcher.home / "state").symlink_to(small_disk)
    for arguments in (("--version",), ("--help",), ("scenarios",)):
        ended = launcher.run(*arguments)
        assert ended.code == 0 and "logged" not in ended.err, arguments
    refused = launcher.run(*load(backend))
    assert refused.code == 2 and "Read-only file system" in refused.err and "time" not in refused.out
    kept = launcher.run(*load(backend, "--runs-dir", str(launcher.home / "runs")))
    assert kept.code == CODES[kept.summary["verdict"]]
    assert kept.err.endswith("not all could be logged: Read-only file system; XDG_STATE_HOME names another place\n")
