"""The errors of one operation in one interval: grouped, capped, counted to the last one."""

from __future__ import annotations

from collections.abc import Iterable

from lorax_tui.model.groups import FURTHER, Group
from lorax_tui.model.pattern import pattern
from lorax_tui.model.tally import OTHER, ErrorCount

MOST_ERRORS = 30
"""Groups told apart; the rest is counted as `other`."""


class ErrorCounts:
    """Counts errors by kind and by what their messages have in common."""

    def __init__(self) -> None:
        self._groups: dict[tuple[str, str], Group] = {}

    def add(self, kind: str, message: str, example: str = "", count: int = 1) -> None:
        """Count errors; both texts are safe already."""
        shape = pattern(kind, message)
        group = self._groups.get((kind, shape))
        if group is None:
            if len(self._groups) >= MOST_ERRORS:
                kind, shape, message, example = OTHER, FURTHER, FURTHER, ""
            group = self._groups.setdefault((kind, shape), Group(message))
        group.add(shape, message, example, count)

    def absorb(self, errors: Iterable[ErrorCount]) -> None:
        """Add what was counted elsewhere."""
        for error in errors:
            self.add(error.kind, error.message, error.example, error.count)

    def records(self) -> list[ErrorCount]:
        """What was counted, as an interval tells it."""
        return [
            ErrorCount(kind, group.message, group.count, group.example) for (kind, _), group in self._groups.items()
        ]
