"""The stages of a scenario: which of them a phase is, and how many users are planned when."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from msgspec import Meta, Struct, field

_Count = Annotated[int, Meta(ge=0, le=1 << 53)]
_Length = Annotated[float, Meta(gt=0, le=1e12)]


class Planned(Struct, frozen=True):
    """A stage that is still to come."""

    users: _Count
    spawn_rate: _Length
    """Users started or stopped a second."""
    duration_s: _Length


class StageMark(Struct, frozen=True, omit_defaults=True):
    """The mark of a phase that is a stage of its scenario."""

    number: _Count
    """From 1."""
    count: _Count
    """How many stages there are."""
    ahead: list[Planned] = field(default_factory=list)
    """Those that follow."""

    def next_s(self, end_s: float) -> float:
        """When the stage is over, where the scenario is at `end_s`."""
        return end_s - sum(stage.duration_s for stage in self.ahead)

    def planned(self, users: int, now_s: float, end_s: float, until_s: float) -> Iterator[tuple[float, float]]:
        """Users planned for every second from now on.

        Args:
            users: those of this stage.
            end_s: when the scenario is over.
            until_s: how far to look.
        """
        turns: list[tuple[float, float, int, float]] = []
        at_s, before = self.next_s(end_s), float(users)
        for stage in self.ahead:
            turns.append((at_s, before, stage.users, stage.spawn_rate))
            at_s, before = at_s + stage.duration_s, _after(before, stage.users, stage.spawn_rate * stage.duration_s)
        seconds = 0
        while (moment_s := now_s + seconds) <= min(until_s, end_s):
            wanted = float(users)
            for turn_s, from_users, to_users, spawn_rate in turns:
                if moment_s >= turn_s:
                    wanted = _after(from_users, to_users, spawn_rate * (moment_s - turn_s))
            yield moment_s, wanted
            seconds += 1


def _after(before: float, wanted: int, change: float) -> float:
    """How many users there are when so many have been started or stopped."""
    return min(float(wanted), before + change) if wanted > before else max(float(wanted), before - change)
