"""Whatever is typed wrongly, or aimed at the wrong place, is one clear line and the right exit code."""

from __future__ import annotations

import os
import pty
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from lorax_tui import __version__
from lorax_tui.cli import run
from tests.backend import Backend
from tests.e2e.program import PROGRAM, Ended, Launcher

USAGE, TARGET = 2, 3

SCENARIO = '[scenarios.tiny]\nusers = 1\nspawn_rate = 1\nduration = "3s"\nmix = { LoraxHttpUser = 1 }\n'


@dataclass(frozen=True, slots=True)
class Slip:
    """Something that cannot work."""

    arguments: str
    says: tuple[str, ...]
    """What the last line on stderr holds."""
    code: int = USAGE
    files: dict[str, str] = field(default_factory=dict)

    def write_files(self, folder: Path) -> None:
        for name, content in self.files.items():
            (folder / name).write_text(content)


SLIPS = {
    "an unknown scenario": Slip("run smokey --headless", ("'smokey'", "did you mean smoke?")),
    "a misspelt key": Slip(
        "run tiny --headless",
        ("scenarios.toml", "scenarios.tiny.usrs = 3", "unknown key", "did you mean users?"),
        files={"scenarios.toml": SCENARIO + "usrs = 3\n"},
    ),
    "a wrong type": Slip(
        "run tiny --headless",
        ("scenarios.toml", "scenarios.tiny.users = 'many'", "expected a whole number"),
        files={"scenarios.toml": SCENARIO.replace("users = 1", 'users = "many"')},
    ),
    "an unknown user class": Slip(
        "run tiny --headless",
        ("scenarios.tiny.mix.LoraxHtpUser", "did you mean LoraxHttpUser?"),
        files={"scenarios.toml": SCENARIO.replace("LoraxHttpUser", "LoraxHtpUser")},
    ),
    "no TOML": Slip("scenarios", ("scenarios.toml", "no TOML"), files={"scenarios.toml": "[scenarios\n"}),
    "a missing file": Slip("scenarios --config nowhere.toml", ("nowhere.toml", "No such file")),
    "a bad duration": Slip("run smoke --headless --duration soon", ("--duration", "soon")),
    "a duration of nothing": Slip("run smoke --headless --duration 0s", ("--duration", "0s")),
    "an unknown option": Slip("run smoke --user 5", ("No such option", "--user")),
    "an unknown command": Slip("runn smoke", ("No such command", "runn")),
    "no name and no load": Slip("run --headless", ("--users, --spawn-rate and --duration", "smoke")),
    "half a load": Slip("run --headless --users 5", ("--users, --spawn-rate and --duration",)),
    "no users": Slip("run smoke --headless --users 0", ("--users",)),
    "more users than the guard allows": Slip("run smoke --headless --users 1001", ("1001 users", "max_users = 1000")),
    "more requests than the guard allows": Slip("run smoke --rps 1001", ("1001 req", "max_requests_per_second = 1000")),
    "a faster ramp than the guard allows": Slip("run smoke --spawn-rate 101", ("101 users", "max_spawn_rate = 100")),
    "a pace that is no number": Slip("run smoke --headless --rps nan", ("--rps", "nan")),
    "a rate that is no number": Slip("run smoke --headless --spawn-rate nan", ("--spawn-rate", "nan")),
    "an endless rate": Slip("run smoke --headless --spawn-rate inf", ("--spawn-rate", "inf")),
    "an address beyond this machine": Slip(
        "run smoke --headless --host http://192.0.2.1", ("192.0.2.1", "--allow-host")
    ),
    "a name beyond this machine": Slip("check --host example.invalid", ("example.invalid", "--allow-host")),
    "a host with a password": Slip("check --host http://me:secret@127.0.0.1", ("password",)),
    "no URL": Slip("check --host ftp://127.0.0.1", ("ftp", "http and https")),
    "nobody there": Slip("run smoke --headless --host 127.0.0.1:1", ("http://127.0.0.1:1", "refused"), TARGET),
    "nobody there to check": Slip("check --host http://127.0.0.1:1", ("http://127.0.0.1:1", "refused"), TARGET),
    "a host for the demo": Slip("demo --host 127.0.0.1:1 --headless", ("--host",)),
    "a bare start without a terminal": Slip("", ("no terminal", "--headless")),
    "an option before the command": Slip("--host 127.0.0.1:1 run smoke", ("--host", "'run'")),
    "a file that is not there": Slip("run smoke -f own.py", ("own.py", "No such file")),
    "a file that is no Python": Slip(
        "run smoke -f own.py", ("own.py, line 2", "SyntaxError"), files={"own.py": "x = 1\nclass (:\n"}
    ),
    "a file that fails": Slip(
        "run smoke -f own.py", ("own.py, line 2", "ZeroDivisionError"), files={"own.py": "x = 1\nx / 0\n"}
    ),
    "a file that exits": Slip(
        "run smoke -f own.py", ("own.py, line 2", "SystemExit"), files={"own.py": "import sys\nsys.exit(5)\n"}
    ),
    "a file without classes": Slip("run smoke -f own.py", ("own.py", "no user class"), files={"own.py": "x = 1\n"}),
    "a class without tasks": Slip(
        "run smoke -f own.py",
        ("own.py", "Mine has no tasks", "@task"),
        files={"own.py": "from lorax_tui.users import HttpUser\nclass Mine(HttpUser):\n    pass\n"},
    ),
    "a class that would block": Slip(
        "run smoke -f own.py",
        ("own.py", "Mine is built on HttpUser", "--workers 1 runs it", "LoraxHttpUser"),
        files={"own.py": "from locust import HttpUser\nclass Mine(HttpUser):\n    pass\n"},
    ),
    "a class that nobody would count": Slip(
        "run smoke -f own.py",
        ("own.py", "Mine is built on User", "not be counted"),
        files={"own.py": "from locust import User\nclass Mine(User):\n    pass\n"},
    ),
}


PROGRAMS = ("an unknown scenario", "a misspelt key", "a bad duration", "nobody there", "a file that exits")
"""Slips that are tried on the program as a whole; the others, to be quick, on its command line in this process."""


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_slip_ends_the_program_with_one_clear_line(name: str, launcher: Launcher) -> None:
    slip = SLIPS[name]
    slip.write_files(launcher.home)
    _assert_refused(launcher.run(*slip.arguments.split()), slip.code, *slip.says)
    assert not (launcher.home / "state/lorax-tui/runs").exists()


@pytest.mark.parametrize("name", sorted(SLIPS.keys() - set(PROGRAMS)))
def test_a_slip_is_one_clear_line(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    slip = SLIPS[name]
    slip.write_files(tmp_path)
    monkeypatch.chdir(tmp_path)
    for folder in ("STATE", "CONFIG"):
        monkeypatch.setenv(f"XDG_{folder}_HOME", str(tmp_path / folder))
    code = run(slip.arguments.split())
    _assert_refused(Ended(code, *capsys.readouterr()), slip.code, *slip.says)
    assert not (tmp_path / "STATE/lorax-tui/runs").exists()


def _assert_refused(ended: Ended, code: int, *says: str) -> None:
    assert ended.code == code, ended
    assert "Traceback" not in ended.out + ended.err
    assert all(line.startswith("looking at ") for line in ended.out.splitlines())
    *usage, line = ended.err.splitlines()
    if line.startswith("lorax-tui: "):
        assert not usage
    else:
        assert usage[0].startswith("Usage: lorax-tui") and line.startswith("Error: ")
    for text in says:
        assert text in line


@pytest.fixture
def web_page() -> Iterator[str]:
    """A server that is not Lorax: whatever it is asked, it answers a page."""

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = b"<html><body>It works!</body></html>"
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_GET

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Page) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join(5)


@pytest.mark.parametrize("command", ["check", "run smoke --headless"])
def test_a_host_that_is_not_lorax(command: str, launcher: Launcher, web_page: str) -> None:
    ended = launcher.run(*command.split(), "--host", web_page)
    _assert_refused(ended, TARGET, web_page, "a web page answers", "not a Lorax backend")
    assert not (launcher.home / "state/lorax-tui/runs").exists()


@pytest.mark.backend
def test_runs_that_cannot_be_kept_are_not_begun(launcher: Launcher, backend: Backend) -> None:
    (launcher.home / "file").write_text("")
    runs_dir = launcher.home / "file/runs"
    ended = launcher.run("run", "smoke", "--headless", "--host", backend.url, "--runs-dir", runs_dir)
    _assert_refused(ended, USAGE, str(runs_dir), "Not a directory", "--runs-dir")


@pytest.mark.backend
def test_a_state_folder_that_cannot_be_written(launcher: Launcher, backend: Backend) -> None:
    (launcher.home / "state").write_text("")
    assert launcher.run("scenarios").code == 0
    ended = launcher.run("run", "smoke", "--headless", "--host", backend.url)
    _assert_refused(ended, USAGE, "state/lorax-tui/runs", "Not a directory", "--runs-dir")


@pytest.mark.backend
def test_a_screen_without_a_keyboard(launcher: Launcher, backend: Backend) -> None:
    master, slave = pty.openpty()
    try:
        ended = subprocess.run(
            [PROGRAM, "run", "smoke", "--host", backend.url],
            stdin=subprocess.DEVNULL,
            stdout=slave,
            stderr=subprocess.PIPE,
            cwd=launcher.home,
            env=launcher.environment,
            text=True,
            timeout=30,
        )
    finally:
        os.close(slave)
        os.close(master)
    _assert_refused(Ended(ended.returncode, "", ended.stderr), USAGE, "stdin is no terminal", "--headless")


@pytest.mark.parametrize("command", ["", "run", "demo", "check", "scenarios"])
def test_every_command_explains_itself(command: str, launcher: Launcher) -> None:
    ended = launcher.run(*command.split(), "--help")
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.startswith(f"Usage: {' '.join(['lorax-tui', *command.split()])} ")
    assert "--config" in ended.out


def test_the_scenarios_are_listed(launcher: Launcher) -> None:
    ended = launcher.run("scenarios")
    assert ended.code == 0
    names = [line.split()[0] for line in ended.out.splitlines()[1:]]
    assert names == ["smoke", "light", "medium", "heavy", "sustained", "spike", "stress", "endurance"]


def test_the_module_runs_too(launcher: Launcher) -> None:
    ended = subprocess.run(
        [PROGRAM.with_name("python"), "-m", "lorax_tui", "--version"],
        cwd=launcher.home,
        env=launcher.environment,
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout.strip().endswith(f"version {__version__}")
