"""Several real workers behind one port: each is seen by itself, and the end of one is seen at once."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from lorax_tui.model.memory import Memory
from lorax_tui.target.probe import MemoryProbe
from tests.backend import free_port

LIMIT_S = 60.0


@pytest.fixture
def workers() -> Iterator[str]:
    """Three of them; a worker that dies is replaced."""
    port = free_port()
    root = Path(__file__).parents[2]
    served = ["tests.telling_app:app", "--app-dir", str(root), "--port", str(port), "--log-level", "critical"]
    command = [sys.executable, "-m", "uvicorn", *served, "--lifespan", "off", "--workers", "3"]
    with subprocess.Popen(command, start_new_session=True) as process:
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)


async def until(condition: Callable[[], object], within_s: float = LIMIT_S) -> float:
    """Wait for it; returns how long it took."""
    began_s = time.monotonic()
    while not condition():
        assert time.monotonic() - began_s < within_s
        await asyncio.sleep(0.02)
    return time.monotonic() - began_s


@asynccontextmanager
async def probed(workers: str) -> AsyncIterator[Memory]:
    """What a probe finds out from now on."""
    memory, began_s = Memory(), time.monotonic()
    probe = MemoryProbe(workers, clock=lambda: time.monotonic() - began_s, on_sample=memory.fold, interval_s=0.1)
    task = asyncio.create_task(probe.run())
    try:
        yield memory
    finally:
        task.cancel()
        await asyncio.wait([task])


async def test_a_worker_that_is_killed_is_marked_within_3_s_and_so_is_the_one_that_follows(workers: str) -> None:
    async with probed(workers) as early:
        await until(lambda: len(early.view().pids) == 3)
    async with probed(workers) as memory:
        await until(lambda: len(memory.view().pids) == 3)
        assert all(pid.rss_mb > 1 and pid.vms_mb and pid.vms_mb > pid.rss_mb for pid in memory.view().pids)
        assert memory.view().marks == ()
        victim = memory.view().pids[0].pid
        os.kill(victim, signal.SIGKILL)
        assert await until(lambda: memory.view().marks) < 3
        assert memory.view().marks[0][1] == f"pid {victim} has ended"
        await until(lambda: memory.view().restarts == 1)
        assert memory.view().marks[1][1].endswith("is new") and len(memory.view().marks) == 2
        assert sorted(pid.gone for pid in memory.view().pids) == [False, False, False, True]
