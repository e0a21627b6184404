"""A real Lorax backend of our own, with sample data, on a free port of this machine.

It answers before `start` returns, and is gone with its data after `stop`; it also ends when this process ends in any
other way, and then the next one removes its data. It needs no event loop, and knows nothing of loads.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

import httpx
import platformdirs

from lorax_tui.errors import TargetError, UsageError
from lorax_tui.model.text import named
from lorax_tui.target.backend_log import BackendLog
from lorax_tui.target.installed import INSTALL, environment, find_executable, python_of
from lorax_tui.target.scratch import Scratch

START_LIMIT_S = 60.0
"""A cold disk and a busy machine take a quarter of a minute."""
END_LIMIT_S = 3.0
ATTEMPTS = 3
"""Ports tried: between being chosen and being used, another program may take one."""

_SAMPLES_LIMIT_S = 60.0
_BEAT_S = 0.05
_ASK_LIMIT_S = 2.0
_HERE = Path(__file__).parent
_PORT_TAKEN = "address already in use"
_LIBRARY_MISSING = "ModuleNotFoundError"


def free_port() -> int:
    """A loopback port that nobody uses at this moment."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


def _unheard(_line: str) -> None:
    """Progress that nobody wants to know of."""


class DemoBackend:
    """One backend process.

        with DemoBackend(progress=print) as backend: ... backend.base_url ...

    Start it from the main thread: the kernel ends the backend when the thread that started it ends.
    """

    def __init__(
        self,
        progress: Callable[[str], None] = _unheard,
        *,
        log_path: Path | None = None,
        executable: Path | None = None,
        choose_port: Callable[[], int] = free_port,
    ) -> None:
        """Start nothing yet.

        Args:
            progress: told in short lines how the start goes.
            log_path: where the backend's own output goes, from scratch; by default in the user's state folder. A
                name with a number after it is taken while another backend writes there.
            executable: the backend's program, instead of the installed one.
            choose_port: names a port to try.
        """
        self._progress = progress
        self._executable = executable
        self._choose_port = choose_port
        self.log_path = log_path or platformdirs.user_state_path("lorax-tui") / "demo-backend.log"
        self.base_url = ""
        """Empty before the start."""
        self.pid = 0
        self._log: BackendLog | None = None
        self._scratch: Scratch | None = None
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Start the backend and wait until it answers; does nothing while it runs.

        Raises:
            TargetError: it is not installed, ended at once, or does not answer; with the end of its log.
            UsageError: its log cannot be written.
        """
        if self._process is not None:
            return
        executable = (self._executable or find_executable()).absolute()
        try:
            self._log = log = _opened(self.log_path)
            self.log_path = log.path
            self._scratch = scratch = _made()
            _write_samples(executable, scratch.path, log)
            self._start(executable, scratch.path, log)
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """End the backend and remove its data; a second call does nothing."""
        process, self._process = self._process, None
        log, self._log = self._log, None
        scratch, self._scratch = self._scratch, None
        try:
            if process is not None:
                _end(process)
        finally:
            if log is not None:
                log.close()
            if scratch is not None:
                scratch.remove()

    def _start(self, executable: Path, folder: Path, log: BackendLog) -> None:
        for _ in range(ATTEMPTS):
            log.mark()
            began_s = time.monotonic()
            address = f"127.0.0.1:{self._choose_port()}"
            self._progress(f"starting a Lorax backend on {address}")
            self._process = process = _spawn(executable, folder, log, address)
            if self._await_answer(process, address, log):
                self.base_url, self.pid = f"http://{address}", process.pid
                self._progress(f"a Lorax backend answers on {address} after {time.monotonic() - began_s:.1f} s")
                return
            if _PORT_TAKEN not in log.tail():
                raise _failure(f"the demo backend ended at once, with code {process.returncode}", log)
        raise _failure(f"the demo backend found {ATTEMPTS} ports in a row taken by others", log)

    def _await_answer(self, process: subprocess.Popen[bytes], address: str, log: BackendLog) -> bool:
        """Whether it answers; `False` if it ended instead."""
        began_s, told_s = time.monotonic(), 0
        with httpx.Client(base_url=f"http://{address}", trust_env=False, timeout=_ASK_LIMIT_S) as client:
            while not _is_answered_by(client, process.pid):
                try:
                    process.wait(_BEAT_S)
                    return False
                except subprocess.TimeoutExpired:
                    elapsed_s = int(time.monotonic() - began_s)
                if elapsed_s > told_s:
                    told_s = elapsed_s
                    self._progress(f"starting a Lorax backend on {address} ... {elapsed_s} s")
                if elapsed_s >= START_LIMIT_S:
                    raise _failure(f"the demo backend does not answer within {START_LIMIT_S:.0f} s", log)
        return True


def _opened(path: Path) -> BackendLog:
    try:
        return BackendLog(path)
    except OSError as error:
        raise UsageError(
            f"{named(path)}: the demo backend's log cannot be written: {error.strerror}; "
            "XDG_STATE_HOME names another place"
        ) from error


def _made() -> Scratch:
    try:
        return Scratch()
    except OSError as error:
        raise TargetError(f"the demo's data have no place: {error}") from error


def _write_samples(executable: Path, folder: Path, log: BackendLog) -> None:
    what = "the demo's sample data cannot be made"
    try:
        done = subprocess.run(
            [python_of(executable), str(_HERE / "samples.py"), str(folder / "data")],
            cwd=folder,
            env=environment(folder),
            stdin=subprocess.DEVNULL,
            stdout=log.file,
            stderr=log.file,
            timeout=_SAMPLES_LIMIT_S,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise TargetError(f"{what}: {error}") from error
    if done.returncode != 0:
        raise _failure(what, log)


def _spawn(executable: Path, folder: Path, log: BackendLog, address: str) -> subprocess.Popen[bytes]:
    host, _, port = address.partition(":")
    tether = [sys.executable, "-I", "-S", str(_HERE / "tether.py"), str(os.getpid())]
    return subprocess.Popen(
        [*tether, str(executable), "serve", "--host", host, "--port", port],
        cwd=folder,
        env=environment(folder),
        stdin=subprocess.DEVNULL,
        stdout=log.file,
        stderr=log.file,
        start_new_session=True,
    )


def _failure(what: str, log: BackendLog) -> TargetError:
    tail = log.tail()
    advice = f" (a library is missing: {INSTALL})" if _LIBRARY_MISSING in tail else ""
    return TargetError(f"{what}{advice}; its log is {log.path}:\n{tail or '  (nothing in it)'}")


def _is_answered_by(client: httpx.Client, pid: int) -> bool:
    """Whether the backend is healthy, and is that process: another may have been quicker to take the port."""
    try:
        if client.get("/health").status_code != 200:
            return False
        return bool(client.get("/memory_status").json()["pid"] == pid)
    except (httpx.HTTPError, ValueError, LookupError, TypeError):
        return False


def _end(process: subprocess.Popen[bytes]) -> None:
    """Ask it to end, and see to it that it does."""
    try:
        process.terminate()
        process.wait(END_LIMIT_S)
    except subprocess.TimeoutExpired:
        pass
    finally:
        process.kill()
        process.wait()
