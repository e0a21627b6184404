"""Users of this program at work as in a run: the real engine, its tasks from a deck, its recorder, its intervals."""

from __future__ import annotations

import time
from threading import Event

from lorax_tui.engine.thread import Engine
from lorax_tui.engine.users import LoraxUser
from lorax_tui.model.records import Interval, PhaseStart
from lorax_tui.model.scenario import Target
from tests.benchmarks.measured import Cost

WARM_INTERVALS = 2
MEASURED_INTERVALS = 4


def cost_of(user_class: type[LoraxUser], host: str, users: int) -> Cost:
    """What each ok answer costs, from one cut of the load to another."""
    cuts: list[tuple[float, float, int]] = []
    enough = Event()

    def take(interval: Interval) -> None:
        ok = sum(tally.ok for tally in interval.tallies)
        cuts.append((time.process_time(), time.perf_counter(), ok))
        if len(cuts) > WARM_INTERVALS + MEASURED_INTERVALS:
            enough.set()

    engine = Engine(Target(host=host), [user_class], take)
    engine.start()
    engine.begin(time.monotonic()).result()
    engine.apply(PhaseStart(1, "cost", users, 100.0, {user_class.__name__: 1.0})).result()
    enough.wait(60)
    measured = cuts[WARM_INTERVALS : WARM_INTERVALS + MEASURED_INTERVALS + 1]
    engine.close()
    (cpu_s, began_s, _), (cpu_end_s, end_s, _) = measured[0], measured[-1]
    count = sum(ok for _, _, ok in measured[1:])
    return Cost((cpu_end_s - cpu_s) / count * 1e6, count / (end_s - began_s))
