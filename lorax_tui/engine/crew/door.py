"""Who may take part: only a worker that does exactly what this program would do itself."""

from __future__ import annotations

import platform
from collections.abc import Iterable
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

from lorax_tui import __version__
from lorax_tui.engine.crew.messages import Hello
from lorax_tui.model.text import safe


def own_hello(file_hash: str, classes: Iterable[str], host: str, pid: int) -> Hello:
    """How this process introduces itself."""
    python = ".".join(platform.python_version_tuple()[:2])
    return Hello(__version__, version("locust"), python, file_hash, sorted(classes), host, pid)


def hash_of(file: Path | None) -> str:
    """By which two copies of a user's own file are known to be the same; empty where there is none."""
    return "" if file is None else sha256(file.read_bytes()).hexdigest()


def objection(theirs: Hello, ours: Hello) -> str | None:
    """Why a worker may not take part, as a clause; `None`: it may.

    Args:
        ours: what it should have said.
    """
    for what, their, our in (
        ("lorax-tui", theirs.lorax_tui, ours.lorax_tui),
        ("locust", theirs.locust, ours.locust),
        ("Python", theirs.python, ours.python),
    ):
        if their != our:
            return f"it has {what} {safe(their, 40)}, the run has {our}"
    if theirs.file_hash != ours.file_hash:
        return _about_files(theirs.file_hash, ours.file_hash)
    missing = sorted({*ours.classes} - {*theirs.classes})
    if missing:
        return f"it has no user class {', '.join(missing)}"
    return None


def _about_files(theirs: str, ours: str) -> str:
    if not theirs:
        return f"it has no file of users of its own (-f), the run has one: {ours[:12]}"
    if not ours:
        return f"it has a file of users (-f) {safe(theirs[:12])}, the run has none"
    return f"its file of users (-f) is another: it has {safe(theirs[:12])}, the run has {ours[:12]}"
