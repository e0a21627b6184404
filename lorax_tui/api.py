"""What other programs call: a recorded run held against its thresholds. Makes no load and draws nothing."""

from __future__ import annotations

from copy import copy
from pathlib import Path
from typing import TypedDict

from msgspec import structs

from lorax_tui import config
from lorax_tui.errors import RunError
from lorax_tui.model.phases import Phases
from lorax_tui.model.records import Event
from lorax_tui.model.run import Run
from lorax_tui.model.scenario import Scenario
from lorax_tui.model.sums import Sum
from lorax_tui.model.tally import Tally
from lorax_tui.model.thresholds import Verdict
from lorax_tui.runs import journal, store
from lorax_tui.runs.plain import rounded
from lorax_tui.runs.report.figures import reasons
from lorax_tui.runs.summary import summary


class Metrics(TypedDict):
    """One protocol over the settled parts of all phases; `None` is unknown or too few answers."""

    asks: int
    p95_ms: float | None
    p99_ms: float | None
    error_rate: float | None
    """A share of 1."""


class Results(TypedDict):
    """What `validate_results` found."""

    passed: bool
    failures: list[str]
    """Why it has not passed, one line each; empty where it has."""
    metrics: dict[str, Metrics]
    """By protocol: `HTTP`, `Socket.IO`."""


def validate_results(
    run: Run | str | Path, scenario: str | None = None, *, runs_dir: Path | None = None, config_file: Path | None = None
) -> Results:
    """Hold a run against p95, p99 and error rate of each protocol, or whatever rules its scenario has.

    No data, too few, or a generator at its limit is not passed.

    Args:
        run: a run's folder, its name, `last`, or one that is folded already.
        scenario: whose rules to use; without it the run's own, phase by phase.
        runs_dir: where runs are kept, where that is not the usual place.
        config_file: the scenarios.toml that the scenario is in, instead of the one that `lorax-tui` would use.

    Raises:
        RunError: there is no such run, or it cannot be read.
        UsageError: there is no such scenario.
    """
    wanted = None if scenario is None else config.find(config.load(config_file), scenario)
    if not isinstance(run, Run):
        folded = _read(store.find(runs_dir or store.default_runs_dir(), str(run)), wanted)
    elif wanted is not None:
        folded = _under(run, wanted)
    else:
        folded = run
    found = summary(folded)
    passed = found["verdict"] == Verdict.PASSED
    return {"passed": passed, "failures": [] if passed else reasons(found), "metrics": _metrics(folded)}


def _read(folder: Path, wanted: Scenario | None) -> Run:
    """The run in that folder, with the rules of another scenario where one is wanted."""
    run = Run()
    for record in journal.read(folder / store.JOURNAL).records:
        if wanted is not None and isinstance(record, Event) and record.start is not None:
            rules = {"thresholds": wanted.thresholds, "own_thresholds": wanted.own_thresholds}
            record = structs.replace(record, start=structs.replace(record.start, **rules))
        run.fold(record)
    return run


def _under(run: Run, wanted: Scenario) -> Run:
    """The same run with the rules of another scenario."""
    if gone := run.phases.past.count:
        raise RunError(f"{len(run.phases)} of its phases are kept whole, {gone} are not: give the run's folder")
    other = copy(run)
    other.phases = Phases(phase.under(wanted.thresholds, wanted.own_thresholds) for phase in run.phases)
    return other


def _metrics(run: Run) -> dict[str, Metrics]:
    protocols: dict[str, Sum] = {}
    for (protocol, _), total in run.sums()[0].items():
        protocols.setdefault(protocol, Sum(protocol, "")).merge(total)
    return {protocol: _metric(total.settled) for protocol, total in sorted(protocols.items())}


def _metric(settled: Tally) -> Metrics:
    p95_ms, p99_ms = settled.ok_latency.percentiles((0.95, 0.99))
    error_rate = settled.bad / settled.answered if settled.answered else None
    return Metrics(asks=settled.asks, p95_ms=rounded(p95_ms), p99_ms=rounded(p99_ms), error_rate=rounded(error_rate, 6))
