"""The files of a report, each whole or not there, and readable by nobody else."""

from __future__ import annotations

import os
import secrets
import stat
from dataclasses import dataclass, fields
from pathlib import Path

import msgspec

from lorax_tui.errors import RunError
from lorax_tui.model.text import named
from lorax_tui.runs import journal, store
from lorax_tui.runs.report import locust_csv
from lorax_tui.runs.report.course import Course
from lorax_tui.runs.report.html import html
from lorax_tui.runs.report.junit import junit
from lorax_tui.runs.report.markdown import markdown
from lorax_tui.runs.summary import summary


@dataclass(frozen=True, slots=True)
class Wanted:
    """Where each format goes; `None`: it is not wanted."""

    html: Path | None = None
    csv: Path | None = None
    """What the names of the three files begin with."""
    json: Path | None = None
    junit: Path | None = None
    markdown: Path | None = None

    @classmethod
    def all_in(cls, folder: Path) -> Wanted:
        """Every format, under a name of its own."""
        names = {"html": "report.html", "csv": "report", "json": "report.json", "junit": "report.xml"}
        return cls(**{name: folder / file for name, file in names.items()}, markdown=folder / "report.md")

    def __bool__(self) -> bool:
        return any(getattr(self, field.name) is not None for field in fields(self))


def write(folder: Path, wanted: Wanted) -> list[Path]:
    """Write the reports of the run in that folder; returns the files.

    Raises:
        RunError: the run cannot be read, or a file cannot be written.
    """
    recorded = journal.read(folder / store.JOURNAL)
    course = Course(recorded.records, recorded.notice)
    found = summary(course.run)
    files: dict[Path, str] = {}
    if wanted.html is not None:
        files[wanted.html] = html(course)
    if wanted.csv is not None:
        files[_with_end(wanted.csv, "_stats.csv")] = locust_csv.stats(course.run)
        files[_with_end(wanted.csv, "_failures.csv")] = locust_csv.failures(course.run)
        files[_with_end(wanted.csv, "_stats_history.csv")] = locust_csv.history(recorded.records)
    if wanted.json is not None:
        files[wanted.json] = msgspec.json.format(msgspec.json.encode(found), indent=2).decode() + "\n"
    if wanted.junit is not None:
        files[wanted.junit] = junit(found)
    if wanted.markdown is not None:
        files[wanted.markdown] = markdown(found, recorded.notice)
    for path, text in files.items():
        store.write_final(path, text.encode("utf-8", "replace"))
    return list(files)


def make_folder(folder: Path) -> None:
    """See to it that reports can be written there, before there is anything to report.

    Raises:
        RunError: they cannot.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=stat.S_IRWXU)
        probe = folder / f".report.{secrets.token_hex(3)}"
        os.close(os.open(probe, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600))
        probe.unlink()
    except OSError as error:
        raise RunError(f"{named(folder)}: no report can be written there: {error.strerror}") from error


def _with_end(prefix: Path, end: str) -> Path:
    return prefix.with_name(prefix.name + end)
