"""Stopping many users with a Socket.IO connection each: quickly, and nothing of them is left."""

from __future__ import annotations

import gc
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import gevent
import psutil
import pytest

from lorax_tui.model.phase_view import OperationView
from tests.backend import Backend
from tests.engine.driver import Driver, manned
from tests.waiting import wait_until

pytestmark = pytest.mark.backend

USERS = Path(__file__).with_name("idle_users.py")
IDLE_USERS = 200
HUNG_USERS = 20


@pytest.fixture(params=[None, 2], ids=["one process", "two workers"])
def driven(request: pytest.FixtureRequest, backend: Backend) -> Iterator[Driver]:
    with manned(backend.url, USERS, request.param) as driven:
        driven.begin()
        yield driven


def test_idle_users_are_gone_within_two_seconds(driven: Driver, backend: Backend) -> None:
    before = _greenlets(driven)
    driven.apply(IDLE_USERS, 100, Idle=1)
    wait_until(lambda: _sockets_connected(driven) == IDLE_USERS, "all users are connected", 60)
    threads = set(threading.enumerate())
    began_s = time.monotonic()
    driven.stop()
    assert time.monotonic() - began_s <= 2
    _assert_nothing_is_left(driven, backend, before)
    assert set(threading.enumerate()) <= threads
    connects = _row(driven, "connect")
    assert (connects.asks, connects.ok, connects.in_flight) == (IDLE_USERS, IDLE_USERS, 0)


def test_hung_asks_get_the_stop_timeout_and_are_interrupted(driven: Driver, backend: Backend) -> None:
    before = _greenlets(driven)
    driven.apply(HUNG_USERS, 100, Hung=1)
    wait_until(lambda: _in_flight(driven) == HUNG_USERS, "all users hang", 30)
    began_s = time.monotonic()
    driven.stop()
    assert time.monotonic() - began_s <= 2 + 1
    _assert_nothing_is_left(driven, backend, before)
    hung = _row(driven, "nobody_answers_this")
    assert (hung.asks, hung.interrupted, hung.bad, hung.in_flight) == (HUNG_USERS, HUNG_USERS, 0, 0)


def test_closing_the_engine_ends_them_too(driven: Driver, backend: Backend) -> None:
    driven.apply(40, 100, Idle=1, Hung=1)
    wait_until(lambda: _in_flight(driven) == 20, "half of the users hang", 30)
    began_s = time.monotonic()
    driven.engine.close()
    assert time.monotonic() - began_s <= 2 + 1
    assert not _sockets(backend)
    assert "engine" not in [thread.name for thread in threading.enumerate()]


def _assert_nothing_is_left(driven: Driver, backend: Backend, greenlets_before: int) -> None:
    assert driven.users() == {}
    last = driven.intervals[-1].health
    assert (last.sockets_connected, last.http_connections) == (0, 0)
    wait_until(lambda: not _sockets(backend), "no socket is left", 1)
    wait_until(lambda: _greenlets(driven) <= greenlets_before, "no greenlet is left", 1)


def _sockets(backend: Backend) -> list[object]:
    """Our ends of connections to the backend."""
    port = int(backend.url.rpartition(":")[2])
    us = [psutil.Process(), *(part for part in psutil.Process().children() if "worker" in " ".join(part.cmdline()))]
    ours = [end for process in us for end in process.net_connections("tcp")]
    return [end for end in ours if end.raddr and end.raddr.port == port and end.status != psutil.CONN_TIME_WAIT]


def _greenlets(driven: Driver) -> int:
    """Greenlets of the engine's hub that have begun and not ended."""

    def count() -> int:
        gc.collect()
        here = gevent.get_hub()
        alive = [kept for kept in gc.get_objects() if isinstance(kept, gevent.Greenlet) and kept and not kept.dead]
        return sum(kept.parent is here for kept in alive)

    return driven.engine._call(count).result(10)


def _sockets_connected(driven: Driver) -> int | None:
    """Of all workers, as the last interval has it; in one process, at this moment."""
    if driven.is_manned:
        return driven.intervals[-1].health.sockets_connected if driven.intervals else None
    return driven.engine.context.sockets_connected


def _in_flight(driven: Driver) -> int:
    """What nobody answers, as the last interval has it."""
    tallies = driven.intervals[-1].tallies if driven.intervals else []
    return sum(tally.in_flight for tally in tallies if tally.name == "nobody_answers_this")


def _row(driven: Driver, name: str) -> OperationView:
    return next(row for row in driven.run.totals() if row.name == name)
