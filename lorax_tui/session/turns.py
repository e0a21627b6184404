"""One thing after the other: commands, and what happens by itself meanwhile, each wait for their turn.

Knows nothing of what is done in a turn.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any


class Turns:
    """`async with turns:` waits for a turn; `soon` is for work that nobody waits for."""

    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self._unattended: set[asyncio.Future[Any]] = set()
        self.latest_wish = 0
        """How often the operator wanted something else than before; what is older and has not begun is not wanted."""

    def wish(self) -> int:
        """The number of a new wish."""
        self.latest_wish += 1
        return self.latest_wish

    def soon(self, work: Coroutine[Any, Any, Any]) -> None:
        """Do this without anybody waiting for it; that it fails is told to the loop's exception handler."""
        task = asyncio.ensure_future(work)
        self._unattended.add(task)
        task.add_done_callback(self._over)

    async def __aenter__(self) -> None:
        await self._lock.acquire()

    async def __aexit__(self, *_: object) -> None:
        self._lock.release()

    def _over(self, task: asyncio.Future[Any]) -> None:
        self._unattended.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            task.get_loop().call_exception_handler({"message": "a part of the session failed", "exception": error})
