"""What a session is given before it opens."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from lorax_tui.engine.classes import UserClasses
from lorax_tui.model.crew import CrewPlan
from lorax_tui.model.hosts import host_of
from lorax_tui.model.scenario import Guard, Scenario, Target


@dataclass(frozen=True, slots=True)
class Setup:
    """The same for all runs of a session."""

    target: Target
    scenarios: tuple[Scenario, ...]
    """Those that keys can start, in their order."""
    classes: UserClasses
    runs_dir: Path
    guard: Guard = field(default_factory=Guard)
    versions: dict[str, str] = field(default_factory=dict)
    """For the header of the runs."""
    baseline: Path | None = None
    """The run to draw beside the others; `None`: the one that is marked in the folder of runs, if one is."""
    is_confirmed: bool = False
    """Whether a target that is not this machine was named by whoever started the program."""
    config: dict[str, object] = field(default_factory=dict)
    """The whole configuration, for the header of the runs; without secrets."""
    crew: CrewPlan | None = None
    """The workers that make the load; `None`: users live in this process."""

    @property
    def warnings(self) -> tuple[str, ...]:
        """What has to be told of every run."""
        if self.crew is None or not self.crew.is_open:
            return ()
        own = f"{host_of(self.target.host)} is to workers of elsewhere their own machine"
        return (self.crew.warning,) if self.target.is_remote else (self.crew.warning, own)
