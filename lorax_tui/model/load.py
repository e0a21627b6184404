"""The load over the whole run: users and answers, the coarser the longer it lasts."""

from __future__ import annotations

from lorax_tui.model.blocks import Blocks
from lorax_tui.model.point import Point
from lorax_tui.model.target_view import LoadView

KEPT_BLOCKS = 240


class Load:
    """Folds the points of the charts."""

    def __init__(self) -> None:
        self._users = Blocks(1.0, KEPT_BLOCKS)
        self._ok = Blocks(1.0, KEPT_BLOCKS)
        self._bad = Blocks(1.0, KEPT_BLOCKS)

    def push(self, point: Point) -> None:
        """Take in an interval."""
        self._users.push(point.at_s, point.users)
        self._ok.push(point.at_s, point.ok_rate)
        self._bad.push(point.at_s, point.bad_rate)

    def view(self) -> LoadView:
        """All there was; frozen."""
        return LoadView(self._users.blocks(), self._ok.blocks(), self._bad.blocks())
