"""The runs that are kept: list them, mark one, take old ones away."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import click

from lorax_tui.cli.options import runs_dir_option
from lorax_tui.cli.saying import say
from lorax_tui.errors import UsageError
from lorax_tui.model import format as words
from lorax_tui.model.records import HTTP, SOCKET_IO
from lorax_tui.model.text import named
from lorax_tui.runs import prune as pruning
from lorax_tui.runs import store
from lorax_tui.runs.listing import Kept, listed

HEADING = (
    f"  {'began (UTC)':<19}  {'scenarios':<20} {'target':<21} {'length':>7} {'asks':>7} {'failed':>6} "
    f"{'HTTP p95':>8} {'S.IO p95':>8}  {'verdict':<12} {'ended':<24} name"
)


@click.command()
@runs_dir_option
@click.option("--baseline", "marked", metavar="RUN", help="Hold other runs against this one from now on.")
@click.option("--prune", "days", type=click.FloatRange(min=0), metavar="DAYS", help="Delete runs older than that.")
@click.option("--yes", is_flag=True, help="With --prune: do not ask.")
def runs(runs_dir: Path | None, marked: str | None, days: float | None, yes: bool) -> None:
    """List the runs that are kept, the oldest first; `*` is before the baseline."""
    place = runs_dir or store.default_runs_dir()
    if marked is not None:
        store.set_baseline(store.find(place, marked))
    if days is not None:
        _prune(place, days, yes)
        return
    found = listed(place)
    if not found:
        say(f"no run is kept in {named(place)}", err=True)
        return
    say(HEADING)
    for kept in found:
        say(_row(kept))
    for kept in found:
        if kept.trouble:
            say(f"{kept.name}: {kept.trouble}", err=True)
    say(f"in {place}", err=True)


def _row(kept: Kept) -> str:
    mark = "*" if kept.is_baseline else " "
    began = kept.started_at[:19].replace("T", " ")
    length = words.clock(kept.elapsed_s)
    figures = " ".join(f"{words.milliseconds(kept.p95_ms.get(protocol)):>8}" for protocol in (HTTP, SOCKET_IO))
    return (
        f"{mark} {began:<19}  {' → '.join(kept.scenarios):<20.20} {words.host(kept.host):<21.21} {length:>7} "
        f"{_count(kept.asks):>7} {_count(kept.bad):>6} {figures}  {kept.verdict:<12} {_cut(kept.ended, 24):<24} "
        f"{kept.name}"
    )


def _cut(text: str, cells: int) -> str:
    return text if len(text) <= cells else text[: cells - 1] + "…"


def _count(number: int | None) -> str:
    return words.UNKNOWN if number is None else words.count(number)


def _prune(runs_dir: Path, days: float, yes: bool) -> None:
    old = pruning.outdated(runs_dir, datetime.now(UTC), days)
    if not old:
        say(f"no run in {named(runs_dir)} is older than {days:g} days", err=True)
        return
    for folder in old:
        say(folder.name)
    if not (yes or _agreed(old)):
        say("nothing was deleted", err=True)
        return
    pruning.remove(old)
    say(f"{_runs(old)} deleted", err=True)


def _agreed(old: Sequence[Path]) -> bool:
    if not sys.stdin.isatty():
        raise UsageError(f"{_runs(old)} would be deleted, and nobody can be asked here: add --yes")
    return click.confirm(f"Delete {_runs(old)} for good?", err=True)


def _runs(folders: Sequence[Path]) -> str:
    return f"{len(folders)} run{'s' if len(folders) > 1 else ''}"
