"""What a Lorax backend answers over Socket.IO, asked by the code that asks during a run."""

from __future__ import annotations

import os
import signal
import struct
from collections.abc import Iterator
from threading import Event
from typing import Any

import gevent
import httpx
import pyarrow.ipc
import pytest
import socketio

from lorax_tui.engine.context import Context
from lorax_tui.engine.sockets import LoraxSocket, requests
from lorax_tui.model.scenario import Target, Transport
from lorax_tui.model.tally import Tally
from tests.backend import Backend
from tests.data_sets import CSV_FILE, PROJECT, SAMPLES, TREES, TREES_FILE

pytestmark = pytest.mark.backend

NODES = 2 * SAMPLES - 1


def new_session(backend: Backend) -> str:
    return str(httpx.post(f"{backend.url}/init-session", trust_env=False).json()["sid"])


@pytest.fixture(params=Transport)
def context(backend: Backend, request: pytest.FixtureRequest) -> Context:
    return Context(Target(host=backend.url, transport=request.param))


@pytest.fixture
def socket(backend: Backend, context: Context) -> Iterator[LoraxSocket]:
    connected = LoraxSocket(context)
    assert connected.connect(new_session(backend))
    yield connected
    connected.close()


@pytest.fixture
def viewer(socket: LoraxSocket) -> LoraxSocket:
    assert requests.load_file(socket, PROJECT, TREES_FILE) is not None
    return socket


@pytest.fixture
def bare(backend: Backend) -> Iterator[socketio.Client]:
    """The library's own client, which shows acks and events as they come."""
    client = socketio.Client(reconnection=False, handle_sigint=False)
    sid = new_session(backend)
    client.connect(backend.url, headers={"Cookie": f"lorax_sid={sid}"}, transports=["websocket"])
    client.lorax_sid = sid
    yield client
    client.disconnect()


def booked(context: Context) -> dict[str, Tally]:
    return {tally.name: tally for tally in context.recorder.cut()}


class TestConnect:
    def test_with_a_session(self, socket: LoraxSocket, context: Context) -> None:
        assert booked(context)["connect"].ok == 1

    def test_without_one(self, context: Context) -> None:
        stranger = LoraxSocket(context)
        assert not stranger.connect("nobody")
        assert stranger.session_lost
        (error,) = booked(context)["connect"].errors
        assert error.message.startswith("SESSION_NOT_FOUND")

    def test_again_with_a_file(self, backend: Backend, viewer: LoraxSocket, context: Context) -> None:
        again = LoraxSocket(context)
        assert again.connect(viewer.sid), "session-restored is a welcome too"
        again.close()


class TestOrderOfAnswers:
    def test_the_pong_comes_before_an_empty_ack(self, bare: socketio.Client) -> None:
        came: list[object] = []
        acked = Event()
        bare.on("pong", lambda payload: came.append(payload["type"]))
        bare.emit("ping", {"lorax_sid": bare.lorax_sid}, callback=lambda *ack: (came.append(ack), acked.set()))
        assert acked.wait(5)
        assert came == ["pong", ()]

    def test_the_file_is_told_twice(self, bare: socketio.Client) -> None:
        events: list[dict[str, Any]] = []
        bare.on("load-file-result", events.append)
        request = {"project": PROJECT, "file": TREES_FILE, "request_id": "7", "lorax_sid": bare.lorax_sid}
        ack = bare.call("load_file", request, timeout=10)
        assert events == [ack]
        assert ack["ok"] is True and ack["request_id"] == "7" and ack["code"] == "FILE_LOADED"
        assert isinstance(ack["queue_wait_ms"], int) and isinstance(ack["duration_ms"], int)


class TestAnswers:
    def test_ping(self, socket: LoraxSocket) -> None:
        assert requests.ping(socket)["type"] == "pong"

    def test_cache_stats(self, socket: LoraxSocket) -> None:
        assert requests.cache_stats(socket) is not None

    def test_load_file(self, socket: LoraxSocket) -> None:
        config = requests.load_file(socket, PROJECT, TREES_FILE)["config"]
        assert config["num_trees"] == TREES and config["num_samples"] == SAMPLES

    def test_a_missing_file(self, socket: LoraxSocket, context: Context) -> None:
        assert requests.load_file(socket, PROJECT, "nope.trees") is None
        (error,) = booked(context)["load_file"].errors
        assert error.kind == "application" and error.message.startswith("FILE_NOT_FOUND: ")

    def test_a_layout_holds_nodes_and_mutations(self, viewer: LoraxSocket) -> None:
        buffer = requests.layout(viewer, [0, 1, 2])["buffer"]
        (length,) = struct.unpack_from("<I", buffer)
        nodes = pyarrow.ipc.open_stream(buffer[4 : 4 + length]).read_all()
        mutations = pyarrow.ipc.open_stream(buffer[4 + length :]).read_all()
        assert nodes.num_rows == 3 * NODES
        assert mutations.num_rows == 3

    def test_a_layout_of_no_tree_is_not_right(self, viewer: LoraxSocket, context: Context) -> None:
        assert requests.layout(viewer, [999]) is None
        assert booked(context)["process_postorder_layout"].failed == 1

    def test_a_layout_without_a_file(self, socket: LoraxSocket, context: Context) -> None:
        assert requests.layout(socket, [0]) is None
        (error,) = booked(context)["process_postorder_layout"].errors
        assert error.message == "No file loaded for session"

    def test_ancestors(self, viewer: LoraxSocket) -> None:
        assert requests.ancestors(viewer, 0, 0)["ancestors"] == list(range(SAMPLES, NODES))

    def test_search(self, viewer: LoraxSocket) -> None:
        highlights = requests.search_nodes(viewer, ["s0"], [0, 1])["highlights"]
        assert highlights.keys() == {"0", "1"}

    def test_search_without_a_file(self, socket: LoraxSocket, context: Context) -> None:
        assert requests.search_nodes(socket, ["s0"], [0]) is None
        (error,) = booked(context)["search_nodes"].errors
        assert error.message.startswith("NO_FILE_LOADED")

    def test_mutations(self, viewer: LoraxSocket) -> None:
        window = {"start": 0, "end": 5000, "offset": 0, "limit": 2}
        answer = viewer.ask("query_mutations_window", window, reply="mutations-window-result")
        assert answer["total_count"] == 5 and answer["has_more"]

    def test_a_table_of_trees(self, socket: LoraxSocket) -> None:
        assert requests.load_file(socket, PROJECT, CSV_FILE) is not None
        assert requests.layout(socket, [0, 1]) is not None
        assert requests.search_nodes(socket, ["a"], [0]) is not None

    def test_an_unknown_event_is_never_acked(self, socket: LoraxSocket, context: Context) -> None:
        assert socket.ask("nonsense", timeout_s=0.3) is None
        assert booked(context)["nonsense"].timeout == 1


def test_the_load_queue_holds_nine(backend: Backend, context: Context) -> None:
    """The backend is stopped while thirty ask, so that they really come at once."""
    sockets = [LoraxSocket(context) for _ in range(30)]
    assert all(socket.connect(new_session(backend)) for socket in sockets)
    assert requests.load_file(sockets[0], PROJECT, TREES_FILE) is not None
    context.recorder.cut()
    os.kill(backend.pid, signal.SIGSTOP)
    try:
        asking = [gevent.spawn(requests.load_file, socket, PROJECT, TREES_FILE) for socket in sockets]
        gevent.sleep(0.1)
    finally:
        os.kill(backend.pid, signal.SIGCONT)
    gevent.joinall(asking, timeout=30)
    tally = booked(context)["load_file"]
    assert (tally.ok, tally.busy, tally.asks) == (9, 21, 30)
    assert sum(tally.ok_latency.counts.values()) == 9
    assert not tally.failed_latency.counts
    for socket in sockets:
        socket.close()
