"""Where log lines go: into a file, and the serious ones into the run's events. Never onto the screen."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path

from lorax_tui.engine.crew.saying import Sparing
from lorax_tui.model.hidden import hide_all
from lorax_tui.model.records import EventKind

LARGEST_BYTES = 2_000_000
TASK_LOGGER = "locust.user.task"
"""Where Locust tells of tasks that raise: that is counted among the errors, and not told once more for each."""


class LogFile(RotatingFileHandler):
    """Made with the first line, readable by nobody else, from its first byte; a planted link is not followed."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, maxBytes=LARGEST_BYTES, backupCount=1, encoding="utf-8", errors="replace", delay=True)
        self.setFormatter(_Discreet("%(asctime)s %(levelname)s %(name)s: %(message)s"))
        self.trouble: str | None = None
        """Why a line is not in it."""

    def handleError(self, record: logging.LogRecord) -> None:
        """Keep the reason; a wrong format in a user's own file is none, and is told to nobody."""
        error = sys.exc_info()[1]
        if isinstance(error, OSError):
            self.trouble = error.strerror

    def close(self) -> None:
        """Close it, though the disk does not take what is still to be written."""
        with suppress(OSError):
            super().close()

    def _open(self) -> TextIOWrapper:
        Path(self.baseFilename).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
        descriptor = os.open(self.baseFilename, flags, 0o600)
        os.fchmod(descriptor, 0o600)
        return os.fdopen(descriptor, "a", encoding=self.encoding, errors=self.errors)


class _Discreet(logging.Formatter):
    """Writes no secret, not even one of a traceback's last line."""

    def format(self, record: logging.LogRecord) -> str:
        return hide_all(super().format(record))


class EventHandler(logging.Handler):
    """Passes warnings and worse on, one line each; a component that logs in a loop must not flood the run's events."""

    def __init__(self, note: Callable[[EventKind, str], None]) -> None:
        super().__init__(logging.WARNING)
        self._pass_on = note
        self.addFilter(lambda record: record.name != TASK_LOGGER)
        self.addFilter(Sparing())

    def emit(self, record: logging.LogRecord) -> None:
        try:
            first_line = record.getMessage().partition("\n")[0]
        except Exception:  # a wrong format in a user's own file is no reason to fail
            first_line = str(record.msg)
        self._pass_on(EventKind.LOG, f"{record.levelname.lower()} {record.name}: {first_line}")


@contextmanager
def logging_to(path: Path) -> Iterator[LogFile]:
    """Send everything that is logged, by Locust and gevent too, to a file."""
    file = LogFile(path)
    root = logging.getLogger()
    before, level = root.handlers, root.level
    root.handlers = [file]
    root.setLevel(logging.INFO)
    logging.captureWarnings(True)
    logging.raiseExceptions = False  # else a wrong format in a user's own file is printed onto the screen
    try:
        yield file
    finally:
        logging.captureWarnings(False)
        root.handlers = before
        root.setLevel(level)
        file.close()


@contextmanager
def passing_on(note: Callable[[EventKind, str], None]) -> Iterator[None]:
    """Pass warnings and worse on to `note` as well."""
    handler = EventHandler(note)
    logging.getLogger().addHandler(handler)
    try:
        yield
    finally:
        logging.getLogger().removeHandler(handler)
