"""Socket.IO by long polling: the same asks as over a websocket, and an end that leaves nothing behind."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import gevent
import httpx
import psutil
import pytest
from engineio import base_client

from lorax_tui.engine.context import Context
from lorax_tui.engine.sockets import LoraxSocket, requests
from lorax_tui.model.scenario import Target, Transport
from tests.benchmarks.socket_server import socket_server
from tests.engine.driver import manned
from tests.hub import run_until
from tests.script_server import script_server
from tests.waiting import wait_until

FILE = Path(__file__).parents[1] / "benchmarks" / "scale_users.py"
USERS = 200


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with socket_server() as url:
        yield url


@pytest.fixture
def context(url: str) -> Context:
    return Context(Target(host=url, transport=Transport.POLLING))


def test_asks_are_answered_and_a_close_is_immediate_and_leaves_nothing(url: str, context: Context) -> None:
    socket = LoraxSocket(context)
    assert socket.connect("some-sid")
    for _ in range(50):
        assert requests.cache_stats(socket) is not None
    began_s = time.monotonic()
    socket.close()
    assert time.monotonic() - began_s < 1
    _assert_nothing_is_left(url, context)
    tallies = {tally.name: tally for tally in context.recorder.cut()}
    assert {name: (tally.asks, tally.ok) for name, tally in tallies.items()} == {
        "connect": (1, 1),
        "get_cache_stats": (50, 50),
    }


def test_a_user_killed_in_the_middle_of_an_ask_leaves_nothing(url: str, context: Context) -> None:
    socket = LoraxSocket(context)
    assert socket.connect("some-sid")
    asking = gevent.spawn(socket.ask, "nobody_answers_this", timeout_s=600)
    gevent.sleep(0.1)
    asking.kill()
    socket.close()
    _assert_nothing_is_left(url, context)
    tally = next(tally for tally in context.recorder.cut() if tally.name == "nobody_answers_this")
    assert (tally.asks, tally.interrupted, tally.in_flight) == (1, 1, 0)


def test_a_server_that_speaks_no_socket_io_is_a_failure_with_a_status() -> None:
    with script_server() as server:
        context = Context(Target(host=server.url, transport=Transport.POLLING))
        socket = LoraxSocket(context)
        assert not socket.connect("some-sid")
    (tally,) = context.recorder.cut()
    assert (tally.asks, tally.failed, tally.in_flight) == (1, 1, 0)
    assert context.http_connections == 0


def test_a_server_that_dies_disconnects_the_ask_under_way() -> None:
    with socket_server() as url:
        context = Context(Target(host=url, transport=Transport.POLLING))
        socket = LoraxSocket(context)
        assert socket.connect("some-sid")
        asking = gevent.spawn(socket.ask, "nobody_answers_this", timeout_s=600)
        gevent.sleep(0.1)
    run_until(asking.ready, "the ask ends")
    tally = next(tally for tally in context.recorder.cut() if tally.name == "nobody_answers_this")
    assert (tally.asks, tally.disconnected, tally.in_flight) == (1, 1, 0)
    socket.close()
    assert context.http_connections == 0


@pytest.mark.parametrize("workers", [None, 2])
def test_two_hundred_users_are_gone_within_two_seconds(url: str, workers: int | None) -> None:
    with manned(url, FILE, workers) as driven:
        driven.engine.context.target = Target(host=url, transport=Transport.POLLING)
        driven.begin()
        driven.apply(USERS, 100, Idle=1)
        wait_until(lambda: "connect" in (rows := driven.totals()) and rows["connect"].ok == USERS, "all connect", 60)
        assert _sockets_of(url) == USERS
        began_s = time.monotonic()
        driven.stop()
        assert time.monotonic() - began_s <= 2
        _assert_nothing_is_left(url, driven.engine.context)
        connect = driven.totals()["connect"]
        assert (connect.asks, connect.ok, connect.in_flight) == (USERS, USERS, 0)
        last = driven.intervals[-1].health
        assert (last.sockets_connected, last.http_connections) == (0, 0)


def _assert_nothing_is_left(url: str, context: Context) -> None:
    assert (context.sockets_connected, context.http_connections) == (0, 0)
    assert base_client.connected_clients == []
    run_until(lambda: _sockets_of(url) == 0, "the server has no socket left", 2)
    port = int(url.rpartition(":")[2])
    ends = [end for end in psutil.Process().net_connections("tcp") if end.raddr and end.raddr.port == port]
    assert [end for end in ends if end.status != psutil.CONN_TIME_WAIT] == []


def _sockets_of(url: str) -> int:
    return int(httpx.get(f"{url}/sockets", trust_env=False).text)
