"""Two figures and their ranges, and whether the one is a change of the other.

The two runs vary independently of each other, so that their noise adds up as squares do."""

from __future__ import annotations

from collections.abc import Sequence
from math import hypot

from lorax_tui.model.histogram import Histogram, enough
from lorax_tui.model.tally import Tally
from lorax_tui.runs.comparison.limits import Limits
from lorax_tui.runs.comparison.noise import Range, Spread, likely_share
from lorax_tui.runs.comparison.result import Change, Figure

SHARES = (0.50, 0.95, 0.99)
APART = 1.25
"""How many times the noise of both together a change has to be: there are dozens of figures to be wrong about."""

LATENCIES = ("p50_ms", "p95_ms", "p99_ms")


def latency_figures(base: Histogram, run: Histogram, spreads: Sequence[Spread], limits: Limits) -> list[Figure]:
    """The percentiles of ok answers; `spreads` are those of the base and of the run."""
    figures = []
    values = zip(base.percentiles(SHARES), run.percentiles(SHARES), strict=True)
    for place, (before, after) in enumerate(values):
        fewest = limits.p99_asks if SHARES[place] == 0.99 else 0
        is_known = min(base.total, run.total) >= fewest and all(enough(h.total, SHARES[place]) for h in (base, run))
        ranges = [spread.latencies[place] if is_known else None for spread in spreads]
        least = 0.0 if before is None else max(limits.ms, before * limits.percent / 100)
        figures.append(_figure(LATENCIES[place], before, after, ranges, least))
    return figures


def rate_figure(rates: Sequence[float | None], spreads: Sequence[Spread], limits: Limits | None) -> Figure:
    """Answers a second; without limits for information only: users share their time between operations."""
    base, run = rates
    ranges = [spread.rate if limits else None for spread in spreads]
    least = abs(base or 0.0) * limits.percent / 100 if limits else 0.0
    return _figure("rps", base, run, ranges, least, is_more_worse=False)


def failure_figure(base: Tally, run: Tally, spreads: Sequence[Spread], limits: Limits) -> Figure:
    """The share that failed.

    The run is taken at the least, or most, that its counts allow, and not at what its slices do: an outage that
    filled one slice of many did happen. The base is given the benefit of both.
    """
    shares = [_bad_share(tally) for tally in (base, run)]
    ranges: list[Range | None] = [None, None]
    if None not in shares:
        likely = [likely_share(tally.bad, tally.answered) for tally in (base, run)]
        better = (shares[1] or 0.0) < (shares[0] or 0.0)
        doubted = 1 if better else 0
        ranges = [*likely]
        ranges[doubted] = _either(likely[doubted], spreads[doubted].bad_share)
    return _figure("failed", shares[0], shares[1], ranges, limits.failures_percent / 100)


def _bad_share(tally: Tally) -> float | None:
    return min(1.0, max(0.0, tally.bad / tally.answered)) if tally.answered > 0 else None


def _either(one: Range, other: Range | None) -> Range:
    return one if other is None else Range(min(one.low, other.low), max(one.high, other.high))


def _figure(
    metric: str,
    base: float | None,
    run: float | None,
    ranges: Sequence[Range | None],
    least: float,
    is_more_worse: bool = True,
) -> Figure:
    """Judge: changed where the ranges are apart and the figures are by more than `least`."""
    before, after = ranges
    if base is None or run is None or before is None or after is None:
        return Figure(metric, base, run, None, Change.UNJUDGED)
    delta = run - base
    is_more = delta > 0
    off = (before.high - base, run - after.low) if is_more else (base - before.low, after.high - run)
    noise = APART * hypot(*(max(0.0, each) for each in off))
    change = Change.SAME
    if abs(delta) > noise and abs(delta) > least:
        change = Change.WORSE if is_more == is_more_worse else Change.BETTER
    return Figure(metric, base, run, noise, change)
