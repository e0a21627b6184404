"""What the screen costs, from the thread that draws it into the record of the run."""

from __future__ import annotations

from dataclasses import dataclass
from time import monotonic

from msgspec.structs import replace

from lorax_tui.model.records import Interval

LATEST_S = 2.5
"""How long what a tick has cost is news: nothing is known of a screen that stands still."""


@dataclass(frozen=True, slots=True)
class ScreenCost:
    """CPU of the screen's thread for a tick, and when that was told (monotonic)."""

    cpu_ms: float = 0.0
    told_s: float = float("-inf")

    def add_to(self, interval: Interval) -> Interval:
        """The interval with this in its health, as long as it is news."""
        if monotonic() - self.told_s > LATEST_S:
            return interval
        return replace(interval, health=replace(interval.health, ui_tick_ms=self.cpu_ms))
