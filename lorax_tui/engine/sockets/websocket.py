"""A websocket on gevent's sockets that costs little where all is well, and never waits where that would hold others up.

websocket-client brings the protocol. Here are its bounds, its locks and its reads and writes: what has come is read at
once and not field by field, a small message leaves at once where nothing else is being sent, and a silent peer is
noticed without a timer for every read.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import nullcontext
from math import inf
from time import perf_counter
from typing import Any

import gevent
from gevent import socket as gsocket
from gevent.lock import BoundedSemaphore
from websocket import (
    WebSocket,
    WebSocketConnectionClosedException,
    WebSocketTimeoutException,
)
from websocket._abnf import ABNF, continuous_frame, frame_buffer

from lorax_tui.engine.http.deadline import Deadline, TimeIsUp
from lorax_tui.engine.http.intake import WORTH_COUNTING_BYTES, Intake

CHUNK_BYTES = 64 * 1024

SMALL = 16_000
"""Longest message that may leave at once: a longer one takes long to mask, and finds no room."""


class _Frames(frame_buffer):
    """Reads whatever has come, and refuses a frame by its announced length, before any of it is kept."""

    def __init__(self, receive: Callable[[int], bytes], intake: Intake) -> None:
        super().__init__(receive, skip_utf8_validation=True)
        self._ahead = b""
        self._intake = intake

    def recv_strict(self, bufsize: int) -> bytes:
        """The next so many bytes."""
        ahead = self._ahead
        if len(ahead) < bufsize:
            parts, missing = [ahead], bufsize - len(ahead)
            while missing > 0:
                part = self.recv(CHUNK_BYTES)
                parts.append(part)
                missing -= len(part)
            ahead = b"".join(parts)
        self._ahead = ahead[bufsize:]
        return ahead[:bufsize]

    def recv_length(self) -> None:
        super().recv_length()
        if self.length > WORTH_COUNTING_BYTES:
            self._intake.grow_to(self.length)


class _Fragments(continuous_frame):
    """Refuses a message whose fragments add up to too much."""

    def __init__(self, intake: Intake) -> None:
        super().__init__(False, skip_utf8_validation=True)
        self._intake = intake

    def add(self, frame: ABNF) -> None:
        if not (self.cont_data or frame.fin):
            frame.data = bytearray(frame.data)  # the library adds to it: to bytes it would cost a copy each time
        super().add(frame)
        if self.cont_data and len(self.cont_data[1]) > WORTH_COUNTING_BYTES:
            self._intake.grow_to(len(self.cont_data[1]))

    def extract(self, frame: ABNF) -> tuple[int, ABNF]:
        opcode, frame = super().extract(frame)
        if isinstance(frame.data, bytearray):
            frame.data = bytes(frame.data)
        return opcode, frame


class GeventWebSocket(WebSocket):
    """Read by one greenlet, written by any.

    Its lock is gevent's: with a native one the whole thread would stand still as soon as the reader answers a ping
    while a writer waits for room in the socket.
    """

    def __init__(self, intake: Intake, **options: Any) -> None:
        super().__init__(**options)
        self.lock = BoundedSemaphore(1)
        self.readlock = nullcontext()
        self.frame_buffer = _Frames(self._recv, intake)
        self.frame_buffer.lock = nullcontext()
        self.cont_frame = _Fragments(intake)
        self.sock: Any
        self.deadline = Deadline()
        self._silence_s = inf

    def settimeout(self, timeout: float) -> None:
        """From now on the peer may be silent for so long, and as deaf; before it is connected, the library's own."""
        if self.sock is None:
            super().settimeout(timeout)
        else:
            self._silence_s = timeout
            self.sock.settimeout(None)

    def send_now(self, payload: str | bytes, opcode: int) -> bytes | None:
        """Send a message if that needs no waiting.

        Returns:
            What is left of it and must be given to `send_rest` at once; `None`: nothing of it was sent.
        """
        sock = self.sock
        if len(payload) > SMALL or type(sock) is not gsocket.socket or self.lock.locked():
            return None
        frame = _frame(payload, opcode)
        self.lock.acquire()
        try:
            rest = frame[sock._sock.send(frame) :]
        except OSError:  # no room, or nobody there: whoever waits for room will see
            self.lock.release()
            return None
        if not rest:
            self.lock.release()
        return rest

    def send_rest(self, rest: bytes) -> None:
        """Send what `send_now` has left; nothing else is sent before."""
        try:
            while rest:
                rest = rest[self._send(rest) :]
        finally:
            self.lock.release()

    def _send(self, data: bytes) -> int:
        limit_s = None if self._silence_s == inf else self._silence_s
        with gevent.Timeout(limit_s, WebSocketTimeoutException("Connection timed out")):
            return int(super()._send(data))

    def _recv(self, bufsize: int) -> bytes:
        """Some bytes, as many as have come: only the frames read here, and they keep what is ahead."""
        sock = self.sock
        if sock is None:
            raise WebSocketConnectionClosedException("Connection is closed")
        self.deadline.arm(perf_counter() + self._silence_s)
        try:
            if self._silence_s != inf and type(sock) is gsocket.socket:  # TLS may hold bytes that no wait can see
                sock._wait(sock._read_event)  # mostly nothing has come yet: trying first costs a call and an exception
            data: bytes = sock.recv(bufsize)
        except (TimeIsUp, TimeoutError):
            raise WebSocketTimeoutException("Connection timed out") from None
        finally:
            self.deadline.disarm()
        if not data:
            sock.close()
            self.sock, self.connected = None, False
            raise WebSocketConnectionClosedException("Connection to remote host was lost.")
        return data


def _frame(payload: str | bytes, opcode: int) -> bytes:
    """A small message in one masked frame."""
    data = payload.encode() if isinstance(payload, str) else payload
    length, key = len(data), os.urandom(4)
    stream = int.from_bytes((key * (length // 4 + 1))[:length], "little")
    masked = (int.from_bytes(data, "little") ^ stream).to_bytes(length, "little")
    if length < 126:
        return bytes((0x80 | opcode, 0x80 | length)) + key + masked
    return bytes((0x80 | opcode, 0x80 | 126)) + length.to_bytes(2, "big") + key + masked
