"""Intervals of several workers as one: what they counted is added, what stands is taken side by side.

    joined     two parts of one worker, one after the other
    merged     parts of several workers, of the same time
    standing   a part of which the counts are already told
    left       what has to be booked of a worker that is gone
    washed     a part as it may be kept: its texts come from another process
    capped     a part in which only so many operations are told apart, whichever worker names them first

Pure, so that it can be held against what one process would have counted. A *count* belongs to the time in which it was
made and is told once; a *state*, as the asks in flight, is true at the end of a part and told again with every one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec.structs import replace

from lorax_tui.model.arrivals import Arrivals
from lorax_tui.model.error_counts import ErrorCounts
from lorax_tui.model.records import Interval, UserCount
from lorax_tui.model.tally import OTHER, ErrorCount, Raised, Tally
from lorax_tui.model.text import safe

_Key = tuple[int, bool, str, str]

_WORD, _NAME, _TASK = 40, 80, 80
"""Most characters of a word, an operation and a task or class, as where they are recorded."""


def joined(earlier: Interval, later: Interval) -> Interval:
    """Two parts of one worker that follow each other: the counts of both, the states of the later."""
    end_s = max(earlier.began_s + earlier.lasted_s, later.began_s + later.lasted_s)
    book = _Book()
    book.count(earlier)
    book.count(later)
    book.hold(later)
    stood_still_s = earlier.stood_still_s + later.stood_still_s
    whole = replace(later, began_s=earlier.began_s, lasted_s=end_s - earlier.began_s, stood_still_s=stood_still_s)
    return book.told(whole)


def merged(
    parts: Mapping[str, Interval], began_s: float, lasted_s: float, phase: int, settled_s: float | None
) -> Interval:
    """What all workers did between `began_s` and `lasted_s` later; counts and states are added.

    Args:
        parts: by worker; of one that is late, what is `standing` of its last.
        phase: the run's, at the end of that time.
        settled_s: when that phase settled, by the run's clock.
    """
    book = _Book()
    for part in parts.values():
        book.count(part)
        book.hold(part)
    users = _users(part.users for part in parts.values())
    # Some went on: the interval tells of them, and of the others each worker's own part tells.
    stood_still_s = min((part.stood_still_s for part in parts.values()), default=0.0)
    return book.told(Interval(began_s, lasted_s, phase, settled_s, users=users, stood_still_s=stood_still_s))


def standing(part: Interval) -> Interval:
    """The part without its counts: what stands until the worker tells of itself again.

    What it had in flight when it last told is what the counts that it told have not ended: so asks are outcomes and
    asks in flight at any time, whoever is late.
    """
    book = _Book()
    book.hold(part)
    return book.told(replace(part, stood_still_s=0.0))


def left(part: Interval) -> Interval:
    """What a worker that is gone leaves of its last part: nobody will tell how its asks in flight ended.

    They count as interrupted, and what waited for a user as never started, because their asker ended before them.
    """
    tallies = [_interrupted(tally) for tally in part.tallies if tally.in_flight]
    arrivals = [
        Arrivals(arrivals.phase, arrivals.settled, never_started=arrivals.waiting)
        for arrivals in part.arrivals
        if arrivals.waiting
    ]
    return replace(part, tallies=tallies, arrivals=arrivals, raised=[], users={}, stood_still_s=0.0)


def washed(part: Interval) -> Interval:
    """The part with texts that are safe to show, whoever sent it."""
    return replace(
        part,
        tallies=[_washed(tally) for tally in part.tallies],
        raised=[Raised(raised.phase, safe(raised.task, _TASK), _safe(raised.errors)) for raised in part.raised],
        users={safe(name, _TASK): users for name, users in part.users.items()},
    )


def capped(part: Interval, known: set[tuple[str, str]], most: int) -> Interval:
    """The part with every operation beyond the first ones counted as `other`, as one process counts them.

    Args:
        known: those that were told apart before, by protocol and name; new ones are added.
        most: how many may be.
    """
    is_whole = True
    for tally in part.tallies:
        operation = tally.protocol, tally.name
        if len(known) < most and tally.name != OTHER:
            known.add(operation)
        is_whole = is_whole and (tally.name == OTHER or operation in known)
    if is_whole:
        return part
    tallies = [tally if (tally.protocol, tally.name) in known else replace(tally, name=OTHER) for tally in part.tallies]
    renamed, book = replace(part, tallies=tallies), _Book()
    book.count(renamed)
    book.hold(renamed)
    return book.told(part)


def _washed(tally: Tally) -> Tally:
    return replace(
        tally,
        protocol=safe(tally.protocol, _WORD),
        name=safe(tally.name, _NAME),
        kinds={safe(kind, _WORD): count for kind, count in tally.kinds.items()},
        errors=_safe(tally.errors),
    )


def _safe(errors: Iterable[ErrorCount]) -> list[ErrorCount]:
    return [
        ErrorCount(safe(error.kind, _WORD), safe(error.message), error.count, safe(error.example)) for error in errors
    ]


def _interrupted(tally: Tally) -> Tally:
    return Tally(
        tally.phase,
        tally.settled,
        tally.protocol,
        tally.name,
        interrupted=tally.in_flight,
        interrupted_oldest_s=tally.oldest_s,
        interrupted_latency=tally.waited,
    )


class _Book:
    """Adds up what parts hold, by what it belongs to."""

    def __init__(self) -> None:
        self._tallies: dict[_Key, Tally] = {}
        self._errors: dict[_Key, ErrorCounts] = {}
        self._arrivals: dict[tuple[int, bool], Arrivals] = {}
        self._raised: dict[tuple[int, str], ErrorCounts] = {}

    def count(self, part: Interval) -> None:
        """Add the counts of a part."""
        for tally in part.tallies:
            self._tally(tally).absorb(tally)
            if tally.errors:
                self._errors.setdefault(_key(tally), ErrorCounts()).absorb(tally.errors)
        for arrivals in part.arrivals:
            self._arrival(arrivals).absorb(arrivals)
        for raised in part.raised:
            self._raised.setdefault((raised.phase, raised.task), ErrorCounts()).absorb(raised.errors)

    def hold(self, part: Interval) -> None:
        """Add the states of a part."""
        for tally in part.tallies:
            if tally.in_flight:
                self._tally(tally).hold(tally)
        for arrivals in part.arrivals:
            if arrivals.waiting:
                self._arrival(arrivals).hold(arrivals)

    def told(self, of: Interval) -> Interval:
        """An interval like `of`, with all this in the place of what is in it."""
        for key, errors in self._errors.items():
            self._tallies[key].errors = errors.records()
        raised = [Raised(*key, errors.records()) for key, errors in self._raised.items()]
        return replace(of, tallies=list(self._tallies.values()), arrivals=list(self._arrivals.values()), raised=raised)

    def _tally(self, like: Tally) -> Tally:
        key = _key(like)
        return self._tallies.get(key) or self._tallies.setdefault(key, Tally(*key))

    def _arrival(self, like: Arrivals) -> Arrivals:
        key = (like.phase, like.settled)
        return self._arrivals.get(key) or self._arrivals.setdefault(key, Arrivals(*key))


def _key(tally: Tally) -> _Key:
    return tally.phase, tally.settled, tally.protocol, tally.name


def _users(parts: Iterable[Mapping[str, UserCount]]) -> dict[str, UserCount]:
    """Users by class, of all parts together."""
    found: dict[str, UserCount] = {}
    for users in parts:
        for name, count in users.items():
            so_far = found.get(name, UserCount())
            found[name] = UserCount(
                so_far.actual + count.actual, so_far.wanted + count.wanted, so_far.draining + count.draining
            )
    return found
