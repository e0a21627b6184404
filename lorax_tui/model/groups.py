"""Errors, grouped by operation, kind and message; bounded, with exact counts."""

from __future__ import annotations

from dataclasses import dataclass

from lorax_tui.model.hints import hint
from lorax_tui.model.records import OTHER, Tally
from lorax_tui.model.view import ErrorView

MOST_GROUPS = 200
"""Groups told apart; what goes beyond is counted as `other` of its protocol."""


@dataclass(slots=True)
class _Group:
    first_s: float
    last_s: float
    count: int = 0
    last_count: int = 0
    """Of the last interval."""


class ErrorGroups:
    """Folds the error counts of the tallies."""

    def __init__(self) -> None:
        self._groups: dict[tuple[str, str, str, str], _Group] = {}
        self._lasted_s = 1.0

    def calm(self, lasted_s: float) -> None:
        """A new interval begins to be folded."""
        self._lasted_s = lasted_s
        for group in self._groups.values():
            group.last_count = 0

    def fold(self, tally: Tally, end_s: float) -> None:
        for error in tally.errors:
            key = (tally.protocol, tally.name, error.kind, error.message)
            if key not in self._groups and len(self._groups) >= MOST_GROUPS:
                key = (tally.protocol, OTHER, OTHER, "further messages")
            group = self._groups.setdefault(key, _Group(end_s, end_s))
            group.last_s = end_s
            group.count += error.count
            group.last_count += error.count

    def view(self) -> tuple[ErrorView, ...]:
        """Most recent first, then most frequent."""
        ordered = sorted(self._groups.items(), key=lambda item: (-item[1].last_s, -item[1].count, item[0]))
        return tuple(
            ErrorView(
                protocol,
                name,
                kind,
                message,
                hint(protocol, name, kind),
                group.count,
                group.last_count / self._lasted_s,
                group.first_s,
                group.last_s,
            )
            for (protocol, name, kind, message), group in ordered
        )
