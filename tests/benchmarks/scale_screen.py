"""The whole program at its limit: 50 workers with 20 operations each report to it over its own wire, and it draws.

    python -m tests.benchmarks.scale_screen [seconds]

The real program runs in a terminal that is read as fast as it writes, at 120x40 and at 80x24; its workers are made up,
so that its own CPU is all that is measured. Not a test: it asserts nothing.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from statistics import median
from time import monotonic

import pexpect

from lorax_tui.engine.classes import user_classes
from lorax_tui.model.records import Interval
from lorax_tui.runs.recorded import read
from tests.backend import free_port
from tests.benchmarks.fast_server import fast_server
from tests.benchmarks.made_up_workers import CLASS, HOST
from tests.benchmarks.master_cost import OPERATIONS, WORKERS

SIZES = ((120, 40), (80, 24))
PROCESSES = 2
"""That the made-up workers share."""

WARM_S = 4.0
"""From the first second until everybody takes part; it is left out."""

APART_S = 0.2
"""Writes that are further apart belong to two drawings."""


@contextmanager
def made_up_workers(port: int) -> Iterator[None]:
    """All of them; they end with the block."""
    command = [sys.executable, "-m", "tests.benchmarks.made_up_workers", str(port)]
    share = WORKERS // PROCESSES
    crew = [subprocess.Popen([*command, str(first), str(share), *user_classes()]) for first in range(0, WORKERS, share)]
    try:
        yield
    finally:
        for process in crew:
            process.terminate()
            process.wait()


def drawings(child: pexpect.spawn) -> tuple[list[float], dict[float, int]]:
    """When each drawing began (monotonic), and the bytes that were written when, until the run has ended."""
    began: list[float] = []
    written: dict[float, int] = {}
    latest_s, tail = 0.0, b""
    while not any(word in tail for word in (b"INCONCLUSIVE", b"PASSED", b"FAILED")):
        chunk = child.read_nonblocking(65536, timeout=60)
        now_s, tail = monotonic(), tail[-80:] + chunk
        if now_s - latest_s > APART_S:
            began.append(now_s)
        written[now_s] = len(chunk)
        latest_s = now_s
    return began, written


def measure(folder: Path, host: str, size: tuple[int, int], seconds: int) -> str:
    """A few lines about one run."""
    columns, rows = size
    port, runs = free_port(), folder / f"{columns}x{rows}"
    config = folder / "scenarios.toml"
    config.write_text(
        f"[guard]\nmax_spawn_rate = 1000\n[scenarios.scale]\nusers = {WORKERS * 20}\nspawn_rate = 1000\n"
        f'duration = "{seconds}s"\nmix = {{ {CLASS} = 1 }}\n'
    )
    command = ["-m", "lorax_tui", "run", "scale", "--host", host, "--config", str(config), "--runs-dir", str(runs)]
    command += ["--expect-workers", str(WORKERS), "--bind", f"{HOST}:{port}"]
    environment = os.environ | {"TERM": "xterm-256color", "LC_ALL": "C.UTF-8", "XDG_STATE_HOME": str(folder)}
    with made_up_workers(port):
        child = pexpect.spawn(sys.executable, command, dimensions=(rows, columns), env=environment, timeout=60)
        try:
            child.expect("RUNNING")
            child.send("h")
            began_s = monotonic() + WARM_S
            began, written = drawings(child)
            ended_s = monotonic()
            child.send("q")
            child.expect(pexpect.EOF)
        finally:
            child.close(force=True)
    began = [at_s for at_s in began if at_s > began_s]
    gaps = [later - earlier for earlier, later in pairwise(began)]
    sent = sum(size for at_s, size in written.items() if at_s > began_s)
    return f"{columns}x{rows}\n" + "\n".join(
        [
            *recorded(next(runs.glob("*/run.jsonl"))),
            f"  drawn a second    {len(began) / (ended_s - began_s):8.2f}",
            f"  between drawings  {median(gaps):8.2f} s, at most {max(gaps):.2f}",
            f"  written a second  {sent / (ended_s - began_s) / 1e3:8.1f} kB",
        ]
    )


def recorded(journal: Path) -> Iterator[str]:
    """Lines about what the run says of itself, but for its beginning and the piece of a second that it ends with."""
    found = [record for record in read(journal).records if isinstance(record, Interval)]
    seconds = [one for one in found[:-1] if one.began_s > WARM_S]
    health = [one.health for one in seconds]
    parts = [part for one in seconds for part in one.workers]
    lasted_s = sum(one.lasted_s for one in seconds)
    asks = sum(part.asks for part in parts)
    behind_s = sum(part.seconds_late + part.seconds_owed + part.seconds_lost for part in parts)
    yield f"  folded a second   {len(seconds) / lasted_s:8.2f} intervals, {asks / lasted_s:.0f} asks"
    yield f"  late or lost      {behind_s:8} s of {len(parts)}"
    yield f"  CPU               {median(one.cpu_percent or 0.0 for one in health):8.0f} % of a core"
    yield f"  a tick            {median(one.ui_tick_ms or 0.0 for one in health):8.1f} ms of CPU"
    yield f"  loop lag p99      {median(one.lag_p99_ms or 0.0 for one in health):8.1f} ms"


def main(seconds: int = 20) -> None:
    """Print both sizes."""
    print(f"{WORKERS} workers x {OPERATIONS} operations")
    with tempfile.TemporaryDirectory() as folder, fast_server() as host:
        for size in SIZES:
            print(measure(Path(folder), host, size, seconds), flush=True)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
