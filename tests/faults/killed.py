"""Kills writers of a journal in the middle of their writes, again and again, and prints what was lost.

    python -m tests.faults.killed FOLDER KILLS

A line for each kill: the records that the writer knew to be written, those that can be read back, whether the last
line was torn. A process of its own, because it forks.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path
from random import Random

from lorax_tui.model.histogram import Histogram
from lorax_tui.model.records import SCHEMA, Event, EventKind, Header, Interval
from lorax_tui.model.tally import ErrorCount, Tally
from lorax_tui.runs.journal import Journal, read

_HEADER = Header(schema=SCHEMA, run="r", host="h", started_at="s", versions={}, user_classes=[])


def main(folder: str, kills: str) -> None:
    """Kill so many writers, each at a moment of its own."""
    moments, tallies = Random(), list(_tallies())
    for number in range(int(kills)):
        path = Path(folder) / f"{number}" / "run.jsonl"
        path.parent.mkdir()
        told, telling = os.pipe()
        writer = os.fork()
        if writer == 0:
            os.close(told)
            _write(path, tallies, telling)
        os.close(telling)
        os.read(told, 1)  # it has begun
        time.sleep(moments.uniform(0.0, 0.05))
        os.kill(writer, signal.SIGKILL)
        os.waitpid(writer, 0)
        known = _drained(told)
        recorded = read(path)
        kept = [record for record in recorded.records if isinstance(record, Interval)]
        whole = [record.began_s for record in kept] == list(map(float, range(len(kept))))
        assert whole and all(record.tallies == tallies for record in kept), "what is read is what was written"
        print(known, len(kept), int(recorded.torn))


def _write(path: Path, tallies: list[Tally], telling: int) -> None:
    """Large records, as of a busy run, and small ones between them; a byte is told for each large one that is kept."""
    journal = Journal.create(path, _HEADER)
    os.write(telling, b".")
    second = 0
    while True:
        journal.append(Interval(float(second), 1.0, 1, tallies=tallies))
        os.write(telling, b".")
        journal.append(Event(float(second), EventKind.NOTE, "between"))
        if second % 7 == 0:
            journal.sync()
        second += 1


def _tallies() -> list[Tally]:
    latency = Histogram()
    for number in range(500):
        latency.record(1.0 + number * 0.37)
    errors = [ErrorCount("application", f"what went wrong {number}", 1) for number in range(20)]
    return [
        Tally(1, True, "HTTP", f"GET /{number}", asks=520, ok=500, failed=20, ok_latency=latency, errors=errors)
        for number in range(100)
    ]


def _drained(told: int) -> int:
    """How many intervals the writer knew to be written."""
    known = 0
    while data := os.read(told, 65536):
        known += len(data)
    os.close(told)
    return known


if __name__ == "__main__":
    main(*sys.argv[1:])
