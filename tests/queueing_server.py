"""A small HTTP server in a process of its own with a known capacity: a queue before `workers`, each of which takes
exactly `service_ms` for an answer. More than workers / service time nobody gets out of it.

Answers as a Lorax backend does where a preflight looks.
"""

from __future__ import annotations

import asyncio
import heapq
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from tests.delaying_server import answer


class Queue:
    """Reckons when each request is done; keeps to it however late the loop is."""

    def __init__(self, workers: int, service_ms: float) -> None:
        self._free_s = [0.0] * workers
        self._service_s = service_ms / 1000

    def done_s(self, now_s: float) -> float:
        """When the request that has come now is done."""
        done_s = max(now_s, heapq.heappop(self._free_s)) + self._service_s
        heapq.heappush(self._free_s, done_s)
        return done_s


class _Connection(asyncio.Protocol):
    """One client at a time asks here, and waits for its answer."""

    def __init__(self, queue: Queue) -> None:
        self._queue = queue

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        loop = asyncio.get_running_loop()
        for request in data.split(b"\r\n\r\n")[:-1]:
            path = request.split(b" ", 2)[1].partition(b"?")[0].decode()
            loop.call_at(self._queue.done_s(loop.time()), self._send, answer(path))

    def _send(self, content: bytes) -> None:
        if isinstance(self._transport, asyncio.Transport) and not self._transport.is_closing():
            self._transport.write(content)


async def _serve(workers: int, service_ms: float) -> None:
    """Serve until standard input closes; the port is the first line of output."""
    loop = asyncio.get_running_loop()
    queue = Queue(workers, service_ms)
    server = await loop.create_server(lambda: _Connection(queue), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    server.close()


@contextmanager
def queueing_server(workers: int, service_ms: float) -> Iterator[str]:
    """The URL of a running server; it ends with the block, or with this process."""
    process = subprocess.Popen(
        [sys.executable, "-m", __name__, json.dumps([workers, service_ms])],
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
    asyncio.run(_serve(*json.loads(sys.argv[1])))
