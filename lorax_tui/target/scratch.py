"""A temporary folder that is gone with its owner: what a killed one could not remove, the next one does.

The owner holds a lock on the folder as long as it lives, and only then marks it as one that may be removed. So nothing
is ever taken from a living owner, nor what anybody else has put there.
"""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
from contextlib import suppress
from fcntl import LOCK_EX, LOCK_NB, flock
from pathlib import Path

PREFIX = "lorax-tui-demo-"
MARK = ".owned"
"""In a folder whose owner had the lock."""

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


class Scratch:
    """One folder, readable by nobody else."""

    def __init__(self) -> None:
        """Make it, and remove those whose owners are gone.

        Raises:
            OSError: there is no room for it.
        """
        sweep(Path(tempfile.gettempdir()))
        self.path = Path(tempfile.mkdtemp(prefix=PREFIX))
        self._lock = os.open(self.path, _FOLDER)
        flock(self._lock, LOCK_EX | LOCK_NB)
        (self.path / MARK).touch(0o600)

    def remove(self) -> None:
        """Remove it with all that is in it."""
        shutil.rmtree(self.path, ignore_errors=True)
        os.close(self._lock)


def sweep(place: Path) -> None:
    """Remove the folders of owners that are gone, as far as they are ours for certain."""
    for path in place.glob(f"{PREFIX}*"):
        with suppress(OSError):  # it is no folder, or another program is quicker
            folder = os.open(path, _FOLDER)
            try:
                if _is_left_behind(folder):
                    shutil.rmtree(path, ignore_errors=True)
            finally:
                os.close(folder)


def _is_left_behind(folder: int) -> bool:
    """Whether it is our own, private, marked, and nobody holds its lock; it is held from then on.

    Raises:
        OSError: it is not marked, or somebody holds it.
    """
    seen = os.fstat(folder)
    if seen.st_uid != os.geteuid() or stat.S_IMODE(seen.st_mode) != stat.S_IRWXU:
        return False
    mark = os.stat(MARK, dir_fd=folder, follow_symlinks=False)
    flock(folder, LOCK_EX | LOCK_NB)
    return stat.S_ISREG(mark.st_mode) and mark.st_uid == os.geteuid()
