"""A journal read back: as far as it is one, with a word on what is missing; no content of a file makes it fail.

Texts in a file are texts from outside: what the writer once made safe, somebody may have written over.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from fcntl import LOCK_NB, LOCK_SH, flock
from pathlib import Path
from typing import Any

import msgspec

from lorax_tui.config.reading import opened
from lorax_tui.errors import RunError
from lorax_tui.model.format import clock
from lorax_tui.model.records import SCHEMA, End, Header, Record, reached_s
from lorax_tui.model.text import named, safe

_LONGEST_TEXT = 2000
_UNUSUAL = re.compile(rb'[^\x20-\x7e]|\\[^"\\/]|[^"]{%d}' % _LONGEST_TEXT)
"""What is in no line of plain short texts."""

_DECODER = msgspec.json.Decoder(Record)


@dataclass(frozen=True, slots=True)
class Recorded:
    """What a journal holds."""

    records: list[Record]
    """At least a header."""
    dropped_bytes: int = 0
    """How much follows the last of them that could not be read, as after a crash."""
    is_growing: bool = False
    """Whether the run goes on, in another process."""

    @property
    def torn(self) -> bool:
        """Whether something was dropped."""
        return self.dropped_bytes > 0

    @property
    def end(self) -> End | None:
        """How the run ended; `None` where that is not known."""
        return next((record for record in reversed(self.records) if isinstance(record, End)), None)

    @property
    def elapsed_s(self) -> float:
        """How far the records reach."""
        return max(map(reached_s, self.records))

    @property
    def is_whole(self) -> bool:
        """Whether the run is all there."""
        return not self.torn and self.end is not None and self.end.unsaved_from_s is None

    @property
    def notice(self) -> str:
        """What is missing, in one line; empty where nothing is."""
        dropped = f", {self.dropped_bytes} bytes dropped" if self.torn else ""
        if self.end is None:
            state = "still going on: read up to" if self.is_growing else "recovered: cut off at"
            return f"{state} {clock(self.elapsed_s)}{'' if self.is_growing else dropped}"
        if self.end.unsaved_from_s is not None:
            return f"recovered: nothing could be saved from {clock(self.end.unsaved_from_s)} on{dropped}"
        return f"recovered: {self.dropped_bytes} bytes after its end dropped" if self.torn else ""


def read(path: Path) -> Recorded:
    """Read a journal up to its end, or to the first line that is none.

    Raises:
        RunError: no journal, or one of a newer kind.
    """
    content, is_growing = _content(path)
    records: list[Record] = []
    place = 0
    while (end := content.find(b"\n", place)) >= 0:
        try:
            record = _decoded(content[place:end])
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            break
        if not records:
            _check(path, record)
        records.append(record)
        place = end + 1
    if not records:
        raise RunError(f"{named(path)}: this is no journal of a run")
    return Recorded(records, len(content) - place, is_growing)


def is_growing(path: Path) -> bool:
    """Whether a process writes this journal now."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        return _is_locked(descriptor)
    finally:
        os.close(descriptor)


def _content(path: Path) -> tuple[bytes, bool]:
    try:
        with opened(path) as file:
            return file.read(), _is_locked(file.fileno())
    except OSError as error:
        raise RunError(f"{named(path)}: cannot be read: {error.strerror}") from error


def _is_locked(descriptor: int) -> bool:
    try:
        flock(descriptor, LOCK_SH | LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False


def _decoded(line: bytes) -> Record:
    if _UNUSUAL.search(line):
        line = msgspec.json.encode(_cleaned(msgspec.json.decode(line)))
    record: Record = _DECODER.decode(line)
    return record


def _cleaned(value: Any) -> Any:
    """The same with texts that are safe to show."""
    match value:
        case str():
            return safe(value, _LONGEST_TEXT)
        case list():
            return [_cleaned(item) for item in value]
        case dict():
            return {safe(key, _LONGEST_TEXT): _cleaned(item) for key, item in value.items()}
        case _:
            return value


def _check(path: Path, first: Record) -> None:
    if not isinstance(first, Header):
        raise RunError(f"{named(path)}: this is no journal of a run: it does not begin with a header")
    major = first.schema.partition(".")[0]
    if not major.isdecimal() or int(major) > int(SCHEMA.partition(".")[0]):
        raise RunError(
            f"{named(path)}: written by a newer version (schema {first.schema:.20}, this one reads {SCHEMA})"
        )
