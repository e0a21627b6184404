"""Errors, grouped by operation, kind and what their messages have in common; bounded, with exact counts."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from lorax_tui.model.hints import hint
from lorax_tui.model.pattern import pattern
from lorax_tui.model.tally import OTHER, ErrorCount, Tally
from lorax_tui.model.view import ErrorView

MOST_GROUPS = 200
"""Groups told apart in a run."""

MOST_OF_OPERATION = 50
"""Groups told apart of one operation, so that a flood at one leaves room for the others. What goes beyond either is
counted as `other` of its operation."""

FURTHER = "further messages"
"""What the `other` row of an operation says."""

_Key = tuple[str, str, str, str]
"""Protocol, name, kind, pattern of the message."""


@dataclass(slots=True)
class Group:
    """Errors whose messages have one pattern."""

    message: str
    """The message itself as long as all read the same, and their pattern as soon as two differ."""
    example: str = ""
    """One of the messages, where `message` is a pattern."""
    count: int = 0

    def add(self, shape: str, message: str, example: str = "", count: int = 1) -> None:
        """Count errors of this group; `shape` is the pattern of their message."""
        self.count += count
        if message != self.message and shape != self.message:
            self.message, self.example = shape, self.message
        self.example = self.example or example


@dataclass(slots=True)
class _Seen:
    """When a group was seen, and how often lately."""

    group: Group
    first_s: float
    last_s: float
    last_count: int = 0
    """Of the last interval."""


class ErrorGroups:
    """Folds the error counts of the tallies."""

    def __init__(self) -> None:
        self._seen: dict[_Key, _Seen] = {}
        self._told_apart: Counter[tuple[str, str]] = Counter()
        self._lasted_s = 1.0

    def calm(self, lasted_s: float) -> None:
        """A new interval begins to be folded."""
        self._lasted_s = lasted_s
        for seen in self._seen.values():
            seen.last_count = 0

    def fold(self, tally: Tally, end_s: float) -> None:
        for error in tally.errors:
            key = self._key(tally, error)
            seen = self._seen.get(key)
            message = FURTHER if key[2] == OTHER else error.message
            if seen is None:
                seen = self._seen[key] = _Seen(Group(message), end_s, end_s)
            seen.last_s = end_s
            seen.last_count += error.count
            seen.group.add(key[3], message, "" if key[2] == OTHER else error.example, error.count)

    def view(self) -> tuple[ErrorView, ...]:
        """Most recent first, then most frequent."""
        ordered = sorted(self._seen.items(), key=lambda item: (-item[1].last_s, -item[1].group.count, item[0]))
        return tuple(
            ErrorView(
                protocol=protocol,
                name=name,
                kind=kind,
                message=seen.group.message,
                hint=hint(protocol, name, kind),
                count=seen.group.count,
                rate=seen.last_count / self._lasted_s,
                first_s=seen.first_s,
                last_s=seen.last_s,
                example=seen.group.example,
            )
            for (protocol, name, kind, _), seen in ordered
        )

    def _key(self, tally: Tally, error: ErrorCount) -> _Key:
        """The group of an error; `other` of its operation where there is no room for one more."""
        key = (tally.protocol, tally.name, error.kind, pattern(error.kind, error.message))
        if key in self._seen:
            return key
        operation = key[:2]
        is_full = self._told_apart[operation] >= MOST_OF_OPERATION or self._told_apart.total() >= MOST_GROUPS
        if error.kind == OTHER or is_full:
            return (*operation, OTHER, FURTHER)
        self._told_apart[operation] += 1
        return key
