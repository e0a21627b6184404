"""Whoever reaches the port that workers come to: nothing that he says ends, deafens or falsifies a run."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
import pytest
import zmq
from locust.rpc.protocol import Message

from lorax_tui.engine.classes import own_classes
from lorax_tui.engine.crew import messages as say
from lorax_tui.engine.crew.door import hash_of, own_hello
from lorax_tui.engine.crew.messages import encode, from_worker
from lorax_tui.model.bounds import Count
from tests.counting_server import counting_server
from tests.engine.driver import Driver, manned
from tests.engine.ledger import Ledger
from tests.waiting import wait_until

USERS = Path(__file__).with_name("counted_users.py")
DEEP = b"\x82\xa4type\xa5Ready\xa1z" + b"\x91" * 100_000 + b"\xc0"
"""A message with a field that nobody asked for, of lists in lists."""
HUGE = 1 << 60


@contextmanager
def stranger(driven: Driver, name: str) -> Iterator[zmq.Socket]:
    """Somebody who knows how Locust's workers speak."""
    context = zmq.Context()
    wire = context.socket(zmq.DEALER)
    wire.setsockopt(zmq.IDENTITY, name.encode())
    wire.connect(f"tcp://127.0.0.1:{driven.engine._port}")
    try:
        yield wire
    finally:
        wire.close(linger=300)
        context.term()


@pytest.fixture
def driven(ledger: Ledger) -> Iterator[Driver]:
    with counting_server() as server, manned(server.url, USERS, 1) as driven:
        driven.begin()
        driven.apply(5, 100, Quick=1)
        driven.settled()
        yield driven


def goes_on(driven: Driver) -> None:
    """The load does, with all users and without a word."""
    seen = len(driven.intervals)
    wait_until(lambda: len(driven.intervals) >= seen + 5, "five more seconds")
    assert [part.worker for part in driven.intervals[-1].workers] == ["w1"]
    assert all(interval.workers[0].asks > 0 for interval in driven.intervals[-3:])
    assert driven.users() == {"Quick": 5}
    assert not driven.news


def test_no_bytes_deafen_the_engine(driven: Driver) -> None:
    driven.news.clear()
    with stranger(driven, "stranger") as wire:
        for payload in (DEEP, b"", b"\xc1", encode(say.Ready()), encode(say.Stopped(1, 1)), "text", None, 1, [[]]):
            wire.send(Message(say.TYPE, payload, "stranger").serialize())
        wire.send(DEEP)
        wire.send_multipart([b"", b"\xff" * 1000])
        goes_on(driven)


def test_who_says_hello_and_never_comes_takes_no_part(driven: Driver) -> None:
    theirs = own_hello(hash_of(USERS), own_classes(USERS), "box", 1)
    driven.news.clear()
    with stranger(driven, "stranger") as wire:
        wire.send(Message(say.TYPE, encode(theirs), "stranger").serialize())
        assert wire.poll(5_000), "he is answered"
        answer = Message.unserialize(wire.recv())
        assert isinstance(say.to_worker(answer.data), say.Welcome)
        goes_on(driven)


@pytest.mark.parametrize(
    "message",
    [
        say.Hello("1", "1", "3", "", [], "host", HUGE),
        say.Alive(0.0, {}, 1e20, 0.0),
        say.Alive(0.0, {}, float("nan"), 0.0),
        say.Alive(0.0, {}, 0.0, float("inf")),
        say.Alive(0.0, {"Quick": -50}),
        say.Placed(1, {"Quick": HUGE}),
        say.Placed(-1, {}),
        say.Acked(HUGE),
        say.Stopped(1, -1),
    ],
)
def test_what_no_record_can_hold_is_no_message(message: say.FromWorker) -> None:
    with pytest.raises(msgspec.ValidationError):
        from_worker(encode(message))


def test_numbers_within_bounds_are_heard() -> None:
    most = say.Placed(1, {"Quick": 1 << 53})
    assert from_worker(encode(most)) == most
    assert msgspec.convert(1 << 53, Count) == 1 << 53
