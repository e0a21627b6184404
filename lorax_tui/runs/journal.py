"""The journal of a run, as it is written: one record a line, appended; a run that was cut off is simply a shorter one.

{"type":"header",...}  ({"type":"interval"|"target"|"event",...})*  {"type":"end",...}
"""

from __future__ import annotations

import os
from contextlib import suppress
from fcntl import LOCK_EX, LOCK_NB, flock
from pathlib import Path
from threading import Lock

import msgspec
from msgspec.structs import replace

from lorax_tui.errors import RunError
from lorax_tui.model.records import End, Header, Record, reached_s
from lorax_tui.model.text import named
from lorax_tui.runs.recorded import Recorded, read

__all__ = ["RESERVE", "Journal", "Recorded", "read"]

RESERVE = ".reserve"
RESERVE_BYTES = 64 * 1024
"""Enough for the last record and a summary."""

_NEW = os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_ENCODER = msgspec.json.Encoder()


class Journal:
    """Writes records as they come; an error of the disk is kept as `trouble` and never stops the run."""

    def __init__(self, descriptor: int, reserve: Path | None = None) -> None:
        self._descriptor: int | None = descriptor
        self._reserve = reserve
        """A file that only takes up room, so that there is some for the end where the disk becomes full."""
        self._whole_bytes = 0
        """Length of the whole records."""
        self._reached_s = 0.0
        self._closing = Lock()
        """Keeps `close` from taking the file away under a `sync` in another thread."""
        self.trouble = ""
        """Why records are no longer written, in one line; empty where they are."""

    @classmethod
    def create(cls, path: Path, header: Header) -> Journal:
        """Begin a journal that does not exist yet; whoever reads it can tell that it is being written.

        Raises:
            RunError: the file cannot be made, or written.
        """
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | _NEW, 0o600)
            os.fchmod(descriptor, 0o600)
        except OSError as error:
            raise RunError(f"{named(path)}: cannot be made: {error.strerror}") from error
        with suppress(OSError):
            flock(descriptor, LOCK_EX | LOCK_NB)
        journal = cls(descriptor, _reserved(path.with_name(RESERVE)))
        journal.append(header)
        if journal.trouble:
            journal._release()
            raise RunError(f"{named(path)}: cannot be written: {journal.trouble}")
        return journal

    def append(self, record: Record) -> None:
        """Write one record, in one piece wherever the system allows."""
        if self._descriptor is None or self.trouble:
            return
        try:
            self._write(self._descriptor, record)
        except (OSError, ValueError, TypeError) as error:
            self.trouble = f"the run is kept in memory only: {getattr(error, 'strerror', None) or error}"

    def sync(self) -> None:
        """Force what was written onto the disk; blocks, and may be called from any thread."""
        with self._closing:
            if self._descriptor is not None and not self.trouble:
                try:
                    os.fdatasync(self._descriptor)
                    if not os.fstat(self._descriptor).st_nlink:
                        self.trouble = "the run is kept in memory only: its folder was removed"
                except OSError as error:
                    self.trouble = f"the run may not be on the disk: {error.strerror}"

    def close(self, end: End) -> None:
        """Write the last record and close; a second call does nothing."""
        if self._descriptor is None:
            return
        self.append(end)
        if self.trouble:
            self._free_reserve()
            with suppress(OSError, ValueError, TypeError):
                self._write(self._descriptor, replace(end, unsaved_from_s=self._reached_s))
        self.sync()
        self._release()

    def _write(self, descriptor: int, record: Record) -> None:
        """Write a record whole, or leave nothing of it."""
        left = memoryview(_ENCODER.encode(record) + b"\n")
        whole_bytes = self._whole_bytes + len(left)
        try:
            while left:
                left = left[os.write(descriptor, left) :]
        except OSError:
            with suppress(OSError):
                os.ftruncate(descriptor, self._whole_bytes)
            raise
        self._whole_bytes = whole_bytes
        self._reached_s = max(self._reached_s, reached_s(record))

    def _release(self) -> None:
        self._free_reserve()
        with self._closing:
            descriptor, self._descriptor = self._descriptor, None
            if descriptor is not None:
                with suppress(OSError):
                    os.close(descriptor)

    def _free_reserve(self) -> None:
        reserve, self._reserve = self._reserve, None
        if reserve is not None:
            with suppress(OSError):
                reserve.unlink()


def _reserved(path: Path) -> Path | None:
    """A file that takes up room; `None` where there is none to spare: a run may begin all the same."""
    try:
        descriptor = os.open(path, os.O_WRONLY | _NEW, 0o600)
    except OSError:
        return None
    try:
        os.posix_fallocate(descriptor, 0, RESERVE_BYTES)
    except OSError:
        with suppress(OSError):
            path.unlink()
        return None
    finally:
        os.close(descriptor)
    return path
