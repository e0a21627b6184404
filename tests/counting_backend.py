"""The real Lorax backend behind a tally of what it was asked: HTTP requests, and Socket.IO events by name.

Run by uvicorn in a process of its own (`tests.counting_backend:app`); the tally is at `/_tally`, by the client's first
word about itself (`lorax-tui`, `python-httpx`) and by operation. An HTTP request counts when its answer is complete, a
Socket.IO event when it comes in.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from lorax.lorax_app import sio_app

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

tally: defaultdict[str, Counter[str]] = defaultdict(Counter)


async def app(scope: Message, receive: Receive, send: Send) -> None:
    """Count, and pass on to the backend."""
    if scope["type"] == "http" and scope["path"] == "/_tally":
        body = json.dumps(tally).encode()
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/json")]})
        await send({"type": "http.response.body", "body": body})
        return
    counts = tally[_client(scope)]
    if scope["type"] == "websocket":
        receive = _counted(receive, counts)
    await sio_app(scope, receive, send)
    if scope["type"] == "http" and not scope["path"].startswith("/socket.io"):
        counts[f"HTTP {scope['method']} {scope['path']}"] += 1


def _client(scope: Message) -> str:
    agent: str = dict(scope.get("headers", ())).get(b"user-agent", b"").decode()
    return agent.partition("/")[0] or "unknown"


def _counted(receive: Receive, counts: Counter[str]) -> Receive:
    async def counting() -> Message:
        message = await receive()
        text = message.get("text") or ""
        if text.startswith("40"):
            counts["Socket.IO connect"] += 1
        elif text.startswith("42"):
            counts[f"Socket.IO {json.loads(text[text.index('[') :])[0]}"] += 1
        return message

    return counting
