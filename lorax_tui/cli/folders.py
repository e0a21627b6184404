"""Where the program keeps its logs."""

from __future__ import annotations

from pathlib import Path

import platformdirs


def log_path() -> Path:
    """The file that tells what went wrong."""
    return state_folder() / "lorax-tui.log"


def state_folder() -> Path:
    """The program's own folder; runs are in it, too, unless told otherwise."""
    return Path(platformdirs.user_state_dir("lorax-tui"))
