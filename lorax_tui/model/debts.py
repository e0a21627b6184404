"""What the workers of a crew have not told of a phase: owed as long as it may come, lost when it will not."""

from __future__ import annotations

from lorax_tui.model.crew import WorkerPart


class Debts:
    """Seconds of workers that are missing in the figures of one phase."""

    def __init__(self) -> None:
        self._owed_s: dict[str, int] = {}
        self._lost_s = 0

    @property
    def seconds(self) -> int:
        """All that are missing now, whether they may come or not."""
        return self._lost_s + sum(self._owed_s.values())

    def fold(self, part: WorkerPart, untold: int) -> None:
        """Take in what a worker says of itself; `untold` seconds of this phase are missing that were not before."""
        worker = part.worker
        if part.seconds_late:
            self._owed_s.pop(worker, 0)
        if untold:
            self._owed_s[worker] = self._owed_s.get(worker, 0) + untold
        if part.seconds_lost:
            self._lost_s += self._owed_s.pop(worker, 0)
