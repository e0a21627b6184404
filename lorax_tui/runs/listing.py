"""The runs that are kept, a line each: from their summaries, and from their journals where a run has no final one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from lorax_tui.errors import RunError
from lorax_tui.model.run import Run
from lorax_tui.model.text import safe
from lorax_tui.runs import store
from lorax_tui.runs.recorded import is_growing, read
from lorax_tui.runs.summary import summary

RUNNING, CUT_OFF, UNREADABLE = "running", "cut off", "unreadable"
"""Instead of the reason why a run ended, where there is none."""


@dataclass(frozen=True, slots=True)
class Kept:
    """One run, as a list shows it; `None` is unknown."""

    folder: Path
    started_at: str = ""
    """In UTC, ISO 8601."""
    host: str = ""
    scenarios: tuple[str, ...] = ()
    """In their order; one that follows itself is there once."""
    elapsed_s: float | None = None
    asks: int | None = None
    bad: int | None = None
    """Asks that ended neither ok nor by us."""
    p95_ms: dict[str, float] = field(default_factory=dict)
    """Of the slowest settled phase, by protocol; of a paced one from when the asks were due, as it is judged by."""
    verdict: str = ""
    ended: str = UNREADABLE
    """Why it ended, or one of the words above."""
    is_baseline: bool = False
    trouble: str = ""
    """Why it cannot be read, or what of it is missing; empty where it is whole."""

    @property
    def name(self) -> str:
        return safe(self.folder.name, 200)


class _Protocol(msgspec.Struct):
    p95_ms: float | None = None
    intended_p95_ms: float | None = None


class _Phase(msgspec.Struct):
    scenario: str
    settled_s: float | None = None
    protocols: dict[str, _Protocol] = {}


class _Operation(msgspec.Struct):
    asks: int
    failed: int
    timeout: int
    busy: int
    disconnected: int


class _Summary(msgspec.Struct):
    """What a list needs of a summary."""

    host: str
    started_at: str
    verdict: str
    elapsed_s: float
    phases: list[_Phase]
    operations: list[_Operation]
    ended: str | None = None


def listed(runs_dir: Path) -> list[Kept]:
    """All runs, the oldest first.

    Raises:
        RunError: the folder for runs cannot be read.
    """
    marked = store.baseline(runs_dir)
    return [kept(folder, is_baseline=folder == marked) for folder in store.runs(runs_dir)]


def kept(folder: Path, is_baseline: bool = False) -> Kept:
    """One run; whatever is wrong with it is said in it."""
    final = _final_summary(folder)
    if final is not None:
        return _line(folder, final, final.ended or CUT_OFF, is_baseline, "")
    try:
        recorded = read(folder / store.JOURNAL)
    except RunError as error:
        why = str(error).removeprefix(f"{folder / store.JOURNAL}: ")
        return Kept(folder, is_baseline=is_baseline, trouble=why)
    run = Run()
    for record in recorded.records:
        run.fold(record)
    found = msgspec.convert(summary(run), _Summary)
    ended = found.ended or (RUNNING if recorded.is_growing else CUT_OFF)
    return _line(folder, found, ended, is_baseline, "" if recorded.is_growing else recorded.notice)


def _final_summary(folder: Path) -> _Summary | None:
    """The summary, where it is one of the whole run and not of a snapshot."""
    try:
        found = msgspec.json.decode((folder / store.SUMMARY).read_bytes(), type=_Summary)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return found if found.ended is not None and not is_growing(folder / store.JOURNAL) else None


def _line(folder: Path, found: _Summary, ended: str, is_baseline: bool, trouble: str) -> Kept:
    return Kept(
        folder,
        started_at=safe(found.started_at, 40),
        host=safe(found.host, 80),
        scenarios=tuple(_one_after_the_other(safe(phase.scenario, 64) for phase in found.phases)),
        elapsed_s=found.elapsed_s,
        asks=sum(operation.asks for operation in found.operations),
        bad=sum(row.failed + row.timeout + row.busy + row.disconnected for row in found.operations),
        p95_ms=_slowest(found.phases),
        verdict=safe(found.verdict, 20),
        ended=safe(ended, 40),
        is_baseline=is_baseline,
        trouble=trouble,
    )


def _one_after_the_other(names: Iterable[str]) -> list[str]:
    kept: list[str] = []
    for name in names:
        if kept[-1:] != [name]:
            kept.append(name)
    return kept


def _slowest(phases: Iterable[_Phase]) -> dict[str, float]:
    slowest: dict[str, float] = {}
    for phase in phases:
        for protocol, figures in phase.protocols.items():
            p95_ms = figures.p95_ms if figures.intended_p95_ms is None else figures.intended_p95_ms
            if phase.settled_s is not None and p95_ms is not None:
                slowest[protocol] = max(slowest.get(protocol, 0.0), p95_ms)
    return slowest
