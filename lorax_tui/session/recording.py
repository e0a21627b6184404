"""One run being recorded: each record goes to the journal and into the fold, in the same order."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import msgspec

from lorax_tui.errors import RunError
from lorax_tui.model.records import (
    End,
    Event,
    EventKind,
    GuardName,
    Header,
    Interval,
    PhaseStart,
    Record,
    TargetSample,
)
from lorax_tui.model.run import Run
from lorax_tui.model.text import safe
from lorax_tui.runs import store
from lorax_tui.runs.journal import Journal
from lorax_tui.runs.summary import summary


class Recording:
    """A run's folder, its journal and its fold."""

    def __init__(self, folder: Path, header: Header) -> None:
        self.folder = folder
        self.run = Run()
        self._journal = Journal.create(folder / "run.jsonl", header)
        self.run.fold(header)
        self._unsaved = ""

    @property
    def trouble(self) -> str:
        """Why records are no longer written, or the summary is not; empty where they are."""
        return self._journal.trouble or self._unsaved

    def record(self, record: Record) -> None:
        """Take in a record, on disk and in memory."""
        self._journal.append(record)
        self.run.fold(record)

    def take(self, interval: Interval) -> list[tuple[EventKind, str]]:
        """Take in what the engine measured; tells what has become true of the current phase with it."""
        phase = self.run.phases[-1] if self.run.phases else None
        if phase is None:
            self.record(interval)
            return []
        settled_s, users_missing, bound = phase.settled_s, phase.users_missing, phase.bound
        files_scarce = self.run.strain.files_scarce
        self.record(interval)
        news = []
        if settled_s is None and phase.settled_s is not None:
            news.append((EventKind.NOTE, f"settled after {phase.settled_s - phase.start_s:.1f} s"))
        if phase.users_missing > users_missing:
            news.append((EventKind.WARNING, f"{phase.users_missing} users have died: the log tells why"))
        if phase.bound and not bound:
            news.append((EventKind.WARNING, "the generator is at its limit: this phase cannot be judged"))
        if self.run.strain.files_scarce and not files_scarce:
            health = interval.health
            news.append(
                (EventKind.WARNING, f"{health.open_files} of {health.file_limit} files are open: raise ulimit -n")
            )
        return news

    def take_sample(self, sample: TargetSample) -> list[str]:
        """Take in a poll of the target; tells which of its workers came or went."""
        marked = self.run.memory.marked
        self.record(sample)
        new = self.run.memory.marked - marked
        return [f"target: {text}" for _, text in list(self.run.memory.marks)[-new:]] if new else []

    def event(
        self,
        at_s: float,
        kind: EventKind,
        text: str,
        start: PhaseStart | None = None,
        guard: GuardName | None = None,
    ) -> None:
        """Record that something happened."""
        self.record(Event(at_s, kind, safe(text), start, guard))

    def sync(self) -> None:
        """Force what was written onto the disk; blocks, so call it off the session's loop."""
        self._journal.sync()

    def snapshot(self, at_s: float, picture: str | None) -> Path:
        """Save how things stand, with a picture where there is one; returns the snapshot's path."""
        path = store.save_snapshot(self.folder, at_s, self.summary(), picture)
        if self.run.end is None:
            self.event(at_s, EventKind.SNAPSHOT, "snapshot saved")
        return path

    def end(self, at_s: float, reason: str, by_guard: bool = False) -> None:
        """Close the run with its reason and write its summary; it ends whether or not there is room for that."""
        end = End(at_s, reason, by_guard=by_guard)
        self._journal.close(end)
        self.run.fold(end)
        try:
            store.write_final(self.folder / "summary.json", self.summary())
        except RunError as error:
            self._unsaved = str(error)

    def summary(self) -> bytes:
        """The summary as things stand, as JSON."""
        return msgspec.json.format(msgspec.json.encode(summary(self.run)), indent=2)


def utc_now() -> datetime:
    """The wall clock; only ever a label."""
    return datetime.now(UTC)
