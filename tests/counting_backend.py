"""The real Lorax backend behind a tally of what it was asked: HTTP requests, and Socket.IO events by name.

Run by uvicorn in a process of its own (`tests.counting_backend:app`); the tally is at `/_tally`.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from lorax.lorax_app import sio_app

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

tally: Counter[str] = Counter()


async def app(scope: Message, receive: Receive, send: Send) -> None:
    """Count, and pass on to the backend."""
    if scope["type"] == "http" and scope["path"] == "/_tally":
        body = json.dumps(tally).encode()
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/json")]})
        await send({"type": "http.response.body", "body": body})
        return
    if scope["type"] == "http" and not scope["path"].startswith("/socket.io"):
        tally[f"HTTP {scope['method']} {scope['path']}"] += 1
    await sio_app(scope, _counted(receive) if scope["type"] == "websocket" else receive, send)


def _counted(receive: Receive) -> Receive:
    async def counting() -> Message:
        message = await receive()
        text = message.get("text") or ""
        if text.startswith("40"):
            tally["Socket.IO connect"] += 1
        elif text.startswith("42"):
            tally[f"Socket.IO {json.loads(text[text.index('[') :])[0]}"] += 1
        return message

    return counting
