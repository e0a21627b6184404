"""A comparison as lines of text: what changed in words, then every figure of every operation.

Each line comes with what it tells of, so that a screen can colour it; the marks say the same without.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lorax_tui.model import format as words
from lorax_tui.runs.comparison.result import Change, ComparedPhase, Comparison, Figure, Result, Row
from lorax_tui.runs.comparison.words import MARKS, changes, headline, relative, rules, worker

Line = tuple[str, str]
"""What the line is, and its text: `title`, `muted`, `warning`, or the name of a change."""

WIDE = 110
"""From here on there is room for all figures."""

_HEADINGS = {"p50_ms": "p50 ms", "p95_ms": "p95 ms", "p99_ms": "p99 ms", "rps": "/s", "failed": "failed"}
_NARROW = ("p50_ms", "p95_ms", "failed")
_FIGURE = 19
_SHORTEST_NAME, _LONGEST_NAME = 12, 40

_RESULTS = {Result.REGRESSION: Change.WORSE, Result.IMPROVEMENT: Change.BETTER, Result.SAME: Change.SAME}


def table(comparison: Comparison, width: int) -> list[Line]:
    """Everything, for so many columns; nothing is cut but names."""
    return [line for part in _parts(comparison, width) if part for line in (("text", ""), *part)][1:]


def _parts(comparison: Comparison, width: int) -> Iterator[list[Line]]:
    yield [
        (_RESULTS.get(comparison.result, "warning"), headline(comparison)),
        ("muted", f"base  {comparison.base}"),
        ("muted", f"run   {comparison.run}"),
    ]
    yield [("warning", f"! {text}") for text in comparison.warnings]
    yield [(change, f"{MARKS[change]} {text}") for change, text in changes(comparison)]
    for phase in comparison.phases:
        yield list(_phase(phase, width))
    yield list(_memory(comparison))
    yield [("muted", rules(comparison.limits))]


def _phase(phase: ComparedPhase, width: int) -> Iterator[Line]:
    numbers = f"phase {phase.run_number}"
    if phase.base_number != phase.run_number:
        numbers += f", {phase.base_number} in the base"
    paced = ", paced: latencies from the intended start" if phase.is_paced else ""
    yield "title", f"{phase.scenario}, {phase.users} users ({numbers}){paced}"
    if phase.doubt:
        yield "warning", f"! not judged: {phase.doubt}"
    if not phase.rows:
        yield "muted", "  nothing was asked"
        return
    metrics = tuple(_HEADINGS) if width >= WIDE else _NARROW
    name = min(_LONGEST_NAME, max(_SHORTEST_NAME, width - 2 - _FIGURE * len(metrics)))
    yield "muted", " " * (2 + name) + "".join(f"{_HEADINGS[metric]:>12}{'':7}" for metric in metrics).rstrip()
    yield "muted", " " * (2 + name) + f"{'base':>6}{'run':>6}{'':7}" * (len(metrics) - 1) + f"{'base':>6}{'run':>6}"
    protocol = ""
    for row in phase.rows:
        if not any(figure.metric in metrics for figure in row.figures):
            continue
        if row.protocol not in ("", protocol):
            protocol = row.protocol
            yield "muted", f"  {protocol}"
        yield row.change, _row(row, name, metrics)


def _row(row: Row, name_cells: int, metrics: Sequence[str]) -> str:
    name = row.name or "all operations"
    name = name if len(name) < name_cells else name[: name_cells - 2] + "…"
    by_metric = {figure.metric: figure for figure in row.figures}
    cells = "".join(_cell(by_metric.get(metric)) for metric in metrics)
    return f"{MARKS[row.change]} {name:<{name_cells}}{cells}".rstrip()


def _cell(figure: Figure | None) -> str:
    if figure is None:
        return " " * _FIGURE
    base, run = (_short(figure.metric, number) for number in (figure.base, figure.run))
    return f"{base:>6}{run:>6}{relative(figure).replace(' ', ''):>7}"


def _short(metric: str, number: float | None) -> str:
    if metric == "rps":
        return words.rate(number)
    return words.percent(number).replace(" ", "") if metric == "failed" else words.milliseconds(number)


def _memory(comparison: Comparison) -> Iterator[Line]:
    if not comparison.base_workers and not comparison.run_workers:
        return
    yield "title", "memory of the target"
    for workers, where in ((comparison.base_workers, "base"), (comparison.run_workers, "run")):
        for one in workers:
            yield one.change, f"{MARKS[one.change]} {where:<5} {worker(one)}"
