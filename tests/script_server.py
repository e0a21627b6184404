"""A Socket.IO server that says exactly what a test tells it to say, byte by byte if need be.

    server.on["ping"] = answer            async def answer(wire, number, payload): ...
    server.welcome = [...]                what a connection is told after it asked for the namespace

Runs in a thread of its own. Speaks just enough of the protocol to be taken for a backend.
"""

from __future__ import annotations

import asyncio
import json
import socket
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Any

import uvicorn

OPEN = '0{"sid":"e","upgrades":[],"pingInterval":25000,"pingTimeout":60000,"maxPayload":1000000}'
IN_NAMESPACE = '40{"sid":"s"}'
GREETING = '42["status",{"message":"Connected","lorax_sid":"any"}]'

Answer = Callable[["Wire", int, dict[str, Any]], Awaitable[None]]


class Wire:
    """One connection, seen from the server."""

    def __init__(self, send: Callable[[dict[str, Any]], Awaitable[None]]) -> None:
        self._send = send
        self.kept: list[int] = []
        """Numbers of asks that a test's answer keeps for later."""

    async def raw(self, text: str) -> None:
        """Send a message as it is."""
        await self._send({"type": "websocket.send", "text": text})

    async def event(self, name: str, payload: object) -> None:
        """Send an event."""
        await self.raw(f"42{json.dumps([name, payload])}")

    async def ack(self, number: int, *payload: object) -> None:
        """Send an ack."""
        await self.raw(f"43{number}{json.dumps(list(payload))}")

    async def hang_up(self) -> None:
        """Close the connection."""
        await self._send({"type": "websocket.close"})


class ScriptServer:
    """The script, and what came in."""

    def __init__(self) -> None:
        self.url = ""
        self.port = 0
        self.stop: Callable[[], None] = lambda: None
        """Ends it before its block does."""
        self.wires: set[Wire] = set()
        """Open connections."""
        self.loop: asyncio.AbstractEventLoop | None = None
        self.forget()

    @property
    def connections(self) -> int:
        """How many are open."""
        return len(self.wires)

    def tell_all(self, say: Callable[[int, Wire], Awaitable[None]], limit_s: float = 20.0) -> None:
        """Say something on every open connection, given its number, and return when it is said."""

        async def telling() -> None:
            wires = list(self.wires)
            await asyncio.gather(*(say(number, wire) for number, wire in enumerate(wires)), return_exceptions=True)

        assert self.loop is not None, "somebody has connected"
        asyncio.run_coroutine_threadsafe(telling(), self.loop).result(limit_s)

    def forget(self) -> None:
        """Start with an empty script."""
        self.on: dict[str, Answer] = {}
        self.welcome = [IN_NAMESPACE, GREETING]
        self.cookies: list[str] = []
        self.pages: dict[str, object] = {}
        """What HTTP paths answer; the others say 502."""
        self.hangs = False
        """Whether HTTP requests get no answer at all."""
        self.accepted_s: list[float] = []
        """When each connection came, on the monotonic clock."""

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            return
        if scope["type"] == "http":
            while self.hangs and (await receive())["type"] != "http.disconnect":
                """Wait until the client gives up."""
            await self.page(scope, send)
            return
        await receive()
        if "/socket.io/" not in scope["path"]:
            await send({"type": "websocket.close"})
            return
        self.cookies += [value.decode() for name, value in scope["headers"] if name == b"cookie"]
        await send({"type": "websocket.accept"})
        self.loop, wire = asyncio.get_running_loop(), Wire(send)
        self.wires.add(wire)
        self.accepted_s.append(monotonic())
        try:
            await self._talk(receive, wire)
        finally:
            self.wires.discard(wire)

    async def page(self, scope: dict[str, Any], send: Any) -> None:
        """Answer an HTTP request."""
        path = scope["path"]
        status = 200 if path in self.pages else 502
        headers = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": json.dumps(self.pages.get(path)).encode()})

    async def _talk(self, receive: Any, wire: Wire) -> None:
        await wire.raw(OPEN)
        tasks = set()
        while True:
            message = await receive()
            if message["type"] == "websocket.disconnect":
                break
            text = message.get("text") or ""
            if text.startswith("40"):
                for line in self.welcome:
                    await wire.raw(line)
            elif text.startswith("42"):
                digits = text[2 : text.index("[")]
                name, payload = json.loads(text[text.index("[") :])
                if name in self.on:
                    task = asyncio.create_task(self._answer(wire, name, int(digits), payload))
                    tasks.add(task)
                    task.add_done_callback(tasks.discard)
            elif text == "1":
                await wire.hang_up()
        for task in tasks:
            task.cancel()

    async def _answer(self, wire: Wire, name: str, number: int, payload: dict[str, Any]) -> None:
        try:
            await self.on[name](wire, number, payload)
        except RuntimeError:
            """The client is gone; uvicorn says so in this way."""


@contextmanager
def script_server(port: int = 0, kind: type[ScriptServer] = ScriptServer, **tls: Any) -> Iterator[Any]:
    """A running server on a loopback port, a free one where none is named; `tls` as uvicorn takes it."""
    server = kind()
    listener = socket.create_server(("127.0.0.1", port))
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # asyncio forgets it for sockets made like this
    scheme = "https" if tls else "http"
    server.port = listener.getsockname()[1]
    server.url = f"{scheme}://127.0.0.1:{server.port}"
    config = uvicorn.Config(
        server,
        ws="wsproto",
        lifespan="off",
        log_config=None,
        timeout_graceful_shutdown=1,
        **tls,
    )
    running = uvicorn.Server(config)
    thread = threading.Thread(target=lambda: asyncio.run(running.serve([listener])))
    thread.start()

    def stop() -> None:
        running.should_exit = True
        thread.join(10)
        listener.close()

    server.stop = stop
    try:
        yield server
    finally:
        stop()
