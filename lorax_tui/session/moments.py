"""A fold that can go to any place of its records: forward by folding, back from the nearest place that was kept."""

from __future__ import annotations

import pickle
import threading
import zlib
from bisect import bisect_right
from collections.abc import Sequence

from lorax_tui.model.records import Record
from lorax_tui.model.run import Run

MOST_KEPT = 128
LEAST_BETWEEN = 50
"""Records between two places that are kept, at least: about as many as are folded in the twentieth of a second."""
MOST_AT_ONCE = 400
"""Records that are folded while somebody waits; what is further away is reached in several goes."""


class Moments:
    """The run after some of its records; one thread may go, another one prepares."""

    def __init__(self, records: Sequence[Record]) -> None:
        self._records = records
        self._between = max(LEAST_BETWEEN, -(-len(records) // MOST_KEPT))
        self._kept: list[tuple[int, bytes]] = [(0, _packed(Run()))]
        """How many records, and the run after them; in their order."""
        self._count = 0
        self.run = Run()
        """After as many records as the last `go` has told."""
        self._is_closed = threading.Event()
        self._preparing = threading.Thread(target=self._prepare, name="replay", daemon=True)

    def prepare(self) -> None:
        """Begin to keep places all along the records, in a thread of its own."""
        self._preparing.start()

    def close(self) -> None:
        """Prepare no more."""
        self._is_closed.set()
        if self._preparing.is_alive():
            self._preparing.join()

    def go(self, count: int) -> int:
        """Have the first `count` records folded, or as many as can be had without a long wait; returns how many."""
        kept = self._kept
        place, content = kept[bisect_right(kept, count, key=lambda moment: moment[0]) - 1]
        if count < self._count or place > self._count:
            self._count, self.run = place, pickle.loads(zlib.decompress(content))  # noqa: S301  (this process has packed it, in memory)
        until = min(count, self._count + MOST_AT_ONCE)
        for record in self._records[self._count : until]:
            self.run.fold(record)
        self._count = until
        return until

    def _prepare(self) -> None:
        run = Run()
        for count, record in enumerate(self._records, start=1):
            run.fold(record)
            if count % self._between == 0 or count == len(self._records):
                self._kept.append((count, _packed(run)))
            if self._is_closed.is_set():
                return


def _packed(run: Run) -> bytes:
    return zlib.compress(pickle.dumps(run, pickle.HIGHEST_PROTOCOL), level=1)
