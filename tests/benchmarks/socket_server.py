"""A bare-bones Socket.IO server in a process of its own: welcomes as a Lorax backend does, and acknowledges at once."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import socketio
import uvicorn

ANSWER = {"session_trees": {}, "stats": {}}

_SID = b'{"sid":"00000000-0000-4000-8000-000000000000"}'


async def _over_http(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """A session for everybody."""
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(_SID)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": _SID})


async def _serve() -> None:
    """Serve until standard input closes; the port is the first line of output."""
    server = socketio.AsyncServer(async_mode="asgi", serializer="default")

    @server.event
    async def connect(sid: str, environ: Any) -> None:
        await server.emit("status", {"message": "connected"}, to=sid)

    @server.event
    async def get_cache_stats(sid: str, message: Any) -> Any:
        return ANSWER

    listener = socket.create_server(("127.0.0.1", 0))
    app = socketio.ASGIApp(server, _over_http)
    uvicorn_server = uvicorn.Server(uvicorn.Config(app, log_level="critical", lifespan="off"))
    serving = asyncio.ensure_future(uvicorn_server.serve(sockets=[listener]))
    print(listener.getsockname()[1], flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    uvicorn_server.should_exit = uvicorn_server.force_exit = True
    await serving


@contextmanager
def socket_server() -> Iterator[str]:
    """The URL of a running server; it ends with the block, or with this process."""
    process = subprocess.Popen(
        [sys.executable, "-m", __name__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdin is not None and process.stdout is not None
    try:
        yield f"http://127.0.0.1:{process.stdout.readline().strip()}"
    finally:
        process.stdin.close()
        process.wait(10)
        process.stdout.close()


if __name__ == "__main__":
    asyncio.run(_serve())
