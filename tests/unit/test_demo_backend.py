"""The demo's backend: really started, really gone afterwards, and readable where it cannot start."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import httpx
import psutil
import pytest
import tskit

from lorax_tui.errors import ExitCode, TargetError, UsageError
from lorax_tui.target import backend as demo
from lorax_tui.target import installed, tether
from lorax_tui.target.backend import DemoBackend
from lorax_tui.target.samples import write_all
from tests.waiting import wait_until

FILES = {"islands.trees", "small.trees", "table.csv"}


@pytest.fixture(autouse=True)
def own_temporary_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    return folder


def gone(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def program(path: Path, *lines: str) -> Path:
    path.write_text("\n".join([f"#!{sys.executable}", *lines, ""]))
    path.chmod(0o755)
    return path


def get(url: str) -> httpx.Response:
    return httpx.get(url, trust_env=False, timeout=10)


@pytest.mark.backend
def test_two_at_once_though_the_second_wants_the_port_of_the_first(
    tmp_path: Path, own_temporary_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LORAX_MODE", "production")
    monkeypatch.setenv("REDIS_CLUSTER", "redis://127.0.0.1:1")
    told: list[str] = []
    log_path = tmp_path / "logs" / "demo.log"
    with DemoBackend(told.append, log_path=log_path) as first:
        assert get(f"{first.base_url}/health").json() == {"ok": True, "redis": True}
        assert get(f"{first.base_url}/memory_status").json()["pid"] == first.pid
        projects = get(f"{first.base_url}/projects").json()["projects"]
        assert {name for name in projects if projects[name]["files"]} == {"demo"}
        assert set(projects["demo"]["files"]) == FILES
        assert "starting a Lorax backend on" in told[0] and "answers on" in told[-1]
        assert b"Uvicorn running" in log_path.read_bytes()
        assert os.getsid(first.pid) == first.pid

        ports = [httpx.URL(first.base_url).port or 0, demo.free_port()]
        with DemoBackend(log_path=log_path, choose_port=lambda: ports.pop(0)) as second:
            assert not ports
            assert second.pid != first.pid
            assert get(f"{second.base_url}/memory_status").json()["pid"] == second.pid
            assert second.log_path == log_path.with_name("demo-2.log")
        assert gone(second.pid)
        assert get(f"{first.base_url}/health").status_code == 200
    first.stop()
    assert gone(first.pid)
    assert list(own_temporary_folder.iterdir()) == []
    assert log_path.stat().st_size > 0


@pytest.mark.backend
def test_it_ends_with_a_program_that_is_killed(tmp_path: Path) -> None:
    lines = (
        "import sys, pathlib",
        "from lorax_tui.target.backend import DemoBackend",
        "backend = DemoBackend(log_path=pathlib.Path(sys.argv[1]))",
        "backend.start()",
        "print(backend.pid, flush=True)",
        "sys.stdin.read()",
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", "\n".join(lines), str(tmp_path / "demo.log")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=os.environ | {"TMPDIR": str(tmp_path)},
        text=True,
    )
    with parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        assert not gone(pid)
        parent.send_signal(signal.SIGKILL)
        wait_until(lambda: gone(pid), "the backend is gone", deadline_s=2.0)


def refusal(tmp_path: Path, executable: Path | None, choose_port: Callable[[], int] = demo.free_port) -> str:
    """Why it does not start; it must leave nothing behind but its log."""
    backend = DemoBackend(log_path=tmp_path / "demo.log", executable=executable, choose_port=choose_port)
    with pytest.raises(TargetError) as raised:
        backend.start()
    assert raised.value.exit_code == ExitCode.TARGET
    assert list((tmp_path / "temporary").iterdir()) == []
    return str(raised.value)


def test_a_missing_library_is_told(tmp_path: Path) -> None:
    message = refusal(tmp_path, program(tmp_path / "lorax-backend", "import a_library_that_nobody_has"))
    assert "ended at once, with code 1" in message
    assert "pip install 'lorax-tui[demo]'" in message
    assert str(tmp_path / "demo.log") in message
    assert "No module named 'a_library_that_nobody_has'" in message.splitlines()[-1]


def test_a_crash_is_told_with_the_end_of_the_log(tmp_path: Path) -> None:
    lines = ("for n in range(50): print('line', n)", "raise SystemExit('no \\x1b[2Jdisk left')")
    message = refusal(tmp_path, program(tmp_path / "lorax-backend", *lines))
    assert message.splitlines()[-1] == "  no ␛[2Jdisk left"
    assert "line 49" in message and "line 9\n" not in message
    assert "pip install" not in message


def test_a_program_that_cannot_be_run(tmp_path: Path) -> None:
    assert "ended at once" in refusal(tmp_path, tmp_path / "not-there")


def test_ports_that_are_always_taken(tmp_path: Path) -> None:
    taken = (
        "raise SystemExit(\"[Errno 98] error while attempting to bind on ('127.0.0.1', 1): address already in use\")"
    )
    tried: list[int] = []

    def choose() -> int:
        tried.append(demo.free_port())
        return tried[-1]

    message = refusal(tmp_path, program(tmp_path / "lorax-backend", taken), choose)
    assert len(tried) == demo.ATTEMPTS
    assert "3 ports in a row taken" in message


def test_one_that_never_answers_and_will_not_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo, "START_LIMIT_S", 1)
    monkeypatch.setattr(demo, "END_LIMIT_S", 0.2)
    lines = (
        "import os, pathlib, signal, sys",
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)",
        "pathlib.Path(sys.argv[0]).with_name('pid').write_text(str(os.getpid()))",
        "signal.pause()",
    )
    assert "does not answer within 1 s" in refusal(tmp_path, program(tmp_path / "lorax-backend", *lines))
    assert gone(int((tmp_path / "pid").read_text()))


def test_an_interrupted_start_leaves_nothing(tmp_path: Path) -> None:
    def interrupt(line: str) -> None:
        if "..." in line:
            raise KeyboardInterrupt

    executable = program(
        tmp_path / "lorax-backend",
        "import os, pathlib, signal, sys",
        "pathlib.Path(sys.argv[0]).with_name('pid').write_text(str(os.getpid()))",
        "signal.pause()",
    )
    with pytest.raises(KeyboardInterrupt):
        DemoBackend(interrupt, log_path=tmp_path / "demo.log", executable=executable).start()
    assert gone(int((tmp_path / "pid").read_text()))
    assert list((tmp_path / "temporary").iterdir()) == []


def test_nothing_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "pip install 'lorax-tui[demo]'" in refusal(tmp_path, None)


def test_one_that_is_installed_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    (tmp_path / "bin").mkdir()
    executable = program(tmp_path / "bin" / "lorax-backend", "")
    interpreter = program(tmp_path / "bin" / "python", "")
    assert installed.find_executable() == executable
    assert installed.python_of(executable) == str(interpreter)


def test_a_log_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UsageError, match="log cannot be written: File exists; XDG_STATE_HOME"):
        DemoBackend(log_path=tmp_path / "file" / "demo.log").start()


def test_settings_of_other_backends_are_not_inherited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    others = {"LORAX_MODE": "local", "LORAX_ANYTHING": "1", "REDIS_CLUSTER": "redis://x", "BUCKET_NAME": "b"}
    for name, value in others.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("HOME", "/nonexistent")
    monkeypatch.setenv("XDG_CACHE_HOME", "/proc/none")
    settings = installed.environment(tmp_path)
    assert settings["LORAX_MODE"] == "development"
    assert not settings.keys() & (others.keys() - {"LORAX_MODE"})
    assert settings["NUMBA_CACHE_DIR"] == str(tmp_path / "numba")


def test_the_tether_starts_nothing_for_a_parent_that_is_gone(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-I", "-S", tether.__file__, "1", sys.executable, "-c", "print('started')"],
        stdout=subprocess.PIPE,
        timeout=30,
        check=True,
    )
    assert done.stdout == b""


def test_the_samples_are_histories_with_one_ancestor(tmp_path: Path) -> None:
    write_all(tmp_path / "data")
    project = tmp_path / "data" / "demo"
    assert {path.name for path in project.iterdir()} == FILES
    for name, trees in (("islands.trees", 100), ("small.trees", 10)):
        history = tskit.load(project / name)
        assert history.num_trees > trees
        assert history.num_mutations > 10
        assert {tree.num_roots for tree in history.trees()} == {1}
        assert len({history.node(sample).metadata["name"] for sample in history.samples()}) == history.num_samples
