"""Bytes to and from one peer: a non-blocking socket whose waits let other greenlets run, with or without TLS.

The standard library's own sockets on gevent's loop: the engine's process is not patched, and in a worker's, which is,
gevent's cost twice as much. Knows nothing of HTTP, and nothing of time: whoever calls arms a deadline first.
"""

from __future__ import annotations

import errno
import os
import select
import socket
import ssl
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

import gevent.socket
from gevent import get_hub
from gevent.monkey import get_original

from lorax_tui.engine.http.failure import HttpError

CHUNK_BYTES = 64 * 1024

_socket: type[socket.socket] = get_original("socket", "socket")
_poll: Callable[[], select.poll] = get_original("select", "poll")

Address = tuple[socket.AddressFamily, tuple[Any, ...]]


@lru_cache(maxsize=8)
def trust(ca_file: str | None) -> ssl.SSLContext:
    """The TLS settings of all connections: verified against `ca_file`, or else the system's certificates."""
    context = ssl.create_default_context(cafile=ca_file)
    context.set_alpn_protocols(["http/1.1"])
    return context


def resolve(host: str, port: int, addresses: Sequence[str] = ()) -> list[Address]:
    """Addresses of a host: those that are pinned, or else what its name means now."""
    return [found for name in addresses or (host,) for found in _resolved(name, port)]


def _resolved(host: str, port: int) -> list[Address]:
    """Without a resolver where it is an address already."""
    try:
        found = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST | socket.AI_NUMERICSERV
        )
    except (socket.gaierror, UnicodeError):
        try:
            found = gevent.socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except UnicodeError as error:
            raise HttpError("dns", "not a name of a host") from error
    return [(family, address) for family, _, _, _, address in found]


def connect(host: str, port: int, tls: Callable[[], ssl.SSLContext] | None, addresses: Sequence[str] = ()) -> Stream:
    """A stream to the first of the host's addresses that lets us in; to `addresses` alone where there are any."""
    failure: OSError = OSError(errno.EADDRNOTAVAIL, os.strerror(errno.EADDRNOTAVAIL))
    for family, address in resolve(host, port, addresses):
        stream = Stream(family)
        try:
            stream.connect(address)
        except OSError as error:
            stream.close()
            failure = error
            continue
        except BaseException:
            stream.close()
            raise
        try:
            if tls is not None:
                stream.start_tls(tls(), host)
        except BaseException:
            stream.close()
            raise
        return stream
    raise failure


class Stream:
    """One connected socket."""

    __slots__ = ("_hub", "_poll", "_readable", "_socket", "_wants_tls", "_writable")

    def __init__(self, family: socket.AddressFamily) -> None:
        self._hub = get_hub()
        self._wants_tls = False
        self._socket = _socket(family, socket.SOCK_STREAM)
        self._socket.setblocking(False)
        descriptor = self._socket.fileno()
        self._readable = self._hub.loop.io(descriptor, 1)
        self._writable = self._hub.loop.io(descriptor, 2)
        self._poll = _poll()
        self._poll.register(descriptor, select.POLLIN)

    def connect(self, address: tuple[Any, ...]) -> None:
        """Open the connection."""
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        code = self._socket.connect_ex(address)
        if code == errno.EINPROGRESS:
            self._hub.wait(self._writable)
            code = self._socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if code:
            raise OSError(code, os.strerror(code))

    def start_tls(self, context: ssl.SSLContext, host: str) -> None:
        """Shake hands; the certificate must be trusted and name `host`."""
        wrapped = context.wrap_socket(self._socket, server_hostname=host, do_handshake_on_connect=False)
        self._socket = wrapped
        self._wants_tls = True
        while True:
            try:
                wrapped.do_handshake()
                return
            except ssl.SSLWantReadError:
                self._hub.wait(self._readable)
            except ssl.SSLWantWriteError:
                self._hub.wait(self._writable)

    def send(self, data: bytes) -> None:
        """Send all of `data`."""
        sent = self._send(data)
        if sent < len(data):
            rest = memoryview(data)[sent:]
            while rest:
                rest = rest[self._send(rest) :]

    def _send(self, data: bytes | memoryview) -> int:
        while True:
            try:
                return self._socket.send(data)
            except (BlockingIOError, ssl.SSLWantWriteError):
                self._hub.wait(self._writable)
            except ssl.SSLWantReadError:
                self._hub.wait(self._readable)

    def receive(self) -> bytes:
        """Some bytes, at least one; none at the end of the stream."""
        if not self._wants_tls:  # TLS may hold bytes that no poll can see
            self._hub.wait(self._readable)
        while True:
            try:
                return self._socket.recv(CHUNK_BYTES)
            except (BlockingIOError, ssl.SSLWantReadError):
                self._hub.wait(self._readable)
            except ssl.SSLWantWriteError:
                self._hub.wait(self._writable)

    def is_quiet(self) -> bool:
        """Whether an idle connection is still open with nothing unasked for in it."""
        if not self._poll.poll(0):
            return True
        if not self._wants_tls:
            return False
        try:  # a session ticket may have come after the last answer
            self._socket.recv(1)
        except ssl.SSLWantReadError:
            return True
        except OSError:
            return False
        return False

    def close(self) -> None:
        """Close at once, without a farewell."""
        self._readable.close()
        self._writable.close()
        self._socket.close()
