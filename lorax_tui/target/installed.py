"""The Lorax backend that is installed here: its program, its interpreter, the settings that keep it to itself.

Starts nothing.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import platformdirs

from lorax_tui.errors import TargetError

INSTALL = "pip install 'lorax-tui[demo]'"

_OTHERS_SETTINGS = ("REDIS_CLUSTER", "GCS_BUCKET_NAME", "BUCKET_NAME", "DISK_CACHE_DIR", "ALLOWED_ORIGINS")
"""What would make it use a database, a bucket or a folder that are not its own."""


def find_executable() -> Path:
    """The backend of this very environment, else one that is found on PATH.

    Raises:
        TargetError: there is none.
    """
    beside = Path(sys.executable).with_name("lorax-backend")
    if os.access(beside, os.X_OK):
        return beside
    found = shutil.which("lorax-backend")
    if found is None:
        raise TargetError(f"the demo needs a Lorax backend, and none is installed: {INSTALL}")
    return Path(found)


def python_of(executable: Path) -> str:
    """The interpreter that has the backend's libraries."""
    own = Path(sys.executable)
    beside = executable.resolve().with_name("python")
    return str(beside if executable.parent != own.parent and os.access(beside, os.X_OK) else own)


def environment(folder: Path) -> dict[str, str]:
    """What a backend needs to serve the data below `folder` and to leave everything else alone."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("LORAX_") and name not in _OTHERS_SETTINGS
    }
    return kept | {
        "LORAX_MODE": "development",
        "LORAX_DATA_DIR": str(folder / "data"),
        "LORAX_DIAGNOSTIC_PING_ENABLED": "1",
        "DISK_CACHE_DIR": str(folder / "cache"),
        "NUMBA_CACHE_DIR": str(_numba_cache(folder)),
        "PYTHON_DOTENV_DISABLED": "1",
        "PYTHONUNBUFFERED": "1",
    }


def _numba_cache(folder: Path) -> Path:
    """Where compiled code is kept from one demo to the next: without it, the first layout takes many seconds."""
    kept = platformdirs.user_cache_path("lorax-tui") / "numba"
    try:
        kept.mkdir(parents=True, exist_ok=True)
    except OSError:
        return folder / "numba"
    return kept if os.access(kept, os.W_OK) else folder / "numba"
