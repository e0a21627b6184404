"""Tests that are run side by side (`pytest -n 2`), but for those that measure: while one of them runs, no other does.

Two locks, as files: every test holds the room, one that is to be alone holds it for itself; and whoever wants it waits
at the door, so that nobody slips in before the one who waits to be alone.
"""

from __future__ import annotations

import fcntl
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def turn(alone: bool) -> Iterator[None]:
    """Have the room for one test; without `-n` it is free at any time."""
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID")
    if run is None:
        yield
        return
    folder = Path(tempfile.gettempdir())
    with (folder / f"lorax-tui-{run}.room").open("w") as room:
        with (folder / f"lorax-tui-{run}.door").open("w") as door:
            fcntl.flock(door, fcntl.LOCK_EX)
            fcntl.flock(room, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
        yield
