"""Looks at the guards of a run after every record: what is to be told, and whether the run is to end."""

from __future__ import annotations

from collections.abc import Iterable

from lorax_tui.model.records import GuardName
from lorax_tui.model.view import GuardView


class Watch:
    """Tells of each breach once, until things are well again."""

    def __init__(self) -> None:
        self._told: set[GuardName] = set()

    def news(self, guards: Iterable[GuardView]) -> list[GuardView]:
        """The guards that have tripped since the last look."""
        tripped = [guard for guard in guards if guard.has_tripped]
        new = [guard for guard in tripped if guard.name not in self._told]
        self._told = {guard.name for guard in tripped}
        return new


def stopping(guards: Iterable[GuardView]) -> GuardView | None:
    """The guard that ends the run now."""
    return next((guard for guard in guards if guard.has_tripped and guard.stops), None)
