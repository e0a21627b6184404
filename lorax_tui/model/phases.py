"""The phases of a run, one after the other: the recent ones whole, of those before them what is kept of the past."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lorax_tui.model.past import KEPT_WHOLE, Past, add_up
from lorax_tui.model.phase import Phase
from lorax_tui.model.records import Interval, PhaseStart, UserCount
from lorax_tui.model.sums import Operation, Sum


class Phases:
    """Begins, ends and finds them; iterates over the recent ones."""

    def __init__(self, recent: Iterable[Phase] = ()) -> None:
        self.past = Past()
        self._recent = list(recent)

    def __iter__(self) -> Iterator[Phase]:
        return iter(self._recent)

    def __len__(self) -> int:
        return len(self._recent)

    def __getitem__(self, place: int) -> Phase:
        return self._recent[place]

    @property
    def latest(self) -> Phase | None:
        """The last that began."""
        return self._recent[-1] if self._recent else None

    @property
    def current(self) -> Phase | None:
        """The one that goes on."""
        latest = self.latest
        return latest if latest is not None and latest.end_s is None else None

    def is_same(self, start: PhaseStart) -> bool:
        """Whether the current phase is changed before it was one: keys pressed in a row."""
        return self.current is not None and self.current.start.phase == start.phase

    def begin(self, start: PhaseStart, at_s: float) -> Phase:
        """The load is another from here on."""
        current = self.current
        if current is not None and self.is_same(start):
            current.redefine(start, at_s)
            return current
        self.close(at_s)
        self._recent.append(Phase(start, at_s))
        return self._recent[-1]

    def close(self, at_s: float) -> None:
        """The current one ends, if there is one."""
        if self._recent:
            self._recent[-1].close(at_s)

    def told_of(self, interval: Interval) -> dict[int, Phase]:
        """Those that an interval can tell of, by number; one whose beginning is not in the record gets its place."""
        found = {phase.start.phase: phase for phase in self._recent}
        counted = {tally.phase for tally in interval.tallies} | {arrivals.phase for arrivals in interval.arrivals}
        counted |= {raised.phase for raised in interval.raised}
        for number in sorted(counted - found.keys()):
            if number > self.past.last_number:
                found[number] = self._unannounced(number, interval)
        return found

    def let_go(self) -> None:
        """Keep no more of them whole than the most recent ones."""
        while len(self._recent) > KEPT_WHOLE and self._recent[0].is_final:
            self.past.absorb(self._recent.pop(0))

    def sums(self, now_s: float) -> tuple[dict[Operation, Sum], float | None]:
        """What was counted of every operation over all of them, and for how long they were settled, if they were."""
        sums, settled_for_s = self.past.sums()
        for phase in self._recent:
            settled_for_s += phase.settled_for_s(now_s) or 0.0
            add_up(sums, phase)
        return sums, settled_for_s or None

    def _unannounced(self, number: int, interval: Interval) -> Phase:
        """A phase whose beginning is not in the record, as in a journal whose middle is lost."""
        start = PhaseStart(number, "unknown", _wanted(interval.users), 0.0, {})
        place = next((place for place, phase in enumerate(self._recent) if phase.start.phase > number), None)
        if place is None:
            return self.begin(start, interval.began_s)
        next_s = self._recent[place].start_s
        phase = Phase(start, min(interval.began_s, next_s))
        phase.close(next_s)
        self._recent.insert(place, phase)
        return phase


def _wanted(users: dict[str, UserCount]) -> int:
    return sum(count.wanted for count in users.values())
