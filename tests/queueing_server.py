"""A small HTTP server in a process of its own with a known capacity: a queue before `workers`, each of which takes
exactly `service_ms` for an answer. More than workers / service time nobody gets out of it.

Answers as a Lorax backend does where a preflight looks.
"""

from __future__ import annotations

import asyncio
import heapq
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from tests.delaying_server import Connection
from tests.served import serve, served


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


@contextmanager
def queueing_server(workers: int, service_ms: float) -> Iterator[str]:
    """The URL of a running server."""
    with served(__name__, json.dumps([workers, service_ms])) as url:
        yield url


def _main(workers: int, service_ms: float) -> None:
    queue = Queue(workers, service_ms)
    asyncio.run(serve(lambda: Connection(lambda path, now_s: queue.done_s(now_s))))


if __name__ == "__main__":
    _main(*json.loads(sys.argv[1]))
