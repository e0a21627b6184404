"""How a worker's process is started: a program of its own, because it patches the standard library first of all."""

from __future__ import annotations

import sys
from pathlib import Path

MODULE = "lorax_tui.engine.crew.worker"


def worker_command(host: str, port: int, file: Path | None = None, parent_pid: int | None = None) -> list[str]:
    """The command of a worker for the engine that listens there.

    Args:
        file: the user's own file.
        parent_pid: the process that it ends with; `None`: it stays, and waits for the engine to come back.
    """
    command = [sys.executable, "-m", MODULE, "--master-host", host, "--master-port", str(port)]
    if file is not None:
        command += ["--file", str(file)]
    if parent_pid is not None:
        command += ["--parent", str(parent_pid)]
    return command
