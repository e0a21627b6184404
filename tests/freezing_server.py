"""A bare-bones HTTP server that can stand still, and keeps the times of everything that it was asked."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

ANSWER = b'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 11\r\n\r\n{"ok":true}'


@dataclass(frozen=True, slots=True)
class Served:
    """One request and its answer, on the clock of `time.monotonic`."""

    path: str
    received_s: float
    answered_s: float


class FreezingServer:
    """Answers whatever is asked after `takes_s`, except while it is frozen; its clients send whole GETs."""

    def __init__(self) -> None:
        self.served: list[Served] = []
        """In the order in which the requests came in."""
        self.takes_s = 0.0
        self.connections: set[asyncio.Transport] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self.url = ""

    def start(self) -> None:
        self._thread.start()
        serving = self._loop.create_server(lambda: _Connection(self), "127.0.0.1", 0)
        self._server = asyncio.run_coroutine_threadsafe(serving, self._loop).result(10)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    def freeze(self, seconds: float) -> None:
        """Stand still for so long, from now on: connections are taken by the kernel, and nothing answers."""
        self._loop.call_soon_threadsafe(time.sleep, seconds)

    def stop(self) -> None:
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result(20)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    async def _close(self) -> None:
        self._server.close()
        for transport in list(self.connections):
            transport.abort()
        await asyncio.sleep(0)  # which is when they are closed

    def answer(self, path: str, transport: asyncio.Transport) -> None:
        received_s = time.monotonic()
        if self.takes_s:
            self._loop.call_later(self.takes_s, self._answer, path, received_s, transport)
        else:
            self._answer(path, received_s, transport)

    def _answer(self, path: str, received_s: float, transport: asyncio.Transport) -> None:
        transport.write(ANSWER)
        self.served.append(Served(path, received_s, time.monotonic()))


class _Connection(asyncio.Protocol):
    def __init__(self, server: FreezingServer) -> None:
        self._server = server

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._server.connections.add(transport)

    def connection_lost(self, error: Exception | None) -> None:
        self._server.connections.discard(self._transport)

    def data_received(self, data: bytes) -> None:
        for request in data.split(b"\r\n\r\n")[:-1]:
            self._server.answer(request.split(b" ", 2)[1].decode(), self._transport)


@contextmanager
def freezing_server() -> Iterator[FreezingServer]:
    """A running server; ends with the block."""
    server = FreezingServer()
    server.start()
    try:
        yield server
    finally:
        server.stop()
