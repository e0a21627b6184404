"""What became of a phase's schedule: how much was meant to start, how much did, and how late."""

from __future__ import annotations

from dataclasses import dataclass

from lorax_tui.model.arrivals import MISSED_S, Arrivals, Pacing

UNMET_SHARE = 0.01
"""More of the arrivals than this without a start, and the load was not the one that was asked for."""


@dataclass(frozen=True, slots=True)
class PaceView:
    """What became of the schedule of a paced phase. Counts are of the whole phase."""

    requests_per_second: float | None
    """What the scenario asks for."""
    seed: int | None
    offered: int
    """Arrivals that came due: the schedule is random, so that they are about as many as was asked for."""
    started: int
    missed: int
    """Those that started more than 100 ms late."""
    settling_missed: int
    """Those of `missed` that were due before the wanted users were reached."""
    never_started: int
    """Arrivals that were given up when the phase ended."""
    waiting: int
    """Arrivals that are due and have found no user."""
    oldest_s: float | None
    """How long the oldest of them has been due."""
    offered_rate: float
    started_rate: float
    """A second, in the last interval."""
    offered_rps: float | None
    achieved_rps: float | None
    """Arrivals and starts a second over the settled part."""
    is_unmet: bool
    """Whether more than 1 % of the settled part's arrivals have found no user."""

    @property
    def late(self) -> int:
        """Starts that were missed although the wanted users were there."""
        return self.missed - self.settling_missed

    @property
    def stuck(self) -> int:
        """Arrivals that have waited long enough to count as missed when they start."""
        return self.waiting if self.oldest_s is not None and self.oldest_s > MISSED_S else 0


class Pace:
    """Folds the arrivals of one phase, the settling part and the settled part apart."""

    def __init__(self) -> None:
        self.settling = Arrivals(0, False)
        self.settled = Arrivals(0, True)
        self._offered_rate = 0.0
        self._started_rate = 0.0

    @property
    def is_unmet(self) -> bool:
        """Whether more than 1 % of what was offered in the settled part has found no user."""
        settled = self.settled
        return settled.offered - settled.started > max(1.0, UNMET_SHARE * settled.offered)

    def calm(self) -> None:
        """Forget what was true of the last interval alone."""
        self._offered_rate = self._started_rate = 0.0
        for part in (self.settling, self.settled):
            part.waiting, part.oldest_s = 0, 0.0

    def fold(self, arrivals: Arrivals, settled: bool, lasted_s: float) -> None:
        """Add what an interval counted to one of the parts."""
        part = self.settled if settled else self.settling
        part.absorb(arrivals)
        part.hold(arrivals)
        self._offered_rate += arrivals.offered / lasted_s
        self._started_rate += arrivals.started / lasted_s

    def unsettle(self) -> None:
        """What had settled is settling after all: the load was changed again."""
        part, self.settled = self.settled, Arrivals(0, True)
        self.settling.absorb(part)
        self.settling.hold(part)

    def view(self, pacing: Pacing | None, settled_for_s: float | None) -> PaceView | None:
        """How it stands; `None` where the loop is closed. `settled_for_s` is the length of the settled part."""
        parts = (self.settling, self.settled)
        if pacing is None and not any(part.offered for part in parts):
            return None
        waiting = sum(part.waiting for part in parts)
        return PaceView(
            requests_per_second=pacing.requests_per_second if pacing else None,
            seed=pacing.seed if pacing else None,
            offered=sum(part.offered for part in parts),
            started=sum(part.started for part in parts),
            missed=sum(part.missed for part in parts),
            settling_missed=self.settling.missed,
            never_started=sum(part.never_started for part in parts),
            waiting=waiting,
            oldest_s=max(part.oldest_s for part in parts) if waiting else None,
            offered_rate=self._offered_rate,
            started_rate=self._started_rate,
            offered_rps=self.settled.offered / settled_for_s if settled_for_s else None,
            achieved_rps=self.settled.started / settled_for_s if settled_for_s else None,
            is_unmet=self.is_unmet,
        )
