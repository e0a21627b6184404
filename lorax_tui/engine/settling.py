"""When a phase has settled: all users that it wants have been there for as long as it asks.

Lives in the engine's thread. Knows where users are counted, not where they live.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from time import monotonic

import gevent

from lorax_tui.model.records import PhaseStart

Counts = Mapping[str, int]
"""Users by class."""


class Settling:
    """Watches one phase after the other, and tells once of each."""

    def __init__(
        self,
        wanted: Callable[[], Counts],
        actual: Callable[[], Counts],
        on_settled: Callable[[float], None],
        breath_s: float,
    ) -> None:
        """
        Args:
            wanted: users by class when the ramp is over.
            actual: users by class that are there.
            on_settled: told the second of the run at which the phase has settled.
            breath_s: what the last users get to die in before the wanted ones count as there.
        """
        self.settled_s: float | None = None
        self._wanted = wanted
        self._actual = actual
        self._on_settled = on_settled
        self._breath_s = breath_s
        self._began_s = 0.0
        self._ramped_s: float | None = None
        self._lead_s = 0.0
        self._there_s: float | None = None
        """Since when every wanted user is there."""

    def begin(self, began_s: float) -> None:
        """A run begins, whose clock counts from `began_s` (monotonic)."""
        self._began_s = began_s
        self.settled_s, self._ramped_s, self._there_s = None, None, None

    def change(self, start: PhaseStart) -> None:
        """The load becomes another: what had settled has not any more."""
        self.settled_s, self._ramped_s = None, None
        self._lead_s, self._there_s = start.lead_s, None

    def ramped(self) -> None:
        """The last user was started."""
        self._ramped_s = monotonic()
        gevent.spawn_later(self._breath_s, self.look)

    def look(self) -> None:
        """The phase has settled when every wanted user is there: a user that died on the way is missing."""
        wanted = self._wanted()
        if self._ramped_s is None or self.settled_s is not None or not any(wanted.values()):
            return
        if monotonic() < self._ramped_s + self._breath_s:
            return
        actual = self._actual()
        if all(actual.get(name, 0) >= count for name, count in wanted.items()):
            now_s = monotonic() - self._began_s
            self._there_s = now_s if self._there_s is None else self._there_s
            if now_s - self._there_s >= self._lead_s:
                self.settled_s = now_s
                self._on_settled(now_s)
