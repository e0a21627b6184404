"""Scenarios as a row of steps: what load follows what, and when."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from zlib import crc32

from lorax_tui.model.arrivals import Pacing
from lorax_tui.model.records import PhaseStart
from lorax_tui.model.rule import OnBreach
from lorax_tui.model.scenario import OnEnd, Scenario, Stage
from lorax_tui.model.stages import Planned, StageMark


@dataclass(frozen=True, slots=True)
class Step:
    """One load to be held for a while."""

    scenario: Scenario
    users: int
    spawn_rate: float
    duration_s: float | None
    """`None`: until something else happens."""
    is_first: bool
    """Whether the scenario's clock starts with it."""
    requests_per_second: float | None = None
    stage: StageMark | None = None
    """Which of the scenario's stages it is."""

    def phase_start(self, phase: int, users: int, now_s: float) -> PhaseStart:
        """The load as a record, from `now_s` on; `users` are the step's own, or what the operator made of them."""
        return PhaseStart(
            phase=phase,
            scenario=self.scenario.name,
            users=users,
            spawn_rate=self.spawn_rate,
            mix=self.scenario.mix,
            duration_s=self.duration_s if self.scenario.search is None else None,
            thresholds=self.scenario.thresholds,
            own_thresholds=self.scenario.own_thresholds,
            guards_stop=self.scenario.on_breach is OnBreach.STOP,
            # No load of a search is held for long enough to tell of memory.
            max_growth_mb_per_min=self.scenario.max_growth_mb_per_min if self.scenario.search is None else None,
            pacing=self._pacing(phase, now_s),
            stage=self.stage,
        )

    def _pacing(self, phase: int, now_s: float) -> Pacing | None:
        """The same seed for the same phase of a scenario in every run, so that runs can be compared."""
        if self.requests_per_second is None:
            return None
        return Pacing(self.requests_per_second, crc32(f"{self.scenario.name} {phase}".encode()), now_s)


def steps(scenarios: Iterable[Scenario]) -> list[Step]:
    """The steps of scenarios that follow each other."""
    return [step for scenario in scenarios for step in _steps_of(scenario)]


def _steps_of(scenario: Scenario) -> list[Step]:
    if scenario.search is not None:
        users = min(scenario.search.start, scenario.users)
        return [Step(scenario, users, scenario.spawn_rate, scenario.duration_s, True)]
    if not scenario.stages:
        pace = scenario.requests_per_second
        return [Step(scenario, scenario.users, scenario.spawn_rate, scenario.duration_s, True, pace)]
    return [
        Step(
            scenario,
            stage.users,
            stage.spawn_rate,
            stage.duration_s,
            number == 0,
            stage.requests_per_second,
            StageMark(number + 1, len(scenario.stages), _planned(scenario.stages[number + 1 :])),
        )
        for number, stage in enumerate(scenario.stages)
    ]


def _planned(stages: Iterable[Stage]) -> list[Planned]:
    return [Planned(stage.users, stage.spawn_rate, stage.duration_s) for stage in stages]


class Plan:
    """The step that is held, and those that are to follow it."""

    def __init__(self, scenarios: Sequence[Scenario]) -> None:
        self._scenarios = list(scenarios)
        self._ahead: list[Step] = []
        self.step: Step | None = None
        self.start_s: float | None = None
        """When the current scenario's clock started, in seconds of the run."""
        self.end_s: float | None = None
        """When its time will be over; `None`: it has no end."""

    def replace(self, ahead: list[Step]) -> None:
        """Plan these steps instead of what was to follow."""
        self._ahead = list(ahead)

    def coming(self) -> list[Step]:
        """What follows; nothing where the current step is the last."""
        if not self._ahead and self.step is not None and self.step.scenario.on_end is OnEnd.NEXT:
            return steps(self._after(self.step.scenario))
        return self._ahead

    def advance(self, now_s: float) -> Step:
        """Go to the first of the steps that follow."""
        self.step, *self._ahead = self.coming()
        step = self.step
        if step.is_first:
            self.start_s, self.end_s = now_s, self._scenario_end_s(step, now_s)
        return step

    def hold(self) -> bool:
        """Whether the current scenario's load goes on after its time; it has no end then."""
        if self.step is None or self.step.scenario.on_end is not OnEnd.HOLD:
            return False
        self.end_s = None
        return True

    def _scenario_end_s(self, first: Step, now_s: float) -> float | None:
        end_s = now_s
        stages = [first, *self._ahead]
        for number, step in enumerate(stages):
            if number and step.is_first:
                break
            if step.duration_s is None:
                return None
            end_s += step.duration_s
        return end_s

    def _after(self, scenario: Scenario) -> list[Scenario]:
        names = [other.name for other in self._scenarios]
        after = names.index(scenario.name) + 1 if scenario.name in names else len(names)
        return self._scenarios[after : after + 1]
