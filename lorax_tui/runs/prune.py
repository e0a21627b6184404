"""Taking old runs away: folders that are runs and nothing else, never by way of a link."""

from __future__ import annotations

import re
import shutil
import stat
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from lorax_tui.errors import RunError
from lorax_tui.model.text import named
from lorax_tui.runs import store
from lorax_tui.runs.recorded import is_growing, read

_STAMPED = re.compile(r"(\d{8}T\d{6}Z)-.+-[0-9a-f]{6}", re.ASCII)


def outdated(runs_dir: Path, now: datetime, days: float) -> list[Path]:
    """The runs that began more than so many days ago; neither the baseline nor one that goes on.

    Raises:
        RunError: the folder for runs cannot be read.
    """
    before = now - timedelta(days=days)
    marked = store.baseline(runs_dir)
    return [folder for folder in store.runs(runs_dir) if folder != marked and _is_old(folder, before)]


def remove(folders: Iterable[Path]) -> None:
    """Delete these runs for good.

    Raises:
        RunError: the first that cannot be deleted, or is no run any more.
    """
    for folder in folders:
        if not _is_run(folder):
            raise RunError(f"{named(folder)}: not deleted: this is no run")
        try:
            shutil.rmtree(folder)
        except OSError as error:
            raise RunError(f"{named(folder)}: cannot be deleted: {error.strerror}") from error


def _is_old(folder: Path, before: datetime) -> bool:
    stamped = _STAMPED.fullmatch(folder.name)
    if stamped is None or not _is_run(folder):
        return False
    try:
        began = datetime.strptime(stamped[1], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        return False
    return began < before


def _is_run(folder: Path) -> bool:
    """Whether it is a folder of its own, with the journal of a run that is over."""
    journal = folder / store.JOURNAL
    try:
        is_own = stat.S_ISDIR(folder.lstat().st_mode) and stat.S_ISREG(journal.lstat().st_mode)
        return is_own and not is_growing(journal) and bool(read(journal).records)
    except (OSError, RunError):
        return False
