"""The words of a comparison: figures with their units, changes in a sentence. Pure text, for every reader."""

from __future__ import annotations

from collections.abc import Iterator

from lorax_tui.model import format as words
from lorax_tui.runs.comparison.limits import Limits
from lorax_tui.runs.comparison.result import Change, Comparison, Figure, Result, Worker

MARKS = {Change.WORSE: "✗", Change.BETTER: "✓", Change.SAME: "=", Change.UNJUDGED: " "}

METRICS = {"p50_ms": "p50", "p95_ms": "p95", "p99_ms": "p99", "rps": "answers/s", "failed": "failed"}


def headline(comparison: Comparison) -> str:
    """The result in a sentence."""
    changes = [figure.change for _, _, figure in comparison.figures()]
    changes += [worker.change for worker in comparison.run_workers]
    worse, better = changes.count(Change.WORSE), changes.count(Change.BETTER)
    judged = len(changes) - changes.count(Change.UNJUDGED)
    counted = f"{worse} worse, {better} better, {judged - worse - better} the same"
    return {
        Result.REGRESSION: f"regression: {counted}",
        Result.IMPROVEMENT: f"improvement: {counted}",
        Result.SAME: f"same: {judged} figures, none of them changed beyond noise and limits",
        Result.INCONCLUSIVE: "inconclusive: there was too little to judge, or no answer where the base had some",
    }[comparison.result]


def changes(comparison: Comparison) -> Iterator[tuple[Change, str]]:
    """Everything that changed, the worse first."""
    for wanted in (Change.WORSE, Change.BETTER):
        for phase, row, figure in comparison.figures():
            if figure.change is wanted:
                where = f" in {phase.scenario}" if len(comparison.phases) > 1 else ""
                yield wanted, f"{row.label}{where}: {change(figure)}"
        for worker in comparison.run_workers:
            if worker.change is wanted:
                faster = "faster" if wanted is Change.WORSE else "more slowly"
                yield (
                    wanted,
                    (
                        f"pid {worker.pid}: memory grows {faster} than any worker of the base: "
                        f"{words.slope(worker.slope_mb_per_min)}"
                    ),
                )


def change(figure: Figure) -> str:
    """A change with both of its sizes: p95 12 ms → 44 ms (+32 ms, +267 %; noise 1.2 ms)."""
    name, delta = METRICS[figure.metric], figure.delta
    both = f"{name} {value(figure.metric, figure.base)} → {value(figure.metric, figure.run)}"
    if delta is None:
        return both
    parts = [f"{'+' if delta > 0 else '-'}{value(figure.metric, abs(delta))}"]
    if figure.metric == "failed":
        parts[0] = parts[0].replace(" %", " points")
    elif figure.share is not None:
        parts.append(relative(figure))
    noise = f"; noise {value(figure.metric, figure.noise)}" if figure.noise is not None else ""
    return f"{both} ({', '.join(parts)}{noise})"


def value(metric: str, number: float | None) -> str:
    """A figure with its unit."""
    if metric == "failed":
        return words.percent(number)
    return words.rate(number) if metric == "rps" else words.latency(number)


def relative(figure: Figure) -> str:
    """The change in percent, in few cells: +12 %, -3 %, >+999 %; failures in points: +0.4."""
    if figure.metric == "failed":
        return "" if not figure.delta else f"{figure.delta * 100:+.1f}"
    return "" if figure.share is None else words.relative(figure.share)


def worker(worker: Worker) -> str:
    """How the memory of a worker grew."""
    grew = f"pid {worker.pid} {words.slope(worker.slope_mb_per_min)}"
    if worker.low is None or worker.high is None:
        return grew
    return f"{grew}, its halves from {words.slope(worker.low)} to {words.slope(worker.high)}"


def rules(limits: Limits) -> str:
    """What counts as a change."""
    return (
        f"changed: beyond the noise and by {limits.percent:g} % and {limits.ms:g} ms, a p99 from "
        f"{limits.p99_asks} answers on, failures by {limits.failures_percent:g} % of asks, "
        f"memory by {limits.slope_mb_per_min:g} MB/min"
    )
