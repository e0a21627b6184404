"""A small HTTP server in a process of its own that takes a known time for each path.

Answers as a Lorax backend does where a preflight looks; everything takes 5 ms unless told otherwise.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from tests.served import serve, served

USUAL_MS = 5.0

_BODIES = {
    "/health": b'{"ok":true,"redis":true}',
    "/projects": b'{"projects":{}}',
    "/memory_status": b'{"rss_MB":100.0,"vms_MB":100.0,"file_cache_size":0,"pid":4242}',
    "/init-session": b'{"sid":"00000000-0000-4000-8000-000000000000"}',
}


def _answer(path: str) -> bytes:
    status, body = ("200 OK", _BODIES[path]) if path in _BODIES else ("404 Not Found", b'{"detail":"Not Found"}')
    head = f"HTTP/1.1 {status}\r\ncontent-length: {len(body)}\r\ncontent-type: application/json\r\n\r\n"
    return head.encode() + body


class Connection(asyncio.Protocol):
    """One client at a time asks here, and waits for its answer; `due_s` tells of a path when that is due."""

    def __init__(self, due_s: Callable[[str, float], float]) -> None:
        self._due_s = due_s

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        loop = asyncio.get_running_loop()
        for request in data.split(b"\r\n\r\n")[:-1]:
            path = request.split(b" ", 2)[1].partition(b"?")[0].decode()
            loop.call_at(self._due_s(path, loop.time()), self._send, _answer(path))

    def _send(self, answer: bytes) -> None:
        if isinstance(self._transport, asyncio.Transport) and not self._transport.is_closing():
            self._transport.write(answer)


@contextmanager
def delaying_server(delays_ms: Mapping[str, float] | None = None) -> Iterator[str]:
    """The URL of a running server."""
    with served(__name__, json.dumps(dict(delays_ms or {}))) as url:
        yield url


def _main(delays_ms: Mapping[str, float]) -> None:
    def due_s(path: str, now_s: float) -> float:
        return now_s + delays_ms.get(path, USUAL_MS) / 1000

    asyncio.run(serve(lambda: Connection(due_s)))


if __name__ == "__main__":
    _main(json.loads(sys.argv[1]))
