"""How the breaking point is looked for, as a scenario's `search` says it: { start = 10, hold = "20s" }."""

from __future__ import annotations

from typing import Any

from lorax_tui.model.duration import parse_duration
from lorax_tui.model.scenario import FIRST_USERS, HOLD_S, Search

KEYS = ("start", "hold")


class SearchError(ValueError):
    """A value that no search can keep to."""

    def __init__(self, key: str, value: object, why: str) -> None:
        super().__init__(why)
        self.key = key
        self.value = value


def read_search(table: dict[str, Any], most: int) -> Search:
    """The search that a table with known keys describes.

    Args:
        most: users that it may try.

    Raises:
        SearchError: a value is none.
    """
    start, hold = table.get("start", min(FIRST_USERS, most)), table.get("hold")
    if not isinstance(start, int) or isinstance(start, bool) or not 1 <= start <= most:
        raise SearchError("start", start, f"expected a whole number from 1 to {most} (users)")
    if hold is None:
        return Search(start, HOLD_S)
    if not isinstance(hold, str):
        raise SearchError("hold", hold, 'expected a text as in "20s"')
    try:
        return Search(start, parse_duration(hold))
    except ValueError as error:
        raise SearchError("hold", hold, str(error)) from error
