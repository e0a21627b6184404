"""Routes that answer wrongly, and the outcome that each must have."""

from __future__ import annotations

import gzip
import zlib
from functools import cache

from lorax_tui.model.tally import Outcome
from tests.engine.httpserver import Peer, Received, Route

MB = 1024 * 1024


def truncated(peer: Peer, request: Received) -> None:
    peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this")
    peer.close()


def truncated_chunks(peer: Peer, request: Received) -> None:
    peer.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n")
    peer.close()


def truncated_header(peer: Peer, request: Received) -> None:
    peer.send(b"HTTP/1.1 200 OK\r\nContent-Le")
    peer.close()


def truncated_gzip(peer: Peer, request: Received) -> None:
    peer.answer(gzip.compress(b"whole" * 100)[:-10], "Content-Encoding: gzip")


def no_gzip(peer: Peer, request: Received) -> None:
    peer.answer(b"plain text", "Content-Encoding: gzip")


def garbage(peer: Peer, request: Received) -> None:
    peer.send(b"\x00\xff\x1b[2Jnot http at all\r\n\r\n")
    peer.close()


def upgrade(peer: Peer, request: Received) -> None:
    peer.send(b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")


def closed(peer: Peer, request: Received) -> None:
    peer.close()


def reset(peer: Peer, request: Received) -> None:
    peer.reset()


def drip(peer: Peer, request: Received) -> None:
    peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n")
    for _ in range(100):
        peer.send(b".")
        if peer.stopping.wait(0.1):
            return


def stall(peer: Peer, request: Received) -> None:
    peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nsome")
    peer.hang()


def hang(peer: Peer, request: Received) -> None:
    peer.hang()


def header_flood(peer: Peer, request: Received) -> None:
    peer.send(b"HTTP/1.1 200 OK\r\n")
    while not peer.stopping.is_set():
        peer.send(b"X-More: and more\r\n" * 500)


def trailer_flood(peer: Peer, request: Received) -> None:
    peer.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n")
    while not peer.stopping.is_set():
        peer.send(b"X-More: and more\r\n" * 500)


def interim_flood(peer: Peer, request: Received) -> None:
    while not peer.stopping.is_set():
        peer.send(b"HTTP/1.1 102 Processing\r\n\r\n" * 500)


def big_header(peer: Peer, request: Received) -> None:
    peer.answer(b"", "X-Big: " + "x" * (40 * 1024))


def oversize(peer: Peer, request: Received) -> None:
    peer.answer(b"x" * (3 * MB))


def oversize_chunks(peer: Peer, request: Received) -> None:
    peer.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    while not peer.stopping.is_set():
        peer.send(b"10000\r\n" + b"x" * 0x10000 + b"\r\n")


def bomb(peer: Peer, request: Received) -> None:
    peer.answer(squeezed_zeros(), "Content-Encoding: gzip")


@cache
def squeezed_zeros(times: int = 1) -> bytes:
    """Two hundred megabytes in two hundred kilobytes; those squeezed once more are next to nothing."""
    if times > 1:
        return gzip.compress(squeezed_zeros(times - 1))
    squeezer = zlib.compressobj(9, zlib.DEFLATED, zlib.MAX_WBITS | 16)
    return b"".join(squeezer.compress(bytes(MB)) for _ in range(200)) + squeezer.flush()


def loop(peer: Peer, request: Received) -> None:
    peer.answer(b"", "Location: /loop", status="302 Found")


def off_host(peer: Peer, request: Received) -> None:
    peer.answer(b"", "Location: http://127.0.0.2:9/elsewhere", status="302 Found")


def off_scheme(peer: Peer, request: Received) -> None:
    peer.answer(b"", "Location: ftp://127.0.0.1/file", status="302 Found")


def error_500(peer: Peer, request: Received) -> None:
    peer.answer(b"\xff\xfe\x00 broken", "Content-Type: text/plain; charset=utf-8", status="500 Oh No")


def missing(peer: Peer, request: Received) -> None:
    peer.answer(b"", status="404 Not Found")


def fine(peer: Peer, request: Received) -> None:
    peer.answer(b"fine")


FAULTS: list[tuple[Route, Outcome, str, int]] = [
    (truncated, Outcome.FAILED, "truncated", 0),
    (truncated_chunks, Outcome.FAILED, "truncated", 0),
    (truncated_header, Outcome.FAILED, "truncated", 0),
    (truncated_gzip, Outcome.FAILED, "truncated", 0),
    (no_gzip, Outcome.FAILED, "garbage", 0),
    (garbage, Outcome.FAILED, "garbage", 0),
    (upgrade, Outcome.FAILED, "garbage", 0),
    (closed, Outcome.FAILED, "reset", 0),
    (reset, Outcome.FAILED, "reset", 0),
    (drip, Outcome.TIMEOUT, "timeout", 0),
    (stall, Outcome.TIMEOUT, "timeout", 0),
    (hang, Outcome.TIMEOUT, "timeout", 0),
    (header_flood, Outcome.FAILED, "oversize", 0),
    (trailer_flood, Outcome.FAILED, "oversize", 0),
    (interim_flood, Outcome.FAILED, "oversize", 0),
    (big_header, Outcome.FAILED, "oversize", 0),
    (oversize, Outcome.FAILED, "oversize", 0),
    (oversize_chunks, Outcome.FAILED, "oversize", 0),
    (bomb, Outcome.FAILED, "oversize", 0),
    (loop, Outcome.FAILED, "redirect", 0),
    (off_host, Outcome.FAILED, "redirect", 0),
    (off_scheme, Outcome.FAILED, "redirect", 0),
    (error_500, Outcome.FAILED, "status", 500),
    (missing, Outcome.FAILED, "status", 404),
    (fine, Outcome.OK, "", 200),
]
