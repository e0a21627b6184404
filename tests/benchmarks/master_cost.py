"""What it costs to put many workers' parts together: decoded, made safe, merged, folded, looked at and journalled.

Made-up parts, so that the workers themselves take no CPU; the wire, a few messages a second of each worker, is left
out: `scale_screen` has both. Not a test: it asserts nothing.
"""

from __future__ import annotations

import time
from random import Random
from statistics import median

import msgspec

from lorax_tui.engine.crew.messages import Part, encode, from_worker
from lorax_tui.model.crew import WorkerPart
from lorax_tui.model.health import Health
from lorax_tui.model.histogram import Histogram
from lorax_tui.model.merging import merged, washed
from lorax_tui.model.records import HTTP, Event, EventKind, Interval, PhaseStart, UserCount
from lorax_tui.model.run import Run
from lorax_tui.model.tally import Tally

WORKERS, OPERATIONS, ANSWERS = 50, 20, 100
"""Answers are those of one operation of one worker in a second: 100,000 a second in all."""

SECONDS = 30
HEALTH = Health(0.1, 3.0, 12.0, 40.0, 50.0, 120.0, 80, 1024, 25, 25)


def master_cost() -> str:
    """A few lines about the CPU of one second."""
    random, run = Random(1), Run()
    run.fold(Event(0.0, EventKind.SWITCH, "", PhaseStart(1, "scale", 1000, 100.0, {"Hasty": 1.0})))
    steps: dict[str, list[float]] = {"decode and wash": [], "merge": [], "fold": [], "view": [], "journal": []}
    for second in range(SECONDS):
        told = [encode(Part(1, made_up_part(random, second))) for _ in range(WORKERS)]
        marks = [time.thread_time()]

        def mark(marks: list[float] = marks) -> None:
            marks.append(time.thread_time())

        heard = [from_worker(message) for message in told]
        parts = {f"w{number}": washed(part.interval) for number, part in enumerate(heard) if isinstance(part, Part)}
        mark()
        whole = merged(parts, float(second), 1.0, 1, 0.0)
        mark()
        workers = [WorkerPart(name, users=20, wanted=20, asks=2000, health=HEALTH) for name in parts]
        whole = msgspec.structs.replace(whole, workers=workers, health=HEALTH)
        run.fold(whole)
        mark()
        run.view()
        mark()
        msgspec.json.encode(whole)
        mark()
        for name, began, ended in zip(steps, marks, marks[1:], strict=False):
            steps[name].append((ended - began) * 1e3)
    costs = {name: median(found) for name, found in steps.items()}
    lines = [f"  {name:16} {cost:6.1f} ms" for name, cost in costs.items()]
    title = f"the engine's side of {WORKERS} workers x {OPERATIONS} operations, {len(told[0]) / 1e3:.0f} kB a part:"
    return "\n".join([title, *lines, f"  {'a second':16} {sum(costs.values()):6.1f} ms of CPU"])


def made_up_part(random: Random, second: int) -> Interval:
    """About a second of one worker."""
    tallies = []
    for number in range(OPERATIONS):
        latency = Histogram()
        for _ in range(ANSWERS):
            latency.record(random.lognormvariate(1 + number / 10, 0.5))
        tallies.append(Tally(1, True, HTTP, f"GET /{number}", asks=ANSWERS, ok=ANSWERS, ok_latency=latency))
    return Interval(float(second), 1.0, 1, 0.0, tallies, {"Hasty": UserCount(20, 20)}, HEALTH)


if __name__ == "__main__":
    print(master_cost())
