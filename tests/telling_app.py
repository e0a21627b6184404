"""A server of which every worker tells its own memory, for tests of several workers: as `/memory_status` does."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import psutil

Message = MutableMapping[str, Any]

REST_S = 0.2
"""What a worker that has answered keeps still, so that the next one to connect finds another: the system's own choice
among those that wait for a connection may fall on the same one for a minute."""


async def app(
    scope: Message, receive: Callable[[], Awaitable[Message]], send: Callable[[Message], Awaitable[None]]
) -> None:
    """Answers anything with the figures of this process."""
    memory = psutil.Process().memory_info()
    body = json.dumps({"rss_MB": memory.rss / 2**20, "vms_MB": memory.vms / 2**20, "pid": os.getpid()})
    head = {"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/json")]}
    await send(head)
    await send({"type": "http.response.body", "body": body.encode()})
    time.sleep(REST_S)  # noqa: ASYNC251, the whole worker shall take no other connection meanwhile
