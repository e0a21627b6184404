"""Where runs are kept: one folder each, readable by nobody else, every final file whole or not there.

<runs-dir>/baseline         the name of the run that others are held against, where one is marked
<runs-dir>/20261123T221305Z-smoke-a1b2c3/
    run.jsonl        the journal
    summary.json     the latest summary
    screen.svg       the latest picture
    snapshots/42.0.json, 42.0.svg
"""

from __future__ import annotations

import os
import re
import secrets
import stat
from contextlib import suppress
from datetime import datetime
from difflib import get_close_matches
from pathlib import Path

import platformdirs

from lorax_tui.errors import RunError
from lorax_tui.model.text import named, safe

JOURNAL = "run.jsonl"
SUMMARY = "summary.json"
PICTURE = "screen.svg"
LAST = "last"
"""Stands for the latest run wherever one is named."""
BASELINE = "baseline"
"""Stands for the run that is marked so, and is the file that holds its name."""

_LONGEST_NAME = 128
_NAME = re.compile(rf"(?!\.)[A-Za-z0-9._-]{{1,{_LONGEST_NAME}}}", re.ASCII)
_STAMP = len("20261123T221305Z")


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
    name = f"{started_at:%Y%m%dT%H%M%SZ}-{scenario}-{secrets.token_hex(3)}"
    if not _NAME.fullmatch(name):
        raise RunError(f"{safe(scenario, 80)!r}: no name for a folder: letters, digits, '.', '_' and '-' only")
    folder = runs_dir / name
    try:
        with suppress(FileExistsError):
            runs_dir.mkdir(parents=True, mode=stat.S_IRWXU)
        folder.mkdir(mode=stat.S_IRWXU)
        folder.chmod(stat.S_IRWXU)
    except OSError as error:
        raise RunError(
            f"{named(folder)}: the run cannot be kept there: {error.strerror}; name another --runs-dir"
        ) from error
    return folder


def runs(runs_dir: Path) -> list[Path]:
    """The folders of all runs, the oldest first.

    Raises:
        RunError: the folder for runs cannot be read.
    """
    try:
        found = [(path.name[:_STAMP], (path / JOURNAL).stat().st_mtime_ns, path) for path in _with_journal(runs_dir)]
    except FileNotFoundError:
        return []
    except OSError as error:
        raise RunError(f"{named(runs_dir)}: cannot be read: {error.strerror}") from error
    return [path for _, _, path in sorted(found)]


def latest(runs_dir: Path) -> Path:
    """The folder of the run that was started last.

    Raises:
        RunError: there is none.
    """
    found = runs(runs_dir)
    if not found:
        raise RunError(f"{named(runs_dir)}: there is no run yet")
    return found[-1]


def find(runs_dir: Path, name: str) -> Path:
    """The folder of a run, from its name or a beginning of it that no other has, its path, `last` or `baseline`.

    Raises:
        RunError: there is none, or more than one; names the nearest.
    """
    if name == LAST:
        return latest(runs_dir)
    if name == BASELINE:
        return _marked(runs_dir)
    for folder in (runs_dir / name if _NAME.fullmatch(name) else None, Path(name)):
        if folder is not None and _has_journal(folder):
            return folder
    found = runs(runs_dir)
    begun = [folder for folder in found if name and folder.name.startswith(name)]
    if len(begun) == 1:
        return begun[0]
    if begun:
        few = " and ".join(safe(folder.name, 200) for folder in begun[:: len(begun) - 1])
        raise RunError(f"{safe(name, 200)}: {len(begun)} runs begin like this, such as {few}: write more of the name")
    close = get_close_matches(name, [folder.name for folder in found], n=1)
    advice = f"did you mean {safe(close[0], 200)}?" if close else "see `lorax-tui runs`"
    raise RunError(f"{safe(name, 200)}: there is no such run in {named(runs_dir)}; {advice}")


def baseline(runs_dir: Path) -> Path | None:
    """The folder of the run that others are held against; `None` where none is marked, or it is gone."""
    try:
        descriptor = os.open(runs_dir / BASELINE, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(descriptor, "rb") as file:
            name = file.read(_LONGEST_NAME + 1).decode("ascii", "replace").strip()
    except OSError:
        return None
    folder = runs_dir / name
    return folder if _NAME.fullmatch(name) and _has_journal(folder) else None


def set_baseline(folder: Path) -> None:
    """Hold the other runs beside this one against it from now on.

    Raises:
        RunError: it is no run, or the mark cannot be written.
    """
    if not _has_journal(folder):
        raise RunError(f"{named(folder)}: this is no run")
    write_final(folder.parent / BASELINE, f"{folder.name}\n".encode())


def clear_baseline(runs_dir: Path) -> None:
    """Hold no run against another any more.

    Raises:
        RunError: the mark cannot be taken away.
    """
    try:
        (runs_dir / BASELINE).unlink(missing_ok=True)
    except OSError as error:
        raise RunError(f"{named(runs_dir / BASELINE)}: cannot be removed: {error.strerror}") from error


def _marked(runs_dir: Path) -> Path:
    found = baseline(runs_dir)
    if found is None:
        raise RunError(
            f"{named(runs_dir)}: no run is marked as baseline, or it is gone; mark one with `b` in the list of runs"
        )
    return found


def _with_journal(runs_dir: Path) -> list[Path]:
    return [folder for folder in runs_dir.iterdir() if _has_journal(folder)]


def _has_journal(folder: Path) -> bool:
    try:
        return (folder / JOURNAL).is_file()
    except (OSError, ValueError):
        return False


def save_snapshot(folder: Path, at_s: float, summary: bytes, picture: str | None) -> Path:
    """Save how things stood at `at_s` seconds, beside earlier ones and as the latest; returns the snapshot's path."""
    snapshots = folder / "snapshots"
    try:
        snapshots.mkdir(exist_ok=True, mode=stat.S_IRWXU)
        snapshots.chmod(stat.S_IRWXU)
    except OSError as error:
        raise RunError(f"{named(snapshots)}: cannot be made: {error.strerror}") from error
    path = snapshots / f"{at_s:.1f}.json"
    write_final(path, summary)
    write_final(folder / SUMMARY, summary)
    if picture is not None:
        write_final(path.with_suffix(".svg"), picture.encode())
        write_final(folder / PICTURE, picture.encode())
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
            os.fchmod(file.fileno(), 0o600)
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        with suppress(OSError):
            temporary.unlink()
        raise RunError(f"{named(path)}: cannot be written: {error.strerror}") from error
