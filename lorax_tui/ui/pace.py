"""How a paced phase keeps to its schedule, in the title of a chart."""

from __future__ import annotations

from textual.content import Content

from lorax_tui.model import format as words
from lorax_tui.model.pace import PaceView

_LOUD = "bold $warning"


def pace_title(pace: PaceView, is_over: bool, wide: bool) -> Content:
    """What is offered and what of it is started, in the last second or over the whole; what comes late is loud."""
    offered = words.rate(pace.offered_rps if is_over else pace.offered_rate)
    started = words.rate(pace.achieved_rps if is_over else pace.started_rate)
    missed = f" · {words.count(pace.late)} missed" if pace.late else ""
    waiting = f" · {words.count(pace.stuck)} waiting" if pace.stuck else ""
    if is_over and pace.never_started > 1:
        waiting = f" · {words.count(pace.never_started)} never started"
    if wide:
        return Content.assemble(f"offered {offered} started {started} /s", (missed + waiting, _LOUD))
    return Content.assemble(f"{offered} due {started} started", (waiting or missed, _LOUD))
