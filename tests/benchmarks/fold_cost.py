"""What a long run costs who keeps and who draws it: a made-up day, folded at full speed.

    python -m tests.benchmarks.fold_cost [hours] [answers a second] [seconds a phase]

Prints, for each hour of the run, the resident memory, the CPU to fold an interval, and the CPU to make the view that
the screen draws at each tick. Not a test: it asserts nothing.
"""

from __future__ import annotations

import gc
import sys
import time
from statistics import median

import psutil

from lorax_tui.model.records import Interval
from lorax_tui.model.run import Run
from tests.long_run import long_run

LOOKED_AT = 20
"""A view is made after every so manieth interval; making all of them would take most of the time."""


def main(hours: int = 24, rate: int = 300, phase_s: int = 60) -> None:
    run, process = Run(), psutil.Process()
    folds_us: list[float] = []
    views_us: list[float] = []
    first_mb = 0.0
    print(f"{hours} h, {rate} answers/s, a phase every {phase_s} s\n  hour    RSS MB  fold us  view us  (medians)")
    for record in long_run(hours * 3600, rate, phase_s):
        began = time.thread_time()
        run.fold(record)
        if not isinstance(record, Interval):
            continue
        folds_us.append((time.thread_time() - began) * 1e6)
        if len(folds_us) % LOOKED_AT == 0:
            began = time.thread_time()
            run.view()
            views_us.append((time.thread_time() - began) * 1e6)
        if len(folds_us) == 3600:
            gc.collect()
            rss_mb = process.memory_info().rss / 2**20
            first_mb = first_mb or rss_mb
            hour = round((record.began_s + 1) / 3600)
            print(f"  {hour:4} {rss_mb:9.1f} {median(folds_us):8.0f} {median(views_us):8.0f}", flush=True)
            folds_us, views_us = [], []
    print(f"grown by {rss_mb - first_mb:+.1f} MB since the first hour; {len(run.history())} points of history")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
