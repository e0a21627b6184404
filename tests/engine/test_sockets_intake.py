"""How much the sockets take in: a message, and all of them at a time."""

from __future__ import annotations

import gc
import json
import struct
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from time import monotonic
from typing import Any

import gevent
import pytest
from gevent.event import Event

from lorax_tui.engine.context import Context
from lorax_tui.engine.http import intake
from lorax_tui.engine.sockets import LoraxSocket
from lorax_tui.model.scenario import Target, Transport
from tests.benchmarks.socket_server import socket_server
from tests.engine.test_sockets_wire import accept, booked, connected, peer, unmasked_messages
from tests.hub import run_until

KB = 1024

ANSWER = {"much": "x" * 800 * KB}


def frame(opcode: int, payload: bytes, length: int | None = None) -> bytes:
    """One of a message's; `length`: what it boasts of, where that is more than there is."""
    return bytes([opcode, 127]) + struct.pack("!Q", len(payload) if length is None else length) + payload


def answering(answer: Callable[[Any, bytes], object]) -> Callable[[Any], None]:
    """A peer that answers the ask `much` in its own way."""

    def behaviour(connection: Any) -> None:
        accept(connection)
        for text in unmasked_messages(connection):
            if '"much"' in text:
                number = text[2 : text.index("[")]
                with suppress(OSError):  # it may be hung up on
                    answer(connection, f"43{number}{json.dumps([ANSWER])}".encode())

    return behaviour


def test_a_message_that_is_too_long_is_refused_by_the_length_that_it_boasts_of() -> None:
    def boast(connection: Any, ack: bytes) -> None:
        connection.sendall(frame(0x81, ack[:100], intake.MOST_BYTES + 1))

    with peer(answering(boast)) as url:
        socket, context = connected(url)
        assert socket.ask("much", timeout_s=30) is None
        [error] = booked(context, "much").errors
        assert (error.kind, error.message) == ("oversize", f"a message over {intake.MOST_BYTES} bytes")
        assert not socket.connected


def test_a_message_in_many_pieces_is_put_together_and_costs_no_copy_for_each() -> None:
    def in_pieces(connection: Any, ack: bytes) -> None:
        pieces = [ack[at : at + 20] for at in range(0, len(ack), 20)]
        opcodes = [0x01, *[0x00] * (len(pieces) - 2), 0x80]
        frames = [bytes([opcode, len(piece)]) + piece for opcode, piece in zip(opcodes, pieces, strict=True)]
        connection.sendall(b"".join(frames))

    with peer(answering(in_pieces)) as url:
        socket, context = connected(url)
        began_s = monotonic()
        assert socket.ask("much", timeout_s=30) == ANSWER
        assert monotonic() - began_s < 5
        assert booked(context, "much").ok == 1
        socket.close()


def test_pieces_without_end_are_refused() -> None:
    def endless(connection: Any, ack: bytes) -> None:
        connection.sendall(frame(0x01, ack))
        while True:
            connection.sendall(frame(0x00, ack))

    with peer(answering(endless)) as url:
        socket, context = connected(url)
        assert socket.ask("much", timeout_s=30) is None
        assert [error.kind for error in booked(context, "much").errors] == ["oversize"]


def test_what_all_users_take_in_at_a_time_has_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake, "MOST_AT_ONCE_BYTES", 1000 * KB)
    go_on = Event()

    def in_two_halves(connection: Any, ack: bytes) -> None:
        connection.sendall(frame(0x81, ack)[: 400 * KB])
        go_on.wait()
        connection.sendall(frame(0x81, ack)[400 * KB :])

    with peer(answering(in_two_halves)) as url:
        (first, its_context), (second, other_context), (third, last_context) = (connected(url) for _ in range(3))
        asking = gevent.spawn(first.ask, "much", timeout_s=30)
        with gevent.Timeout(20):
            while not intake._at_once_bytes:
                gevent.sleep(0.01)
        assert second.ask("much", timeout_s=30) is None
        [error] = booked(other_context, "much").errors
        assert error.kind == "oversize" and "at a time, all users together" in error.message
        go_on.set()
        assert asking.get(timeout=20) == ANSWER
        assert third.ask("much", timeout_s=30) == ANSWER
        assert booked(its_context, "much").ok == booked(last_context, "much").ok == 1
        for socket in (first, second, third):
            socket.close()
    assert intake._at_once_bytes == 0


def test_what_never_comes_to_an_end_is_let_go_with_its_connection() -> None:
    def half(connection: Any, ack: bytes) -> None:
        connection.sendall(frame(0x81, ack)[: 400 * KB])

    with peer(answering(half)) as url:
        socket, context = connected(url)
        assert socket.ask("much", timeout_s=0.5) is None
        assert booked(context, "much").timeout == 1 and intake._at_once_bytes > 0
        socket.close()
    assert intake._at_once_bytes == 0


@contextmanager
def nothing_is_kept() -> Iterator[None]:
    """Nothing worth mentioning of what is allocated in this block outlives it."""
    gc.collect()
    gc.disable()
    tracemalloc.start()
    try:
        yield
        assert tracemalloc.get_traced_memory()[0] < 1000 * KB
    finally:
        tracemalloc.stop()
        gc.enable()


@pytest.mark.parametrize("transport", list(Transport))
def test_a_message_that_was_handled_is_kept_by_nobody_while_the_next_is_waited_for(transport: Transport) -> None:
    with socket_server() as url:
        socket = LoraxSocket(Context(Target(host=url, transport=transport)))
        assert socket.connect("abc-1")
        assert socket.ask("get_much", {"bytes": 1000})
        with nothing_is_kept():
            assert socket.ask("get_much", {"bytes": 4_000 * KB})
            gevent.sleep(0)
        socket.close()


def test_nor_is_one_that_could_not_be_read() -> None:
    garbage = frame(0x81, b"43" + b"x" * 4_000 * KB)

    with peer(answering(lambda connection, ack: connection.sendall(garbage))) as url:
        socket, context = connected(url)
        with nothing_is_kept():
            assert socket.ask("much", timeout_s=30) is None
        assert booked(context, "much").failed == 1
        socket.close()


def test_pieces_that_belong_together_count_together() -> None:
    """A message says how many pieces of bytes follow it, and each of them is one of its own."""

    def in_pieces(connection: Any, ack: bytes) -> None:
        placeholders = [{"_placeholder": True, "num": number} for number in range(100)]
        connection.sendall(frame(0x81, b"46100-" + ack[2 : ack.index(b"[")] + json.dumps([placeholders]).encode()))
        for _ in placeholders:
            connection.sendall(frame(0x82, bytes(1000 * KB)))

    with peer(answering(in_pieces)) as url:
        socket, context = connected(url)
        assert socket.ask("much", judge=lambda answer: None, timeout_s=30) is None
        [error] = booked(context, "much").errors
        assert (error.kind, error.message) == ("oversize", f"a message over {intake.MOST_BYTES} bytes")
    assert intake._at_once_bytes == 0


def test_what_is_polled_counts_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket_server() as url:
        context = Context(Target(host=url, transport=Transport.POLLING))
        socket = LoraxSocket(context)
        assert socket.connect("abc-1")
        for _ in range(3):
            assert socket.ask("get_much", {"bytes": 2_000 * KB})
        run_until(lambda: intake._at_once_bytes == 0, "all of it is handled")
        monkeypatch.setattr(intake, "MOST_AT_ONCE_BYTES", 1000 * KB)
        assert socket.ask("get_much", {"bytes": 2_000 * KB}) is None
        [error] = booked(context, "get_much").errors
        assert error.kind == "oversize" and "at a time, all users together" in error.message
        socket.close()
    assert intake._at_once_bytes == 0
