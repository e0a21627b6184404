"""A target, or what stands before it, that does its worst: bounded memory and time, the right kind, no lost sample."""

from __future__ import annotations

import subprocess
import sys

import pytest

from lorax_tui.engine.sockets.polling import MOST_POLLED_BYTES
from lorax_tui.model.scenario import Transport
from tests.benchmarks.socket_server import socket_server
from tests.engine.httpfaults import MB, bomb, fine, oversize_chunks, squeezed_zeros
from tests.engine.httpserver import HttpServer, Peer, Received, Route
from tests.faults import catalogue

HUGE_BYTES = 200 * MB


def huge(peer: Peer, request: Received) -> None:
    peer.send(f"HTTP/1.1 200 OK\r\nContent-Length: {HUGE_BYTES}\r\n\r\n".encode())
    _pour(peer)


def huge_without_length(peer: Peer, request: Received) -> None:
    peer.send(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
    _pour(peer)
    peer.close()


def bomb_in_a_bomb(peer: Peer, request: Received) -> None:
    peer.answer(squeezed_zeros(2), "Content-Encoding: gzip, gzip")


def many_headers(peer: Peer, request: Received) -> None:
    peer.answer(b"fine", *(f"X-Header-{number}: {number:04}" for number in range(5000)))


def _pour(peer: Peer) -> None:
    for _ in range(HUGE_BYTES // MB):
        peer.send(bytes(MB))


def test_row_45_what_is_too_large_costs_little_memory() -> None:
    """Measured in a process that did nothing else, at its worst moment, with the limits that users have."""
    routes: list[Route] = [huge, huge_without_length, oversize_chunks, bomb, bomb_in_a_bomb, many_headers]
    squeezed_zeros(), squeezed_zeros(2)
    with HttpServer({f"/{route.__name__}": route for route in (*routes, fine)}) as server:
        paths = [f"/{route.__name__}" for route in routes]
        command = [sys.executable, "-m", "tests.faults.swallowed", server.url, *paths]
        done = subprocess.run(command, capture_output=True, text=True, cwd=catalogue.ROOT, timeout=120, check=True)
    told = {path: (kind, seen, float(mb)) for path, kind, seen, mb in map(str.split, done.stdout.splitlines())}
    assert list(told) == paths
    assert {kind for kind, _, _ in told.values()} == {"oversize"}, told
    assert {path: mb for path, (_, _, mb) in told.items() if mb >= 20} == {}
    print(told)


@pytest.mark.parametrize(
    ("transport", "users", "most_mb"),
    [(Transport.WEBSOCKET, 6, 20), (Transport.POLLING, 1, MOST_POLLED_BYTES / 1e6 + 10)],
)
def test_row_45_a_message_that_is_too_large_costs_little_memory(
    transport: Transport, users: int, most_mb: float
) -> None:
    """A frame tells its length before it comes, an answer to a poll may not. The connection ends, and so every ask."""
    with socket_server() as url:
        command = [sys.executable, "-m", "tests.faults.swallowed_messages", url, transport, str(users)]
        done = subprocess.run(command, capture_output=True, text=True, cwd=catalogue.ROOT, timeout=120, check=True)
    kinds, grown_mb = done.stdout.split()
    assert kinds == f"oversize:{users}" and float(grown_mb) < most_mb
    print(transport, grown_mb)
