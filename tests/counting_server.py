"""A small real HTTP server that keeps its own count of what it served, by request id."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from contextlib import contextmanager
from typing import Any

import uvicorn

from tests.waiting import wait_until

Message = MutableMapping[str, Any]


class CountingServer:
    """Answers `/quick` at once, `/slow` after half a second and `/hang` never."""

    def __init__(self, host: str) -> None:
        self.served: dict[str, list[str]] = {}
        """Request ids by path, in the order in which their answers were sent."""
        self.hanging = 0
        self._server = uvicorn.Server(
            uvicorn.Config(self._answer, host, 0, log_level="critical", lifespan="off", interface="asgi3")
        )
        self._thread = threading.Thread(target=self._server.run, daemon=True)

    @property
    def url(self) -> str:
        host, port = self._server.servers[0].sockets[0].getsockname()
        return f"http://{host}:{port}"

    def open_connections(self) -> int:
        return len(self._server.server_state.connections)

    def start(self) -> None:
        self._thread.start()
        wait_until(lambda: self._server.started, "the counting server has started")

    def stop(self) -> None:
        self._server.should_exit = self._server.force_exit = True
        self._thread.join(timeout=10)

    async def _answer(
        self,
        scope: Message,
        receive: Callable[[], Awaitable[Message]],
        send: Callable[[Message], Awaitable[None]],
    ) -> None:
        path = scope["path"]
        if path == "/slow":
            await asyncio.sleep(0.5)
        if path == "/hang":
            self.hanging += 1
            while (await receive())["type"] != "http.disconnect":
                pass
            self.hanging -= 1
            return
        request_id = dict(scope["headers"]).get(b"x-request-id", b"").decode()
        headers = [(b"content-type", b"application/json"), (b"content-length", b"11")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        self.served.setdefault(path, []).append(request_id)
        await send({"type": "http.response.body", "body": b'{"ok":true}'})


@contextmanager
def counting_server(host: str = "127.0.0.1") -> Iterator[CountingServer]:
    """A running server; ends with the block."""
    server = CountingServer(host)
    server.start()
    try:
        yield server
    finally:
        server.stop()
