"""A bare-bones HTTP server in a process of its own, so fast that only the generator is measured.

Answers as a Lorax backend does where a preflight looks, and keeps connections open.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from contextlib import contextmanager

from tests.served import serve, served

_BODIES = {
    b"/health": b'{"ok":true,"redis":true}',
    b"/projects": b'{"projects":{}}',
    b"/memory_status": b'{"rss_MB":1.0,"vms_MB":1.0,"file_cache_size":0,"pid":%d}' % os.getpid(),
    b"/init-session": b'{"sid":"00000000-0000-4000-8000-000000000000"}',
}


def _answer(status: bytes, body: bytes) -> bytes:
    return (
        b"HTTP/1.1 %s\r\ndate: Mon, 01 Jan 2024 00:00:00 GMT\r\nserver: fast\r\ncontent-length: %d\r\n"
        b"content-type: application/json\r\n\r\n%s" % (status, len(body), body)
    )


_ANSWERS = {path: _answer(b"200 OK", body) for path, body in _BODIES.items()}
_MISSING = _answer(b"404 Not Found", b'{"detail":"Not Found"}')


class _Connection(asyncio.Protocol):
    """Answers each request at once; its clients send no bodies and whole requests."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        for request in data.split(b"\r\n\r\n")[:-1]:
            path = request.split(b" ", 2)[1].partition(b"?")[0]
            self._transport.write(_ANSWERS.get(path, _MISSING))


@contextmanager
def fast_server() -> Iterator[str]:
    """The URL of a running server."""
    with served(__name__) as url:
        yield url


if __name__ == "__main__":
    asyncio.run(serve(_Connection))
