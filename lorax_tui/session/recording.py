"""One run being recorded: each record goes to the journal and into the fold, in the same order."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import msgspec

from lorax_tui.errors import RunError
from lorax_tui.model.hidden import hide
from lorax_tui.model.records import (
    SCHEMA,
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
from lorax_tui.session.news import News, Sentence
from lorax_tui.session.setup import Setup


class Recording:
    """A run's folder, its journal and its fold."""

    def __init__(self, folder: Path, header: Header) -> None:
        self.folder = folder
        self.run = Run()
        self._journal = Journal.create(folder / store.JOURNAL, header)
        self.run.fold(header)
        self._news = News(self.run)
        self._unsaved = ""

    @classmethod
    def begin(cls, setup: Setup, scenario: str) -> Recording:
        """A new run in a folder of its own, named after its first scenario.

        Raises:
            RunError: the folder cannot be made.
        """
        started_at = datetime.now(UTC)
        folder = store.create_folder(setup.runs_dir, started_at, scenario)
        header = Header(
            schema=SCHEMA,
            run=folder.name,
            host=setup.target.host,
            started_at=started_at.isoformat(timespec="seconds"),
            versions=setup.versions,
            user_classes=sorted(setup.classes),
            guards=setup.guard.limits,
            config=setup.config,
        )
        return cls(folder, header)

    @property
    def trouble(self) -> str:
        """Why records are no longer written, or the summary is not; empty where they are."""
        return self._journal.trouble or self._unsaved

    def record(self, record: Record) -> None:
        """Take in a record, on disk and in memory."""
        self._journal.append(record)
        self.run.fold(record)

    def take(self, interval: Interval) -> list[Sentence]:
        """Take in what the engine measured; tells what has become true of the run with it."""
        self.record(interval)
        return self._news.fresh()

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
        self.record(Event(at_s, kind, safe(hide(text)), start, guard))

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
            store.write_final(self.folder / store.SUMMARY, self.summary())
        except RunError as error:
            self._unsaved = str(error)

    def summary(self) -> bytes:
        """The summary as things stand, as JSON."""
        return msgspec.json.format(msgspec.json.encode(summary(self.run)), indent=2)
