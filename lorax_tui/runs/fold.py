"""A recorded run folded to its end, with all of its phases whole; a run that goes on keeps the recent ones only."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from lorax_tui.model.phase import Phase
from lorax_tui.model.records import Record
from lorax_tui.model.run import Run


def fold_whole(records: Iterable[Record], after: Callable[[Run, Record], None]) -> tuple[Run, list[Phase]]:
    """Fold records one by one, and call `after` with each when it is folded; phases in their order."""
    run = Run()
    phases: dict[int, Phase] = {}
    for record in records:
        run.fold(record)
        phases |= {id(phase): phase for phase in run.phases}
        after(run, record)
    return run, sorted(phases.values(), key=lambda phase: phase.start_s)
