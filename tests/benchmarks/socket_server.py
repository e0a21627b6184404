"""A bare-bones Socket.IO server in a process of its own: welcomes as a Lorax backend does, and acknowledges at once."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import socketio
import uvicorn

from tests.served import served, until_told

ANSWER = {"session_trees": {}, "stats": {}}

_SID = b'{"sid":"00000000-0000-4000-8000-000000000000"}'


async def _serve() -> None:
    server = socketio.AsyncServer(async_mode="asgi", serializer="default")

    async def over_http(scope: dict[str, Any], receive: Any, send: Any) -> None:
        """A session for everybody; how many sockets there are, for who asks that."""
        alive = sum(not kept.closed for kept in server.eio.sockets.values())
        body = str(alive).encode() if scope["path"] == "/sockets" else _SID
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    @server.event
    async def connect(sid: str, environ: Any) -> None:
        await server.emit("status", {"message": "connected"}, to=sid)

    @server.event
    async def get_cache_stats(sid: str, message: Any) -> Any:
        return ANSWER

    @server.event
    async def get_much(sid: str, message: Any) -> Any:
        return {"much": "x" * message["bytes"]}

    # The protocol is named, else asyncio leaves Nagle's algorithm on: 40 ms for each answer to a POST.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.bind(("127.0.0.1", 0))
    listener.listen(1_000)
    app = socketio.ASGIApp(server, over_http)
    uvicorn_server = uvicorn.Server(uvicorn.Config(app, log_level="critical", lifespan="off"))
    serving = asyncio.ensure_future(uvicorn_server.serve(sockets=[listener]))
    await until_told(listener.getsockname()[1])
    uvicorn_server.should_exit = uvicorn_server.force_exit = True
    await serving


@contextmanager
def socket_server() -> Iterator[str]:
    """The URL of a running server."""
    with served(__name__) as url:
        yield url


if __name__ == "__main__":
    asyncio.run(_serve())
