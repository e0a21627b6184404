"""A real Lorax backend for tests: started on a free loopback port, ended by its own process id, or with the tests."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
from platformdirs import user_cache_path

from lorax_tui.target import tether
from tests.data_sets import write_project

START_LIMIT_S = 90.0
END_LIMIT_S = 10.0

_ROOT = Path(__file__).parents[1]


@dataclass(frozen=True, slots=True)
class Backend:
    """A running backend."""

    url: str
    process: subprocess.Popen[bytes]
    data_dir: Path

    @property
    def pid(self) -> int:
        return self.process.pid


@contextmanager
def running_backend(
    folder: Path, *, app: str | None = None, port: int | None = None, **settings: str | None
) -> Iterator[Backend]:
    """A backend of its own below `folder`.

    Args:
        app: what uvicorn is to serve instead of the plain backend, as in `tests.counting_backend:app`.
        port: where it is to listen; a free one where none is named.
        settings: environment variables; `None` takes one away.
    """
    data_dir = folder / "data"
    write_project(data_dir)
    port = port or free_port()
    with (folder / "backend.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-I", "-S", tether.__file__, str(os.getpid()), *_command(app, port)],
            cwd=folder,
            env=_environment(data_dir, settings),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    backend = Backend(f"http://127.0.0.1:{port}", process, data_dir)
    try:
        _await_health(backend, folder / "backend.log")
        yield backend
    finally:
        process.terminate()
        try:
            process.wait(END_LIMIT_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(END_LIMIT_S)


def _command(app: str | None, port: int) -> list[str]:
    if app is None:
        return [str(Path(sys.executable).with_name("lorax-backend")), "serve", "--port", str(port)]
    served = [app, "--app-dir", str(_ROOT), "--host", "127.0.0.1", "--port", str(port), "--log-level", "warning"]
    return [sys.executable, "-m", "uvicorn", *served]


def _environment(data_dir: Path, settings: dict[str, str | None]) -> dict[str, str]:
    numba_cache = user_cache_path("lorax-tui") / "numba"
    numba_cache.mkdir(parents=True, exist_ok=True)
    environment: dict[str, str | None] = {
        name: value for name, value in os.environ.items() if not name.startswith(("LORAX_", "COV_"))
    }
    environment |= {
        "LORAX_MODE": "development",
        "LORAX_DATA_DIR": str(data_dir),
        "DISK_CACHE_DIR": str(data_dir / ".cache"),
        "LORAX_DIAGNOSTIC_PING_ENABLED": "1",
        "NUMBA_CACHE_DIR": str(numba_cache),
        **settings,
    }
    return {name: value for name, value in environment.items() if value is not None}


def free_port() -> int:
    """A loopback port that nobody uses at this moment."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


def _await_health(backend: Backend, log: Path) -> None:
    deadline = time.monotonic() + START_LIMIT_S
    with httpx.Client(trust_env=False, timeout=5) as client:
        while time.monotonic() < deadline:
            if backend.process.poll() is not None:
                break
            try:
                if client.get(f"{backend.url}/health").status_code == 200:
                    return
            except httpx.TransportError:
                time.sleep(0.05)
    raise RuntimeError(f"the backend did not start:\n{log.read_text(errors='replace')[-4000:]}")
