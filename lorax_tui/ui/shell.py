"""Who started this process: a shell with jobs, or somebody who would never have it go on once it is stopped."""

from __future__ import annotations

import os
from contextlib import suppress

import psutil


def has_shell() -> bool:
    """Whether somebody of this session, but not of this job, has started it; a group without is an orphaned one."""
    job, session = os.getpgrp(), os.getsid(0)
    with suppress(OSError, psutil.Error):
        for parent in psutil.Process().parents():
            if os.getpgid(parent.pid) != job:
                return os.getsid(parent.pid) == session
    return False
