"""Looks at the guards and the limits of a run after every record: what is to be told, and whether the run is to end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from lorax_tui.errors import UsageError
from lorax_tui.model.records import EventKind, GuardName
from lorax_tui.session.recording import Recording


@dataclass(frozen=True, slots=True)
class Ending:
    """Why a run is to end."""

    reason: str
    by_guard: bool
    told: str
    """What the events say of it, which tell the reason already where a guard tripped."""


class Watch:
    """Records each breach once, until things are well again."""

    def __init__(self, recording: Recording, clock_s: Callable[[], float]) -> None:
        self._recording = recording
        self._clock_s = clock_s
        self._told: set[GuardName] = set()
        self.is_ending = False
        """Whether it has said that the run is to end; it says so once."""

    def look(self) -> Ending | None:
        """Record what has tripped since the last look; returns why the run is to end, where it is."""
        run = self._recording.run
        tripped = [guard for guard in run.guards.view() if guard.has_tripped]
        for guard in tripped:
            if guard.name not in self._told:
                self._recording.event(self._clock_s(), EventKind.BREACH, guard.text, guard=guard.name)
        self._told = {guard.name for guard in tripped}
        fatal, broken = next((guard for guard in tripped if guard.stops), None), run.fatal_breach()
        if self.is_ending or (fatal is None and broken is None):
            return None
        self.is_ending = True
        if fatal is not None:
            return Ending(fatal.text, by_guard=True, told=f"the {fatal.name} guard ends the run")
        assert broken is not None
        reason = f"limit broken: {broken.subject} {broken.rule.text}"
        return Ending(reason, by_guard=False, told=reason)

    def silence(self) -> str:
        """The most pressing guard shall end nothing any more; returns what it says.

        Raises:
            UsageError: no guard is about to end the run.
        """
        guard = next((guard for guard in self._recording.run.guards.view() if guard.stops), None)
        if guard is None:
            raise UsageError("no guard is about to end this run")
        text = f"the {guard.name} guard is silenced: {guard.text}"
        self._recording.event(self._clock_s(), EventKind.SILENCE, text, guard=guard.name)
        return text
