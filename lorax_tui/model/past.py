"""What is kept of phases that are over: their figures, and what the totals of the run need; not their histograms."""

from __future__ import annotations

from collections import deque
from copy import deepcopy

from lorax_tui.model.phase import Phase
from lorax_tui.model.phase_view import PhaseView
from lorax_tui.model.sums import Operation, Sum
from lorax_tui.model.tally import Tally
from lorax_tui.model.thresholds import Verdict

KEPT_WHOLE = 20
"""Latest phases that are kept with everything."""

KEPT_VIEWS = 200
"""Phases before them whose figures are kept; of earlier ones the totals, the verdict and their number."""


class Past:
    """Takes in phases to which nothing can happen any more, in their order."""

    def __init__(self) -> None:
        self.views: deque[PhaseView] = deque(maxlen=KEPT_VIEWS)
        self.count = 0
        self.bound = False
        """Whether the generator was at its limit in any of them."""
        self.closed_loop = True
        """Whether none of them was paced."""
        self.last_number = -1
        self._verdicts: set[Verdict] = set()
        self._settled_for_s = 0.0
        self._sums: dict[Operation, Sum] = {}

    @property
    def forgotten(self) -> int:
        """Phases whose figures of their own are not kept."""
        return self.count - len(self.views)

    @property
    def verdicts(self) -> list[Verdict]:
        """Those there are."""
        return list(self._verdicts)

    def absorb(self, phase: Phase) -> None:
        """Take in a phase that is final."""
        view = phase.view(0.0)
        self.views.append(view)
        self.count += 1
        self.last_number = phase.start.phase
        self.bound = self.bound or phase.bound
        self.closed_loop = self.closed_loop and view.pace is None
        if view.search is None:  # a part of a search may break its limits
            self._verdicts.add(view.verdict)
        self._settled_for_s += phase.settled_for_s(0.0) or 0.0
        add_up(self._sums, phase)

    def fold(self, tally: Tally) -> None:
        """Something was still counted in a phase that is gone, as an answer that came late: it is in the totals."""
        operation = (tally.protocol, tally.name)
        self._sums.setdefault(operation, Sum(*operation)).fold(tally, tally.settled)

    def sums(self) -> tuple[dict[Operation, Sum], float]:
        """A copy of what all of them counted, and for how long they were settled."""
        return deepcopy(self._sums), self._settled_for_s


def add_up(sums: dict[Operation, Sum], phase: Phase) -> None:
    """Add to each operation what a phase counted of it."""
    for operation, part in phase.operations.items():
        sums.setdefault(operation, Sum(*operation)).merge(part)
