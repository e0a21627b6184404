"""What has become true of a run since it was last looked at, in sentences for its events; each of them once."""

from __future__ import annotations

from collections.abc import Iterator

from lorax_tui.model import format as words
from lorax_tui.model.phase import Phase
from lorax_tui.model.records import EventKind, Interval
from lorax_tui.model.run import Run
from lorax_tui.model.strain import at_limit

Sentence = tuple[EventKind, str]

STALL_S = 1.9
"""A stall is told of from this age of its oldest ask on; a shorter one is seen on the screen and forgotten."""


def standstills(interval: Interval) -> Iterator[Sentence]:
    """Who did not run for a while: the program, or workers of its crew."""
    stood_still = {f"worker {part.worker}": part.stood_still_s for part in interval.workers}
    if not interval.workers:
        stood_still = {"the program": interval.stood_still_s}
    for who, seconds in stood_still.items():
        if seconds:
            yield EventKind.WARNING, f"{who} was stopped for {words.age(seconds)}: what was under way is in no figure"


class News:
    """Compares a run with what it was."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._phase: Phase | None = None
        self._settled_s: float | None = None
        self._users_missing = 0
        self._was_bound = False
        self._were_files_scarce = False
        self._stalled_s: float | None = None
        """Since when nothing was answered, if that was told."""

    def fresh(self) -> list[Sentence]:
        """What is new."""
        return [*self._of_phase(), *self._of_files(), *self._of_stalls()]

    def _of_phase(self) -> Iterator[Sentence]:
        phase = self._run.phases.latest
        if phase is None:
            return
        if phase is not self._phase:
            self._phase, self._settled_s, self._users_missing, self._was_bound = phase, None, 0, False
        if phase.settled_s is not None and phase.settled_s != self._settled_s:
            yield EventKind.NOTE, f"settled after {phase.settled_s - phase.start_s:.1f} s"
        if phase.users_missing > self._users_missing:
            count = phase.users_missing
            users, are, have = ("user", "is", "has") if count == 1 else ("users", "are", "have")
            gone = f"{are} missing" if self._run.generator.crew else f"{have} died: the log tells why"
            yield EventKind.WARNING, f"{count} {users} {gone}"
        if phase.bound and not self._was_bound:
            yield EventKind.WARNING, f"{at_limit(phase.bound_by, phase.bound_workers)}: this phase cannot be judged"
        self._settled_s, self._users_missing, self._was_bound = phase.settled_s, phase.users_missing, phase.bound

    def _of_files(self) -> Iterator[Sentence]:
        strain = self._run.generator.strain
        if strain.files_scarce and not self._were_files_scarce:
            health = strain.health
            yield EventKind.WARNING, f"{health.open_files} of {health.file_limit} files are open: raise ulimit -n"
        self._were_files_scarce = strain.files_scarce

    def _of_stalls(self) -> Iterator[Sentence]:
        waiting, now_s = self._run.waiting.view(), self._run.elapsed_s
        oldest_s = max((protocol.oldest_s for protocol in waiting), default=0.0)
        if self._stalled_s is None:
            if oldest_s >= STALL_S and all(protocol.is_stalled for protocol in waiting):
                self._stalled_s = now_s - oldest_s
                asks = sum(protocol.in_flight for protocol in waiting)
                yield EventKind.WARNING, f"the target answers nothing: {asks} asks in flight for {words.age(oldest_s)}"
        elif self._run.charts.points[-1].ok_rate > 0:
            yield EventKind.NOTE, f"the target answers again, after {words.age(now_s - self._stalled_s)}"
            self._stalled_s = None
