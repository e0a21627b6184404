"""Where every ask is counted: begun once, ended in exactly one outcome, cut into intervals.

Lives in the engine's thread only. Knows nothing of HTTP, sockets or users.
"""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter
from typing import NamedTuple, Protocol

from lorax_tui.model.error_counts import ErrorCounts
from lorax_tui.model.hidden import hide
from lorax_tui.model.tally import EXCEPTION, OTHER, WAITED_S, Outcome, Raised, Tally
from lorax_tui.model.text import safe

MOST_TASKS = 200
"""Tasks whose exceptions are told apart; those of the rest are counted under `other`."""

MOST_OPERATIONS = 200
"""Operations told apart in one run; the rest is counted as `other`."""

Key = tuple[int, bool, str, str]
"""Phase, settled or not, protocol, name."""


class Arrival(NamedTuple):
    """When a paced ask was meant to start, told at the moment at which it does."""

    delay_ms: float
    """How long ago that was."""
    settled: bool
    """Whether the phase had settled by then."""


class Ask:
    """One request, from its start to its only outcome."""

    __slots__ = ("_recorder", "began", "delay_ms", "ended", "is_void", "key")

    def __init__(self, recorder: Recorder, key: Key, delay_ms: float | None = None) -> None:
        self._recorder = recorder
        self.key = key
        self.delay_ms = delay_ms
        self.began = perf_counter()
        self.ended = False
        self.is_void = False
        """Whether its outcome would say nothing, and its latency less."""

    @property
    def elapsed_ms(self) -> float:
        return (perf_counter() - self.began) * 1e3

    def ok(self, elapsed_ms: float | None = None) -> None:
        """The right answer came; `elapsed_ms` where it was stamped earlier than now."""
        self._end(Outcome.OK, elapsed_ms)

    def failed(self, kind: str, message: object, elapsed_ms: float | None = None) -> None:
        """A wrong answer, or the connection failed. `kind` is one word; `message` may be hostile."""
        self._end(Outcome.FAILED, elapsed_ms, kind, message)

    def timeout(self, message: object, elapsed_ms: float | None = None) -> None:
        """No answer within the limit."""
        self._end(Outcome.TIMEOUT, elapsed_ms, "timeout", message)

    def busy(self, message: object) -> None:
        """The target said that it has no room for this ask."""
        self._end(Outcome.BUSY, None, "busy", message)

    def disconnected(self, message: object) -> None:
        """The socket went away under the ask."""
        self._end(Outcome.DISCONNECTED, None, "disconnected", message)

    def interrupted(self) -> None:
        """We ended it: a ramp-down, a switch or a stop."""
        self._end(Outcome.INTERRUPTED, None)

    def late(self) -> None:
        """An answer came after the outcome: counted, credited to nobody."""
        self._recorder.late(self)

    def _end(self, outcome: Outcome, elapsed_ms: float | None, kind: str = "", message: object = "") -> None:
        if self.ended:
            raise RuntimeError(f"a second outcome ({outcome}) for one ask of {self.key[2]} {self.key[3]}")
        self.ended = True
        self._recorder.end(self, outcome, self.elapsed_ms if elapsed_ms is None else elapsed_ms, kind, message)


class Entrance(Protocol):
    """Where asks begin: the recorder, or something before it that makes them wait."""

    def begin(self, protocol: str, name: str) -> Ask:
        """Start an ask now, or as soon as it may."""


class Recorder:
    """Counts the asks of all users and hands out what happened since the last cut."""

    def __init__(self) -> None:
        self.phase = 0
        self.settled = False
        self._names: dict[tuple[str, str], tuple[str, str]] = {}
        self._tallies: dict[Key, Tally] = {}
        self._errors: dict[Key, ErrorCounts] = {}
        self._in_flight: dict[Key, dict[Ask, None]] = {}
        self._raised: dict[tuple[int, str], ErrorCounts] = {}
        self.on_end: Callable[[Ask, Outcome, float, str], None] | None = None
        """Called with every outcome, its elapsed milliseconds and its message; for listeners of a user's file."""

    def begin(self, protocol: str, name: str, arrival: Arrival | None = None) -> Ask:
        """Start an ask now, under the current phase.

        Args:
            protocol: `HTTP` or `Socket.IO`.
            name: as in `GET /projects` or `load_file`; made safe and capped here.
            arrival: when it was meant to start; `None`: nobody meant anything.
        """
        operation = self._names.get((protocol, name)) or self._named(protocol, name)
        if arrival is None:
            key = (self.phase, self.settled, *operation)
            ask = Ask(self, key)
        else:
            key = (self.phase, self.settled and arrival.settled, *operation)
            ask = Ask(self, key, arrival.delay_ms)
        self._tally(key).asks += 1
        flying = self._in_flight.get(key)
        if flying is None:
            flying = self._in_flight[key] = {}
        flying[ask] = None
        return ask

    def end(self, ask: Ask, outcome: Outcome, elapsed_ms: float, kind: str, message: object) -> None:
        """Book the outcome of an ask; called by the ask."""
        self._in_flight[ask.key].pop(ask, None)
        text = ""
        if ask.is_void:
            outcome = Outcome.INTERRUPTED
            self._tally(ask.key).interrupted += 1
        else:
            text = self._book(ask, outcome, elapsed_ms, kind, message)
        if self.on_end is not None:
            self.on_end(ask, outcome, elapsed_ms, text)

    def late(self, ask: Ask) -> None:
        """Count an answer that came after its ask had ended."""
        self._tally(ask.key).late += 1

    def raised(self, task: str, error: BaseException) -> None:
        """Count an exception that a user's own task raised."""
        key = (self.phase, safe(task, 80))
        if key not in self._raised and len(self._raised) >= MOST_TASKS:
            key = (self.phase, OTHER)
        self._raised.setdefault(key, ErrorCounts()).add(EXCEPTION, safe(hide(f"{type(error).__name__}: {error}")))

    def cut_raised(self) -> list[Raised]:
        """The exceptions since the last cut."""
        raised, self._raised = self._raised, {}
        return [Raised(phase, task, errors.records()) for (phase, task), errors in raised.items()]

    def cut(self) -> list[Tally]:
        """What happened since the last cut; what is still in flight comes again with the next one."""
        now = perf_counter()
        for key, flying in list(self._in_flight.items()):
            if not flying:
                if key[:2] != (self.phase, self.settled):
                    del self._in_flight[key]
                continue
            tally = self._tally(key)
            tally.in_flight = len(flying)
            tally.oldest_s = now - next(iter(flying)).began
            for ask in flying:  # the oldest first
                if now - ask.began < WAITED_S:
                    break
                tally.waited.record((now - ask.began) * 1e3)
        for key, errors in self._errors.items():
            self._tallies[key].errors = errors.records()
        tallies = list(self._tallies.values())
        self._tallies, self._errors = {}, {}
        return tallies

    def annul(self) -> None:
        """The process stood still: what has ended since the last cut, or is in flight, was interrupted by that."""
        for tally in self._tallies.values():
            tally.annul()
        self._errors = {}
        now = perf_counter()
        for flying in self._in_flight.values():
            for ask in flying:
                ask.is_void, ask.began = True, now

    def unsettle(self) -> None:
        """The load of the current phase is changed again: what seemed settled since the last cut was not."""
        for key in [key for key in {**self._tallies, **self._in_flight} if key[:2] == (self.phase, True)]:
            settling = (self.phase, False, *key[2:])
            if key in self._tallies:
                self._tally(settling).absorb(self._tallies.pop(key))
            if key in self._errors:
                self._errors.setdefault(settling, ErrorCounts()).absorb(self._errors.pop(key).records())
            for ask in self._in_flight.pop(key, {}):
                ask.key = settling
                self._in_flight.setdefault(settling, {})[ask] = None

    def _book(self, ask: Ask, outcome: Outcome, elapsed_ms: float, kind: str, message: object) -> str:
        """Count an outcome; returns its message as it may be shown."""
        key = ask.key
        tally = self._tally(key)
        match outcome:
            case Outcome.OK:
                tally.ok += 1
                tally.ok_latency.record(elapsed_ms)
                if ask.delay_ms is not None:
                    tally.intended_latency.record(ask.delay_ms + elapsed_ms)
            case Outcome.INTERRUPTED:
                tally.interrupted += 1
                tally.interrupted_oldest_s = max(tally.interrupted_oldest_s, elapsed_ms / 1e3)
                tally.interrupted_latency.record(elapsed_ms)
            case _:
                setattr(tally, outcome, getattr(tally, outcome) + 1)
                kind, text = safe(hide(kind), 40), safe(hide(message))
                if outcome in (Outcome.FAILED, Outcome.TIMEOUT):
                    tally.failed_latency.record(elapsed_ms)
                if outcome is Outcome.FAILED:
                    kind = tally.count_kind(kind)
                self._count_error(key, kind, text)
                return text
        return ""

    def _tally(self, key: Key) -> Tally:
        tally = self._tallies.get(key)
        if tally is None:
            tally = self._tallies[key] = Tally(*key)
        return tally

    def _named(self, protocol: str, name: str) -> tuple[str, str]:
        if len(self._names) >= MOST_OPERATIONS:
            return protocol, OTHER
        operation = self._names[protocol, name] = (protocol, safe(hide(name), 80))
        return operation

    def _count_error(self, key: Key, kind: str, text: str) -> None:
        errors = self._errors.get(key)
        if errors is None:
            errors = self._errors[key] = ErrorCounts()
        errors.add(kind, text)
