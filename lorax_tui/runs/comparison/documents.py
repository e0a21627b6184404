"""A comparison for other programs: plain values for JSON, and Markdown for the summary of a CI job."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from functools import partial
from typing import Any

from lorax_tui.model.records import SCHEMA
from lorax_tui.runs.comparison.result import Change, ComparedPhase, Comparison, Figure, Row, Worker
from lorax_tui.runs.comparison.words import METRICS, change, changes, headline, relative, rules, value, worker
from lorax_tui.runs.plain import rounded

Plain = dict[str, Any]

_rounded = partial(rounded, digits=6)
_SIGNS = {Change.WORSE: "❌", Change.BETTER: "✅", Change.SAME: "", Change.UNJUDGED: ""}


def plain(comparison: Comparison) -> Plain:
    """Everything there is to say, ready for JSON; units are in the names, and `None` is unknown."""
    return {
        "schema": SCHEMA,
        "base": comparison.base,
        "run": comparison.run,
        "result": str(comparison.result),
        "regressions": [text for found, text in changes(comparison) if found is Change.WORSE],
        "improvements": [text for found, text in changes(comparison) if found is Change.BETTER],
        "warnings": list(comparison.warnings),
        "limits": asdict(comparison.limits),
        "phases": [_phase(phase) for phase in comparison.phases],
        "memory": {
            "base": [_worker(worker) for worker in comparison.base_workers],
            "run": [_worker(worker) for worker in comparison.run_workers],
        },
    }


def _phase(phase: ComparedPhase) -> Plain:
    return {
        "scenario": phase.scenario,
        "users": phase.users,
        "from_intended_start": phase.is_paced,
        "base_number": phase.base_number,
        "run_number": phase.run_number,
        "not_judged": phase.doubt or None,
        "operations": [_row(row) for row in phase.rows if row.name],
        "all": [_figure(figure) for row in phase.rows if not row.name for figure in row.figures],
    }


def _row(row: Row) -> Plain:
    return {
        "protocol": row.protocol,
        "name": row.name,
        "base_answers": row.base_answers,
        "run_answers": row.run_answers,
        "change": str(row.change),
        "figures": [_figure(figure) for figure in row.figures],
    }


def _figure(figure: Figure) -> Plain:
    return {
        "metric": figure.metric,
        "base": _rounded(figure.base),
        "run": _rounded(figure.run),
        "delta": _rounded(figure.delta),
        "delta_share": _rounded(figure.share),
        "noise": _rounded(figure.noise),
        "change": str(figure.change),
    }


def _worker(worker: Worker) -> Plain:
    return {
        "pid": worker.pid,
        "slope_mb_per_min": _rounded(worker.slope_mb_per_min),
        "slowest_half_mb_per_min": _rounded(worker.low),
        "fastest_half_mb_per_min": _rounded(worker.high),
        "change": str(worker.change),
    }


def markdown(comparison: Comparison) -> str:
    """The same for people, as GitHub shows it."""
    return "\n\n".join(part for part in _parts(comparison) if part) + "\n"


def _parts(comparison: Comparison) -> Iterator[str]:
    yield f"## {_text(headline(comparison))}"
    yield f"base: {_text(comparison.base)}  \nrun: {_text(comparison.run)}"
    yield "\n".join(f"- ⚠️ {_text(warning)}" for warning in comparison.warnings)
    yield "\n".join(f"- {_SIGNS[found]} {_text(text)}" for found, text in changes(comparison))
    for phase in comparison.phases:
        paced = ", paced: latencies from the intended start" if phase.is_paced else ""
        yield f"### {_text(phase.scenario)}, {phase.users} users{paced}"
        yield f"not judged: {_text(phase.doubt)}" if phase.doubt else ""
        yield "\n".join(_table(phase)) if phase.rows else ""
    workers = (("base", comparison.base_workers), ("run", comparison.run_workers))
    yield "\n".join(f"- {where}: {_text(worker(one))} {_SIGNS[one.change]}" for where, many in workers for one in many)
    yield f"<sub>{_text(rules(comparison.limits))}</sub>"


def _table(phase: ComparedPhase) -> Iterator[str]:
    yield "| operation | " + " | ".join(METRICS.values()) + " |"
    yield "|---|" + "---|" * len(METRICS)
    for row in phase.rows:
        by_metric = {figure.metric: figure for figure in row.figures}
        cells = (_cell(by_metric[metric]) if metric in by_metric else "" for metric in METRICS)
        yield f"| {_text(row.label)} | " + " | ".join(cells) + " |"


def _cell(figure: Figure) -> str:
    both = f"{value(figure.metric, figure.base)} → {value(figure.metric, figure.run)}"
    if figure.change in (Change.WORSE, Change.BETTER):
        return f"**{_text(change(figure).partition(' ')[2])}** {_SIGNS[figure.change]}"
    return f"{both} {relative(figure)}".strip()


_MARKUP = {ord(character): f"&#{ord(character)};" for character in "&<>|`*_[]\\#~@!"}


def _text(text: str) -> str:
    """Shown as it is: nothing in it is markup, a mention or a link."""
    return text.translate(_MARKUP).replace("://", "&#58;//")
