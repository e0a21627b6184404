"""A recorded run seen again: the records folded up to a moment, and nothing that was not in them.

The moment moves by a clock that is given, as fast as is wished, and can be put anywhere. Going back is folding again
from the nearest moment that was kept. Knows no screen and no engine.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable
from itertools import accumulate
from pathlib import Path
from time import monotonic

import msgspec

from lorax_tui.model.records import Event, EventKind, Header, Interval, PhaseStart, reached_s
from lorax_tui.model.scenario import Scenario
from lorax_tui.model.view import RunView
from lorax_tui.runs import store
from lorax_tui.runs.recorded import Recorded, read
from lorax_tui.session.moments import Moments
from lorax_tui.session.view import Position, SessionView, State

SPEEDS = (1, 2, 5, 10, 30, 60)


class Replay:
    """Play, pause, step, seek; `view` is what a session would have shown at that moment."""

    def __init__(self, folder: Path, recorded: Recorded, clock: Callable[[], float] = monotonic) -> None:
        self._folder = folder
        self._recorded = recorded
        self._clock = clock
        records = recorded.records
        self._times_s = list(accumulate(map(reached_s, records), max))
        """Up to when the records tell something, each with those before it."""
        self._beats_s = [
            at_s for at_s, record in zip(self._times_s, records, strict=True) if isinstance(record, Interval)
        ]
        self._events_s = sorted({record.at_s for record in records if isinstance(record, Event)})
        self._starts = _starts(recorded)
        self._scenarios = _scenarios(recorded)
        self._moments = Moments(records)
        self._at_s = 0.0
        self._since_s = clock()
        """When the clock said that it was `_at_s`."""
        self._speed = SPEEDS[0]
        self._is_playing = False
        self._folded: tuple[int, RunView] | None = None
        self._shown: tuple[object, SessionView] | None = None

    @classmethod
    def open(cls, folder: Path) -> Replay:
        """The run in that folder; begins to prepare for jumps in the background.

        Raises:
            RunError: there is no journal that could be read.
        """
        replay = cls(folder, read(folder / store.JOURNAL))
        replay._moments.prepare()
        return replay

    def close(self) -> None:
        """Give up what is prepared in the background."""
        self._moments.close()

    @property
    def length_s(self) -> float:
        """How long the recording is."""
        return self._times_s[-1]

    @property
    def view(self) -> SessionView:
        """The moment, frozen."""
        at_s = self._now_s()
        if self._is_playing and at_s >= self.length_s:
            self.pause()
        wanted = bisect_right(self._times_s, at_s)
        count = self._moments.go(wanted)
        key = (count, wanted, at_s, self._speed, self._is_playing)
        if self._shown is None or self._shown[0] != key:
            self._shown = key, self._view(at_s, count, count < wanted)
        return self._shown[1]

    @property
    def notice(self) -> str:
        """What of the run is missing; empty where it is whole."""
        return self._recorded.notice

    def play(self) -> None:
        """Let time pass; from the beginning, where it was at its end."""
        if self._now_s() >= self.length_s:
            self.seek(0.0)
        self._since_s, self._is_playing = self._clock(), True

    def pause(self) -> None:
        """Hold the moment."""
        self._at_s, self._is_playing = self._now_s(), False

    def toggle(self) -> None:
        """Play or pause."""
        if self._is_playing:
            self.pause()
        else:
            self.play()

    def seek(self, at_s: float) -> None:
        """Go to a moment; what plays goes on from there."""
        self._at_s, self._since_s = min(max(0.0, at_s), self.length_s), self._clock()

    def skip(self, seconds: float) -> None:
        """Go on, or back, by so much."""
        self.seek(self._now_s() + seconds)

    def change_speed(self, steps: int) -> None:
        """Go faster, or slower."""
        self.seek(self._now_s())
        place = SPEEDS.index(self._speed) + steps
        self._speed = SPEEDS[min(max(0, place), len(SPEEDS) - 1)]

    def step(self, steps: int) -> None:
        """Go to the end of the next interval, or of the one before, and hold it."""
        self.pause()
        self.seek(_neighbour(self._beats_s, self._at_s, steps, self.length_s))

    def to_event(self, steps: int) -> None:
        """Go to the next thing that happened, or to the one before."""
        self.seek(_neighbour(self._events_s, self._now_s(), steps, self.length_s))

    def _now_s(self) -> float:
        passed_s = (self._clock() - self._since_s) * self._speed if self._is_playing else 0.0
        return min(self._at_s + passed_s, self.length_s)

    def _view(self, at_s: float, count: int, is_reading: bool) -> SessionView:
        if self._folded is None or self._folded[0] != count:
            self._folded = count, self._moments.run.view()
        run = self._folded[1]
        state = _state(run)
        reached = self._starts[: bisect_right(self._starts, count - 1, key=lambda start: start[0])]
        start = reached[-1][1] if reached else None
        is_over = count == len(self._times_s)
        end_s = start.scenario_end_s if start else None
        return SessionView(
            state=state,
            host=run.host,
            scenarios=self._scenarios,
            scenario=start.scenario if start else None,
            scenario_start_s=start.scenario_start_s if start else None,
            scenario_end_s=None if end_s is not None and end_s < at_s and state is State.RUNNING else end_s,
            elapsed_s=at_s if state is State.RUNNING else run.elapsed_s,
            run=run,
            notice=self.notice if is_over else "",
            folder=self._folder,
            replay=Position(
                at_s=at_s,
                length_s=self.length_s,
                speed=self._speed,
                is_playing=self._is_playing,
                is_reading=is_reading,
                marks=tuple(start[2] for start in self._starts),
                note=self.notice,
            ),
        )


def _state(run: RunView) -> State:
    if run.ended is not None:
        return State.ENDED
    is_stopped = any(event.kind is EventKind.STOP for event in run.events)
    return State.STOPPING if is_stopped else State.RUNNING


def _neighbour(places_s: list[float], at_s: float, steps: int, length_s: float) -> float:
    """The next or the previous of some times; the end, or the beginning, where there is none."""
    if steps > 0:
        place = bisect_right(places_s, at_s)
        return places_s[place] if place < len(places_s) else length_s
    place = bisect_left(places_s, at_s) - 1
    return places_s[place] if place >= 0 else 0.0


def _starts(recorded: Recorded) -> list[tuple[int, PhaseStart, float]]:
    """Which loads began, as place, load and time; a journal that knows no scenario's clock gets the likely one."""
    starts: list[tuple[int, PhaseStart, float]] = []
    for place, record in enumerate(recorded.records):
        if not isinstance(record, Event) or (start := record.start) is None:
            continue
        if start.scenario_start_s is None:
            before = starts[-1][1] if starts else None
            if before is not None and before.scenario == start.scenario and record.kind is EventKind.ADJUST:
                begun_s, end_s = before.scenario_start_s, before.scenario_end_s
            else:
                begun_s = record.at_s
                end_s = None if start.duration_s is None else begun_s + start.duration_s
            start = msgspec.structs.replace(start, scenario_start_s=begun_s, scenario_end_s=end_s)
        starts.append((place, start, record.at_s))
    return starts


def _scenarios(recorded: Recorded) -> tuple[Scenario, ...]:
    """The scenarios that could be started then."""
    header = recorded.records[0]
    config = header.config if isinstance(header, Header) else {}
    try:
        return tuple(msgspec.convert(config.get("scenarios", []), list[Scenario]))
    except msgspec.ValidationError:
        return ()
