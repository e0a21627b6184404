"""The journal of a run: one record a line, appended; a run that was cut off is simply a shorter one.

{"type":"header",...}  ({"type":"interval"|"target"|"event",...})*  {"type":"end",...}
"""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

import msgspec

from lorax_tui.errors import RunError
from lorax_tui.model.records import SCHEMA, End, Header, Record
from lorax_tui.model.text import safe

_ENCODER = msgspec.json.Encoder()
_DECODER = msgspec.json.Decoder(Record)


class Journal:
    """Writes records as they come; an error of the disk is kept as `trouble` and never stops the run."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor: int | None = descriptor
        self._closing = Lock()
        """Keeps `close` from taking the file away under a `sync` in another thread."""
        self.trouble = ""
        """Why records are no longer written, in one line; empty where they are."""

    @classmethod
    def create(cls, path: Path, header: Header) -> Journal:
        """Begin a journal that does not exist yet.

        Raises:
            RunError: the file cannot be made, or written.
        """
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        try:
            descriptor = os.open(path, flags, 0o600)
            os.fchmod(descriptor, 0o600)
        except OSError as error:
            raise RunError(f"{path}: cannot be made: {error.strerror}") from error
        journal = cls(descriptor)
        journal.append(header)
        if journal.trouble:
            journal._release()
            raise RunError(f"{path}: cannot be written: {journal.trouble}")
        return journal

    def append(self, record: Record) -> None:
        """Write one record, in one piece wherever the system allows."""
        if self._descriptor is None or self.trouble:
            return
        try:
            left = memoryview(_ENCODER.encode(record) + b"\n")
            while left:
                left = left[os.write(self._descriptor, left) :]
        except (OSError, ValueError, TypeError) as error:
            self.trouble = safe(f"the run is kept in memory only: {getattr(error, 'strerror', None) or error}")

    def sync(self) -> None:
        """Force what was written onto the disk; blocks, and may be called from any thread."""
        with self._closing:
            if self._descriptor is not None and not self.trouble:
                try:
                    os.fdatasync(self._descriptor)
                    if not os.fstat(self._descriptor).st_nlink:
                        self.trouble = "the run is kept in memory only: its folder was removed"
                except OSError as error:
                    self.trouble = safe(f"the run may not be on the disk: {error.strerror}")

    def close(self, end: End) -> None:
        """Write the last record and close; a second call does nothing."""
        if self._descriptor is None:
            return
        self.append(end)
        self.sync()
        self._release()

    def _release(self) -> None:
        with self._closing:
            descriptor, self._descriptor = self._descriptor, None
            if descriptor is not None:
                with suppress(OSError):
                    os.close(descriptor)


@dataclass(frozen=True, slots=True)
class Recorded:
    """What a journal holds."""

    records: list[Record]
    torn: bool
    """Whether what follows the last of them could not be read, as after a crash."""


def read(path: Path) -> Recorded:
    """Read a journal up to its end, or to the first line that is none.

    Raises:
        RunError: no journal, or one of a newer kind.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise RunError(f"{path}: cannot be read: {error.strerror}") from error
    lines = content.split(b"\n")
    unended = lines.pop()
    records: list[Record] = []
    torn = bool(unended)
    for line in lines:
        try:
            record = _DECODER.decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            torn = True
            break
        if not records:
            _check(path, record)
        records.append(record)
    if not records:
        raise RunError(f"{path}: this is no journal of a run")
    return Recorded(records, torn)


def _check(path: Path, first: Record) -> None:
    if not isinstance(first, Header):
        raise RunError(f"{path}: this is no journal of a run: it does not begin with a header")
    major = first.schema.partition(".")[0]
    if not major.isdecimal() or int(major) > int(SCHEMA.partition(".")[0]):
        raise RunError(f"{path}: written by a newer version (schema {safe(first.schema, 20)}, this one reads {SCHEMA})")
