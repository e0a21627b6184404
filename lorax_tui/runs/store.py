"""Where runs are kept: one folder each, readable by nobody else, every final file whole or not there.

<runs-dir>/20261123T221305Z-smoke-a1b2c3/
    run.jsonl        the journal
    summary.json     the latest summary
    screen.svg       the latest picture
    snapshots/42.json, 42.svg
"""

from __future__ import annotations

import os
import secrets
import stat
from datetime import datetime
from pathlib import Path

import platformdirs

from lorax_tui.errors import RunError


def default_runs_dir() -> Path:
    """The folder for runs where none is named."""
    return Path(platformdirs.user_state_dir("lorax-tui")) / "runs"


def create_folder(runs_dir: Path, started_at: datetime, scenario: str) -> Path:
    """Make the folder of a new run.

    Args:
        started_at: in UTC.
        scenario: a checked name.

    Raises:
        RunError: it cannot be made or written.
    """
    folder = runs_dir / f"{started_at:%Y%m%dT%H%M%SZ}-{scenario}-{secrets.token_hex(3)}"
    try:
        runs_dir.mkdir(parents=True, exist_ok=True, mode=stat.S_IRWXU)
        folder.mkdir(mode=stat.S_IRWXU)
        folder.chmod(stat.S_IRWXU)
    except OSError as error:
        raise RunError(f"{folder}: the run cannot be kept there: {error.strerror}; name another --runs-dir") from error
    return folder


def save_snapshot(folder: Path, at_s: float, summary: bytes, picture: str | None) -> Path:
    """Save how things stood at `at_s` seconds, beside earlier ones and as the latest; returns the snapshot's path."""
    snapshots = folder / "snapshots"
    try:
        snapshots.mkdir(exist_ok=True, mode=stat.S_IRWXU)
    except OSError as error:
        raise RunError(f"{snapshots}: cannot be made: {error.strerror}") from error
    path = snapshots / f"{at_s:.0f}.json"
    write_final(path, summary)
    write_final(folder / "summary.json", summary)
    if picture is not None:
        write_final(path.with_suffix(".svg"), picture.encode())
        write_final(folder / "screen.svg", picture.encode())
    return path


def write_final(path: Path, content: bytes) -> None:
    """Write a file that is whole or not there, whatever happens.

    Raises:
        RunError: it cannot be written.
    """
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(3)}")
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        with os.fdopen(os.open(temporary, flags, 0o600), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise RunError(f"{path}: cannot be written: {error.strerror}") from error
