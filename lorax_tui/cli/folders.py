"""Where the program keeps what is no run."""

from __future__ import annotations

from pathlib import Path

import platformdirs


def log_path() -> Path:
    """Where it is told what went wrong."""
    return state_folder() / "lorax-tui.log"


def state_folder() -> Path:
    """Where logs and, unless told otherwise, runs are kept."""
    return Path(platformdirs.user_state_dir("lorax-tui"))
