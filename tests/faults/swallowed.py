"""Asks for answers that are too large, in a process of its own, and prints what that has cost in memory.

    python -m tests.faults.swallowed http://127.0.0.1:PORT /huge /bomb ...

A line for each path: its outcome, then how much more memory the process held at the worst moment, in MB.
"""

from __future__ import annotations

import asyncio
import re
import sys
from pathlib import Path

from lorax_tui.engine.http import HttpSession
from lorax_tui.engine.recorder import Recorder
from lorax_tui.target.ask import Unanswered, ask, open_client

_TURNS = 3


def main(url: str, *paths: str) -> None:
    """Ask for each path as a user does, and as whoever looks at the target does."""
    recorder = Recorder()
    session = HttpSession(url, recorder)
    session.get("/fine")
    asyncio.run(_looked_at(f"{url}/fine"))
    recorder.cut()
    for path in paths:
        count_anew()
        before_mb = memory_mb()
        for _ in range(_TURNS):
            session.get(path)
        (tally,) = recorder.cut()
        seen = asyncio.run(_looked_at(f"{url}{path}"))
        print(path, *tally.kinds, seen, f"{worst_mb() - before_mb:.1f}")


def count_anew() -> None:
    """Forget the worst moment."""
    Path("/proc/self/clear_refs").write_text("5")


def memory_mb() -> float:
    """What the process holds."""
    return _told_mb("VmRSS")


def worst_mb() -> float:
    """What it held at the worst moment since it was counted anew."""
    return _told_mb("VmHWM")


async def _looked_at(url: str) -> str:
    async with open_client(url) as client:
        try:
            await ask(client, "GET", url, 20)
        except Unanswered as unanswered:
            return unanswered.kind
    return "answered"


def _told_mb(name: str) -> float:
    found = re.search(rf"{name}:\s+(\d+) kB", Path("/proc/self/status").read_text())
    assert found
    return int(found[1]) / 1024


if __name__ == "__main__":
    main(*sys.argv[1:])
