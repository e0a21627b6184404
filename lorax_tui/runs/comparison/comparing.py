"""Two streams of records in, a frozen comparison out. Pure, but for `compare_runs`, which reads two folders."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from lorax_tui.errors import RunError
from lorax_tui.model.histogram import Histogram
from lorax_tui.model.phase import Phase
from lorax_tui.model.records import Record
from lorax_tui.model.sums import Operation, Sum
from lorax_tui.model.tally import Tally
from lorax_tui.runs.comparison import memory
from lorax_tui.runs.comparison.differences import doubt, pair_warnings, pairs, warnings
from lorax_tui.runs.comparison.figures import (
    SHARES,
    failure_figure,
    latency_figures,
    rate_figure,
)
from lorax_tui.runs.comparison.limits import Limits
from lorax_tui.runs.comparison.noise import Spread, spread
from lorax_tui.runs.comparison.result import Change, ComparedPhase, Comparison, Figure, Row
from lorax_tui.runs.comparison.side import Side, Slice
from lorax_tui.runs.recorded import read
from lorax_tui.runs.store import JOURNAL

_DEFAULT = Limits()


def compare_runs(base: Path, run: Path, limits: Limits = _DEFAULT) -> Comparison:
    """Compare the runs in two folders.

    Raises:
        RunError: one of them cannot be read, or they have nothing in common.
    """
    found = [read(folder / JOURNAL) for folder in (base, run)]
    comparison = compare(found[0].records, found[1].records, limits)
    told = (f"{what}: {one.notice}" for what, one in zip(("the base", "this run"), found, strict=True) if one.notice)
    return replace(comparison, warnings=(*told, *comparison.warnings))


def compare(base: Iterable[Record], run: Iterable[Record], limits: Limits = _DEFAULT) -> Comparison:
    """Compare two runs.

    Raises:
        RunError: no phase of the one can be held against a phase of the other; says why.
    """
    sides = Side(base), Side(run)
    found, reasons = pairs(*sides)
    if not found:
        raise RunError(f"these two cannot be compared: {'; '.join(reasons) or 'no load ran in either'}")
    told = [*warnings(*sides), *(f"{reason}: not compared" for reason in reasons)]
    phases = []
    for pair in found:
        lengths = [side.settled_for_s(phase) for side, phase in zip(sides, pair, strict=True)]
        told += pair_warnings(pair, lengths[0], lengths[1])
        phases.append(_Pair(sides, pair, limits).compared())
    told += [text for phase in phases for row in phase.rows for text in _alone(row)]
    base_workers, run_workers = memory.workers(sides[0].memory, sides[1].memory, limits)
    names = [side.name for side in sides]
    return Comparison(names[0], names[1], tuple(phases), base_workers, run_workers, tuple(dict.fromkeys(told)), limits)


def _alone(row: Row) -> Iterator[str]:
    if bool(row.base_answers) != bool(row.run_answers):
        yield f"{row.label}: answered in {'the base' if row.base_answers else 'this run'} only"


class _Pair:
    """Two phases of one scenario."""

    def __init__(self, sides: tuple[Side, Side], pair: tuple[Phase, Phase], limits: Limits) -> None:
        self._pair = pair
        self._limits = limits
        self._doubt = doubt(*pair)
        self._is_paced = pair[1].start.pacing is not None
        self._lengths = [side.settled_for_s(phase) for side, phase in zip(sides, pair, strict=True)]
        self._slices = [side.slices(phase) for side, phase in zip(sides, pair, strict=True)]

    def compared(self) -> ComparedPhase:
        base, run = self._pair
        operations = sorted({*base.operations, *run.operations})
        rows = [self._row(operation) for operation in operations]
        if rows:
            rows.insert(0, self._whole())
        return ComparedPhase(
            scenario=run.start.scenario,
            users=run.start.users,
            is_paced=self._is_paced,
            base_number=base.start.phase,
            run_number=run.start.phase,
            doubt=self._doubt,
            rows=tuple(rows),
        )

    def _row(self, operation: Operation) -> Row:
        base, run = (
            (phase.operations.get(operation) or Sum(*operation)).settled
            if self._lengths[place] is not None
            else Tally(0, True, *operation)
            for place, phase in enumerate(self._pair)
        )
        spreads = [self._spread(slices, operation) for slices in self._slices]
        figures = latency_figures(self._latency(base), self._latency(run), spreads, self._limits)
        rates = [_per_s(tally.answered, length) for tally, length in zip((base, run), self._lengths, strict=True)]
        figures.append(rate_figure(rates, spreads, None))
        figures.append(failure_figure(base, run, spreads, self._limits))
        return Row(*operation, base.answered, run.answered, self._judged(figures))

    def _whole(self) -> Row:
        """All operations together: their rate is what a phase as a whole gets done."""
        totals = [
            sum(total.settled.answered for total in phase.operations.values()) if length is not None else 0
            for phase, length in zip(self._pair, self._lengths, strict=True)
        ]
        spreads = [self._spread(_together(slices), ("", "")) for slices in self._slices]
        rates = [_per_s(total, length) for total, length in zip(totals, self._lengths, strict=True)]
        return Row("", "", totals[0], totals[1], self._judged([rate_figure(rates, spreads, self._limits)]))

    def _latency(self, tally: Tally) -> Histogram:
        """In paced phases from the intended start: else a target that stalls would be asked less, and look well."""
        return tally.intended_latency if self._is_paced and tally.intended_latency.total else tally.ok_latency

    def _spread(self, slices: Sequence[Slice], operation: Operation) -> Spread:
        tallies = [part.tallies.get(operation) or Tally(0, True, *operation) for part in slices]
        latencies = [self._latency(tally) for tally in tallies]
        return spread(tallies, latencies, [part.lasted_s for part in slices], SHARES)

    def _judged(self, figures: Sequence[Figure]) -> tuple[Figure, ...]:
        if not self._doubt:
            return tuple(figures)
        return tuple(Figure(f.metric, f.base, f.run, f.noise, Change.UNJUDGED) for f in figures)


def _per_s(answered: int, length_s: float | None) -> float | None:
    return answered / length_s if length_s and length_s > 0 else None


def _together(slices: Sequence[Slice]) -> list[Slice]:
    """Slices in which all operations are one, without their latencies, which are never mixed."""
    result = []
    for part in slices:
        total = Tally(0, True, "", "")
        for tally in part.tallies.values():
            total.ok += tally.ok
            total.failed += tally.bad
        result.append(Slice(part.lasted_s, {("", ""): total}))
    return result
