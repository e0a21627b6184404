"""What a reader sees of the session: the run, and what can be done now."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from lorax_tui.model import view
from lorax_tui.model.baseline import Baseline
from lorax_tui.model.scenario import Scenario


class State(StrEnum):
    """Where the session is. idle → starting → running → stopping → ended → starting → …"""

    IDLE = "idle"
    STARTING = "starting"
    """The target is looked at; no load yet."""
    RUNNING = "running"
    STOPPING = "stopping"
    """The users finish their last asks."""
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Position:
    """A moment of a recorded run."""

    at_s: float
    length_s: float
    speed: int
    """Seconds of the run in a second."""
    is_playing: bool
    is_reading: bool
    """Whether the wanted moment has not been reached yet: it is a long way through the records."""
    marks: tuple[float, ...]
    """When the load was changed."""
    note: str = ""
    """What of the run is missing; empty where it is whole."""


@dataclass(frozen=True, slots=True)
class SessionView:
    """One frozen picture of the session, published after every interval and every command."""

    state: State = State.IDLE
    host: str = ""
    scenarios: tuple[Scenario, ...] = ()
    """In the order of their number keys."""
    scenario: str | None = None
    """The one that runs, or ran last."""
    scenario_start_s: float | None = None
    """When it started; its clock counts from here, in seconds of the run."""
    scenario_end_s: float | None = None
    """When its time will be over; `None`: it has no end."""
    elapsed_s: float = 0.0
    """Seconds since the run began, at the moment of publication."""
    run: view.RunView = field(default=view.EMPTY)
    notice: str = ""
    """What goes on or went wrong just now, in one line; empty where there is nothing to say."""
    folder: Path | None = None
    """Where this run is kept."""
    replay: Position | None = None
    """Where in its recording the run is; `None` where it is a live one."""
    baseline: Baseline | None = None
    """The run that is drawn beside this one."""
    trouble: str = ""
    """Why the run is no longer written to disk; empty where it is."""
    addresses: tuple[str, ...] = ()
    """What the target's name was found to mean."""
    is_remote: bool = False
    """Whether the target is not this machine."""
    must_confirm: bool = False
    """Whether nothing is sent there before somebody has typed its name."""

    @property
    def is_loaded(self) -> bool:
        """Whether users are, or are about to be, at work."""
        return self.state in (State.STARTING, State.RUNNING, State.STOPPING)
