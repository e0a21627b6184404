"""The run that others are held against, as it is drawn beside one that goes on: phase by phase, from its start."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from lorax_tui.model.match import Load, difference, turns
from lorax_tui.model.phase_view import PhaseView
from lorax_tui.model.point import Latency
from lorax_tui.model.sums import Operation


@dataclass(frozen=True, slots=True)
class BaselinePhase:
    """What was on the charts and in the table during one phase."""

    scenario: str
    load: Load
    at_s: tuple[float, ...]
    """Seconds since the phase began, one for each interval."""
    ok_rate: tuple[float, ...]
    p95_ms: dict[Operation, tuple[float | None, ...]]
    """Of the sliding window, by protocol and name as in `Point.latency`."""
    settled: dict[Operation, Latency]
    """Percentiles of the settled part."""


@dataclass(frozen=True, slots=True)
class Baseline:
    """A whole run."""

    run: str
    phases: tuple[BaselinePhase, ...]

    def beside(self, phases: Sequence[PhaseView], place: int) -> BaselinePhase | None:
        """The phase to hold the one at this place against: of the same scenario, turn and load, if there is one."""
        phase = phases[place]
        turn = turns([other.scenario for other in phases[: place + 1]])[-1]
        mine = turns([other.scenario for other in self.phases])
        if turn not in mine:
            return None
        base = self.phases[mine.index(turn)]
        load = Load(phase.users_wanted, phase.mix, phase.requests_per_second)
        return None if difference(base.load, load) else base

    def drawn(
        self,
        phases: Sequence[PhaseView],
        between_s: tuple[float, float],
        values: Callable[[BaselinePhase], Sequence[float | None]],
    ) -> Iterator[tuple[float, float | None]]:
        """Its values at the same times of the same phases, on the clock of the run that goes on.

        A phase begins with a gap: what was before it belongs to another load.
        """
        from_s, until_s = between_s
        for place, phase in enumerate(phases):
            end_s = until_s if phase.end_s is None else min(phase.end_s, until_s)
            if end_s < from_s or phase.start_s > until_s or (base := self.beside(phases, place)) is None:
                continue
            shown = values(base)
            yield phase.start_s, None
            first = bisect_right(base.at_s, from_s - phase.start_s)
            for index in range(first, min(bisect_right(base.at_s, end_s - phase.start_s), len(shown))):
                yield base.at_s[index] + phase.start_s, shown[index]
