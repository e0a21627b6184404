"""A small HTTP server in a process of its own that takes a known time for each path.

Answers as a Lorax backend does where a preflight looks; everything takes 5 ms unless told otherwise.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

USUAL_MS = 5.0

_BODIES = {
    "/health": b'{"ok":true,"redis":true}',
    "/projects": b'{"projects":{}}',
    "/memory_status": b'{"rss_MB":100.0,"vms_MB":100.0,"file_cache_size":0,"pid":4242}',
    "/init-session": b'{"sid":"00000000-0000-4000-8000-000000000000"}',
}


def answer(path: str) -> bytes:
    status, body = ("200 OK", _BODIES[path]) if path in _BODIES else ("404 Not Found", b'{"detail":"Not Found"}')
    head = f"HTTP/1.1 {status}\r\ncontent-length: {len(body)}\r\ncontent-type: application/json\r\n\r\n"
    return head.encode() + body


class _Connection(asyncio.Protocol):
    """One client at a time asks here, and waits for its answer."""

    def __init__(self, delays_ms: Mapping[str, float]) -> None:
        self._delays_ms = delays_ms

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        for request in data.split(b"\r\n\r\n")[:-1]:
            path = request.split(b" ", 2)[1].partition(b"?")[0].decode()
            delay_s = self._delays_ms.get(path, USUAL_MS) / 1000
            asyncio.get_running_loop().call_later(delay_s, self._send, answer(path))

    def _send(self, answer: bytes) -> None:
        if isinstance(self._transport, asyncio.Transport) and not self._transport.is_closing():
            self._transport.write(answer)


async def _serve(delays_ms: Mapping[str, float]) -> None:
    """Serve until standard input closes; the port is the first line of output."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: _Connection(delays_ms), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    server.close()


@contextmanager
def delaying_server(delays_ms: Mapping[str, float] | None = None) -> Iterator[str]:
    """The URL of a running server; it ends with the block, or with this process."""
    process = subprocess.Popen(
        [sys.executable, "-m", __name__, json.dumps(dict(delays_ms or {}))],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None and process.stdout is not None
    try:
        yield f"http://127.0.0.1:{process.stdout.readline().strip()}"
    finally:
        process.stdin.close()
        process.wait(5)
        process.stdout.close()


if __name__ == "__main__":
    asyncio.run(_serve(json.loads(sys.argv[1])))
