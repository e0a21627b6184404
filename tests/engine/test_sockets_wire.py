"""One connection, against peers that break the rules below Socket.IO: frames, hand-shakes, certificates."""

from __future__ import annotations

import base64
import hashlib
import re
import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from typing import Any

import gevent
import pytest
from gevent.server import StreamServer

from lorax_tui.engine.context import Context
from lorax_tui.engine.sockets import LoraxSocket, requests
from lorax_tui.engine.sockets.exchange import MOST_OPEN
from lorax_tui.model.scenario import Target
from lorax_tui.model.tally import Tally
from tests.engine.httpserver import Authority
from tests.hub import run_until
from tests.script_server import GREETING, IN_NAMESPACE, OPEN, script_server

Peer = Callable[[Any], None]


def text_frame(text: str) -> bytes:
    payload = text.encode()
    assert len(payload) < 126
    return bytes([0x81, len(payload)]) + payload


def accept(connection: Any, opening: str = OPEN) -> None:
    """Answer the websocket's hand-shake, and welcome whoever it is."""
    request = b""
    while b"\r\n\r\n" not in request:
        request += connection.recv(4096)
    found = re.search(rb"Sec-WebSocket-Key: (\S+)", request)
    assert found
    digest = hashlib.sha1(found[1] + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11").digest()
    lines = ["HTTP/1.1 101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade"]
    lines += [f"Sec-WebSocket-Accept: {base64.b64encode(digest).decode()}", "", ""]
    connection.sendall("\r\n".join(lines).encode())
    for message in (opening, IN_NAMESPACE, GREETING):
        connection.sendall(text_frame(message))


@contextmanager
def peer(behaviour: Peer) -> Iterator[str]:
    """A server whose every connection is handled by `behaviour`, in greenlets of the test's own hub."""
    server = StreamServer(("127.0.0.1", 0), lambda connection, _: behaviour(connection))
    server.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.stop(timeout=0)


def booked(context: Context, name: str) -> Tally:
    return next(tally for tally in context.recorder.cut() if tally.name == name)


def connected(url: str) -> tuple[LoraxSocket, Context]:
    context = Context(Target(host=url))
    socket = LoraxSocket(context)
    assert socket.connect("abc-1")
    return socket, context


def test_a_frame_of_a_terabyte_is_not_waited_for() -> None:
    def boast(connection: Any) -> None:
        accept(connection)
        connection.sendall(bytes([0x82, 127]) + struct.pack("!Q", 1 << 40))
        connection.recv(1 << 20)

    with peer(boast) as url:
        socket, context = connected(url)
        assert requests.ping(socket, timeout_s=30) is None
        tally = booked(context, "ping")
        assert tally.failed + tally.disconnected == 1
        assert tally.errors[0].kind == "oversize" or tally.disconnected
        socket.close()


def test_a_ping_while_the_writer_is_stuck_stops_nobody() -> None:
    """The peer reads nothing and asks for a pong: reader and writer want the same lock."""

    def deaf(connection: Any) -> None:
        accept(connection)
        gevent.sleep(0.2)
        connection.sendall(bytes([0x89, 0]))
        gevent.sleep(30)

    with peer(deaf) as url:
        socket, context = connected(url)
        asking = gevent.spawn(socket.ask, "ping", {"much": "x" * 20_000_000}, timeout_s=2.0)
        turns = 0
        while not asking.ready():
            gevent.sleep(0.01)
            turns += 1
        assert turns > 20, "other greenlets went on"
        assert booked(context, "ping").timeout == 1
        began = monotonic()
        socket.close()
        assert monotonic() - began < 1.0


@pytest.mark.parametrize("head", [b"", b"HTTP/1.1 101 ", b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: web"])
def test_a_handshake_without_end_is_given_up(head: bytes) -> None:
    def dawdle(connection: Any) -> None:
        connection.sendall(head)
        connection.recv(4096)
        gevent.sleep(30)

    with peer(dawdle) as url:
        context = Context(Target(host=url))
        socket = LoraxSocket(context)
        assert not socket.connect("abc-1", timeout_s=0.3)
        assert booked(context, "connect").timeout == 1


def test_a_redirect_is_not_followed() -> None:
    visitors: list[object] = []

    def elsewhere(connection: Any) -> None:
        visitors.append(connection)

    with peer(elsewhere) as other:

        def redirect(connection: Any) -> None:
            connection.recv(4096)
            lines = f"HTTP/1.1 302 Found\r\nLocation: {other.replace('http', 'ws')}/\r\n\r\n"
            connection.sendall(lines.encode())

        with peer(redirect) as url:
            context = Context(Target(host=url))
            assert not LoraxSocket(context).connect("abc-1", timeout_s=5)
            assert booked(context, "connect").failed == 1
            gevent.sleep(0)
            assert visitors == []


def test_certificates_are_verified(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    authority.server("127.0.0.1")
    authority.server("elsewhere.example")
    with script_server(ssl_certfile=str(tmp_path / "127.0.0.1.pem")) as server:
        context = Context(Target(host=server.url, ca_file=str(authority.ca_file)))
        socket = LoraxSocket(context)
        assert socket.connect("abc-1")
        socket.close()
        run_until(lambda: server.connections == 0, "closed")
        context = Context(Target(host=server.url))
        assert not LoraxSocket(context).connect("abc-1")
        assert booked(context, "connect").errors[0].kind == "tls"
    with script_server(ssl_certfile=str(tmp_path / "elsewhere.example.pem")) as server:
        context = Context(Target(host=server.url, ca_file=str(authority.ca_file)))
        assert not LoraxSocket(context).connect("abc-1")
        assert booked(context, "connect").errors[0].kind == "tls"
        assert server.cookies == []


def unmasked_messages(connection: Any) -> Iterator[str]:
    """The text of each frame that a client sends; the connection's bytes must be frames and nothing else."""
    stream = connection.makefile("rb")
    while header := stream.read(2):
        assert header[0] == 0x81 and header[1] & 0x80, "a whole, masked frame of text"
        length = header[1] & 0x7F
        if length == 126:
            (length,) = struct.unpack("!H", stream.read(2))
        mask, payload = stream.read(4), stream.read(length)
        key = int.from_bytes((mask * (length // 4 + 1))[:length], "big")
        yield (int.from_bytes(payload, "big") ^ key).to_bytes(length, "big").decode()


def test_what_is_sent_at_once_and_what_waits_for_room_arrives_whole_and_in_order() -> None:
    """The peer begins to read when its window is full: a message is cut in two there, and others queue up behind it."""
    texts: list[str] = []
    count = 1000

    def slow(connection: Any) -> None:
        accept(connection)
        gevent.sleep(0.3)
        for text in unmasked_messages(connection):
            texts.append(text)

    with peer(slow) as url:
        socket, _ = connected(url)
        assert socket._client is not None
        tasks_before = len(socket._client.eio.tasks)
        for number in range(count):
            socket._client.emit("ask", {"number": number, "much": "x" * 12_000})
            if number % 100 == 99:
                gevent.sleep(0)
        assert len(socket._client.eio.tasks) > tasks_before, "the rest of a message was left to a greenlet"
        run_until(lambda: len(texts) >= count + 1, "all have arrived")
        socket.close()
    asked = [int(re.search(r'"number":(\d+)', text)[1]) for text in texts if '"ask"' in text]  # type: ignore[index]
    assert asked == list(range(count))


def test_a_peer_that_falls_silent_is_noticed() -> None:
    """It promised a ping every 0.3 s, and 0.3 s of grace."""

    def mute(connection: Any) -> None:
        accept(connection, re.sub(r'("ping\w+"): ?\d+', r"\1:300", OPEN))
        gevent.sleep(30)

    with peer(mute) as url:
        socket, context = connected(url)
        began = monotonic()
        assert socket.ask("ping", {}, timeout_s=20) is None
        assert monotonic() - began < 10
        assert not socket.connected and booked(context, "ping").disconnected == 1


def test_a_peer_that_never_acknowledges_is_not_remembered_for_ever() -> None:
    def mute(connection: Any) -> None:
        accept(connection)
        gevent.sleep(30)

    with peer(mute) as url:
        socket, context = connected(url)
        assert socket._client is not None
        for _ in range(3 * MOST_OPEN):
            assert socket.ask("ping", {}, timeout_s=0.001) is None
        assert booked(context, "ping").timeout == 3 * MOST_OPEN
        assert len(socket._exchanges._open) == MOST_OPEN
        assert len(socket._client.callbacks["/"]) <= MOST_OPEN + 1
        socket.close()
