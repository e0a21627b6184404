"""One connection and its asks, against a server that misbehaves on command."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from time import monotonic, perf_counter

import gevent
import pytest
from engineio import base_client

from lorax_tui.engine.context import Context
from lorax_tui.engine.sockets import LoraxSocket, requests
from lorax_tui.model.scenario import Target
from lorax_tui.model.tally import Tally
from tests.hub import run_until
from tests.script_server import GREETING, IN_NAMESPACE, ScriptServer, Wire, script_server


@pytest.fixture(scope="module")
def running() -> Iterator[ScriptServer]:
    with script_server() as server:
        yield server


@pytest.fixture
def server(running: ScriptServer) -> ScriptServer:
    running.forget()
    return running


@pytest.fixture
def context(server: ScriptServer) -> Context:
    return Context(Target(host=server.url))


@pytest.fixture
def socket(context: Context) -> Iterator[LoraxSocket]:
    connected = LoraxSocket(context)
    assert connected.connect("some-sid")
    context.recorder.cut()
    yield connected
    connected.close()
    assert context.sockets_connected == 0
    assert base_client.connected_clients == []


def booked(context: Context, name: str) -> Tally:
    return next(tally for tally in context.recorder.cut() if tally.name == name)


def outcomes(tally: Tally) -> dict[str, int]:
    names = ("ok", "failed", "timeout", "busy", "disconnected", "interrupted", "late", "in_flight")
    return {name: count for name in names if (count := getattr(tally, name))}


async def pong(wire: Wire, number: int, payload: dict[str, object]) -> None:
    await wire.event("pong", {"type": "pong", "time": "now"})
    await wire.ack(number)


class TestAnswers:
    def test_an_event_answers_and_the_ack_closes(
        self, server: ScriptServer, context: Context, socket: LoraxSocket
    ) -> None:
        async def slow_ack(wire: Wire, number: int, payload: dict[str, object]) -> None:
            await wire.event("pong", {"type": "pong", "time": payload["lorax_sid"]})
            await asyncio.sleep(0.5)
            await wire.ack(number)

        server.on["ping"] = slow_ack
        began = perf_counter()
        assert requests.ping(socket) == {"type": "pong", "time": "some-sid"}
        assert perf_counter() - began >= 0.5
        tally = booked(context, "ping")
        assert outcomes(tally) == {"ok": 1}
        assert (tally.ok_latency.max_ms or 0) < 400, "latency is emit to answer, not to the ack"

    def test_an_ack_answers(self, server: ScriptServer, context: Context, socket: LoraxSocket) -> None:
        async def answer(wire: Wire, number: int, payload: dict[str, object]) -> None:
            await wire.ack(number, {"session_trees": 1, "stats": {}})

        server.on["get_cache_stats"] = answer
        assert requests.cache_stats(socket)["session_trees"] == 1
        assert outcomes(booked(context, "get_cache_stats")) == {"ok": 1}

    @pytest.mark.parametrize("answer", [None, [1], {"stats": {}}, {"error": "No file loaded"}, "text"])
    def test_an_answer_of_another_shape_has_failed(
        self, server: ScriptServer, context: Context, socket: LoraxSocket, answer: object
    ) -> None:
        async def wrong(wire: Wire, number: int, payload: dict[str, object]) -> None:
            await wire.ack(number, answer)

        server.on["get_cache_stats"] = wrong
        assert requests.cache_stats(socket) is None
        tally = booked(context, "get_cache_stats")
        assert outcomes(tally) == {"failed": 1}
        assert tally.errors[0].kind == "application"

    def test_an_error_event_before_the_ack_has_failed(
        self, server: ScriptServer, context: Context, socket: LoraxSocket
    ) -> None:
        async def refuse(wire: Wire, number: int, payload: dict[str, object]) -> None:
            await wire.event("error", {"code": "NO_FILE_LOADED", "message": "No file."})
            await wire.ack(number)

        server.on["search_nodes"] = refuse
        assert requests.search_nodes(socket, ["a"], [0]) is None
        tally = booked(context, "search_nodes")
        assert outcomes(tally) == {"failed": 1}
        assert tally.errors[0].message == "NO_FILE_LOADED: No file."
        assert not socket.session_lost

    def test_an_ack_without_the_event_has_failed(
        self, server: ScriptServer, context: Context, socket: LoraxSocket
    ) -> None:
        async def mute(wire: Wire, number: int, payload: dict[str, object]) -> None:
            await wire.ack(number)

        server.on["ping"] = mute
        assert requests.ping(socket) is None
        assert outcomes(booked(context, "ping")) == {"failed": 1}

    def test_the_answer_of_another_request_has_failed(
        self, server: ScriptServer, context: Context, socket: LoraxSocket
    ) -> None:
        async def mixed_up(wire: Wire, number: int, payload: dict[str, object]) -> None:
            await wire.event("load-file-result", {"ok": True, "request_id": "other", "config": {}})
            await wire.ack(number, {"ok": True, "request_id": "other", "config": {}})

        server.on["load_file"] = mixed_up
        assert requests.load_file(socket, "p", "f.trees") is None
        assert outcomes(booked(context, "load_file")) == {"failed": 1}

    def test_a_full_queue_is_busy_and_in_no_latency(
        self, server: ScriptServer, context: Context, socket: LoraxSocket
    ) -> None:
        async def full(wire: Wire, number: int, payload: dict[str, object]) -> None:
            answer = {"ok": False, "code": "SERVER_BUSY", "message": "full", "request_id": payload["request_id"]}
            await wire.event("load-file-result", answer)
            await wire.ack(number, answer)

        server.on["load_file"] = full
        assert requests.load_file(socket, "p", "f.trees") is None
        tally = booked(context, "load_file")
        assert outcomes(tally) == {"busy": 1}
        assert tally.ok_latency.max_ms is None and tally.failed_latency.max_ms is None

    def test_a_lost_session_is_noticed(self, server: ScriptServer, context: Context, socket: LoraxSocket) -> None:
        async def forgotten(wire: Wire, number: int, payload: dict[str, object]) -> None:
            await wire.event("error", {"code": "SESSION_NOT_FOUND", "message": "Session expired."})
            await wire.ack(number, {"error": "Session not found"})

        server.on["get_cache_stats"] = forgotten
        assert requests.cache_stats(socket) is None
        assert socket.session_lost
        assert outcomes(booked(context, "get_cache_stats")) == {"failed": 1}

    def test_what_cannot_be_sent_is_booked(self, context: Context, socket: LoraxSocket) -> None:
        assert socket.ask("ping", {"not json": object()}) is None
        tally = booked(context, "ping")
        assert outcomes(tally) == {"failed": 1}
        assert tally.errors[0].kind == "unsendable"


class TestLateAnswers:
    async def _keep(self, wire: Wire, number: int, payload: dict[str, object]) -> None:
        """As a frozen server does: the first ask is answered when the second has come."""
        wire.kept.append(number)
        if len(wire.kept) == 2:
            for turn, kept in enumerate(wire.kept):
                await wire.event("pong", {"type": "pong", "time": turn})
                await wire.ack(kept)

    async def _keep_interleaved(self, wire: Wire, number: int, payload: dict[str, object]) -> None:
        wire.kept.append(number)
        if len(wire.kept) == 2:
            for turn in range(2):
                await wire.event("pong", {"type": "pong", "time": turn})
            for kept in wire.kept:
                await wire.ack(kept)

    @pytest.mark.parametrize("script", ["_keep", "_keep_interleaved"])
    def test_are_not_credited_to_a_newer_ask(
        self, server: ScriptServer, context: Context, socket: LoraxSocket, script: str
    ) -> None:
        server.on["ping"] = getattr(self, script)
        assert requests.ping(socket, timeout_s=0.2) is None
        assert requests.ping(socket, timeout_s=5) == {"type": "pong", "time": 1}
        assert outcomes(booked(context, "ping")) == {"ok": 1, "timeout": 1, "late": 1}

    def test_a_lost_ask_does_not_take_the_answer_of_the_next(
        self, server: ScriptServer, context: Context, socket: LoraxSocket
    ) -> None:
        async def second_only(wire: Wire, number: int, payload: dict[str, object]) -> None:
            wire.kept.append(number)
            if len(wire.kept) > 1:
                await pong(wire, number, payload)

        server.on["ping"] = second_only
        assert requests.ping(socket, timeout_s=0.2) is None
        for _ in range(3):
            assert requests.ping(socket, timeout_s=5) is not None
        assert outcomes(booked(context, "ping")) == {"ok": 3, "timeout": 1}

    def test_a_second_ack_changes_nothing(self, server: ScriptServer, context: Context, socket: LoraxSocket) -> None:
        async def twice(wire: Wire, number: int, payload: dict[str, object]) -> None:
            await pong(wire, number, payload)
            await pong(wire, number, payload)

        server.on["ping"] = twice
        for _ in range(3):
            assert requests.ping(socket) is not None
        assert outcomes(booked(context, "ping")) == {"ok": 3}


class TestEnds:
    def test_a_cut_connection_ends_the_ask_at_once(
        self, server: ScriptServer, context: Context, socket: LoraxSocket
    ) -> None:
        async def cut(wire: Wire, number: int, payload: dict[str, object]) -> None:
            await wire.hang_up()

        server.on["ping"] = cut
        began = monotonic()
        assert requests.ping(socket, timeout_s=30) is None
        assert monotonic() - began < 5
        assert outcomes(booked(context, "ping")) == {"disconnected": 1}
        assert not socket.connected and context.sockets_connected == 0
        assert requests.ping(socket) is None
        assert outcomes(booked(context, "ping")) == {"disconnected": 1}

    def test_being_replaced_says_so(self, server: ScriptServer, context: Context, socket: LoraxSocket) -> None:
        async def replace(wire: Wire, number: int, payload: dict[str, object]) -> None:
            await wire.event("connection-replaced", {"code": "CONNECTION_REPLACED", "message": "newer tab"})
            await wire.raw("41")

        server.on["ping"] = replace
        assert requests.ping(socket, timeout_s=30) is None
        tally = booked(context, "ping")
        assert outcomes(tally) == {"disconnected": 1}
        assert "CONNECTION_REPLACED" in tally.errors[0].message

    @pytest.mark.parametrize("garbage", ["4", "42", "49[]", "42{", "zzz", "451-", '42["pong"', "4" + "[" * 5000])
    def test_garbage_never_hangs_an_ask_and_never_reaches_stderr(
        self,
        server: ScriptServer,
        context: Context,
        socket: LoraxSocket,
        garbage: str,
        capfd: pytest.CaptureFixture[str],
    ) -> None:
        async def babble(wire: Wire, number: int, payload: dict[str, object]) -> None:
            await wire.raw(garbage)
            await wire.hang_up()

        server.on["ping"] = babble
        assert requests.ping(socket, timeout_s=30) is None
        tally = booked(context, "ping")
        assert tally.failed + tally.disconnected == 1
        gevent.sleep(0)
        assert capfd.readouterr().err == ""

    def test_an_interrupted_ask_is_counted_as_ours(self, context: Context, socket: LoraxSocket) -> None:
        asking = gevent.spawn(requests.ping, socket)
        run_until(lambda: asking.started, "asking")
        gevent.sleep(0)
        asking.kill()
        assert isinstance(asking.value, gevent.GreenletExit)
        assert outcomes(booked(context, "ping")) == {"interrupted": 1}

    def test_one_ask_at_a_time(self, context: Context, socket: LoraxSocket) -> None:
        asking = gevent.spawn(requests.ping, socket)
        gevent.sleep(0)
        with pytest.raises(RuntimeError, match="another ask"):
            requests.ping(socket)
        asking.kill()
        assert outcomes(booked(context, "ping")) == {"interrupted": 1}


class TestConnect:
    def test_carries_the_session(self, server: ScriptServer, context: Context) -> None:
        socket = LoraxSocket(context)
        assert socket.connect("abc-1")
        assert context.sockets_connected == 1
        assert server.cookies == ["lorax_sid=abc-1"]
        socket.close()
        socket.close()
        assert context.sockets_connected == 0
        run_until(lambda: server.connections == 0, "the server has lost the connection")

    def test_below_a_path(self, server: ScriptServer) -> None:
        context = Context(Target(host=f"{server.url}/api", socketio_path="/socket.io/"))
        socket = LoraxSocket(context)
        assert socket.connect("abc-1")
        socket.close()

    def test_greeted_before_the_namespace(self, server: ScriptServer, context: Context) -> None:
        server.welcome = [GREETING, IN_NAMESPACE]
        server.on["ping"] = pong
        socket = LoraxSocket(context)
        assert socket.connect("abc-1")
        assert requests.ping(socket) is not None
        socket.close()

    @pytest.mark.parametrize(
        ("welcome", "outcome", "message"),
        [
            ([IN_NAMESPACE], "timeout", "no welcome within 0.3 s"),
            ([GREETING], "timeout", "no welcome within 0.3 s"),
            ([], "timeout", "no welcome within 0.3 s"),
            (['44{"message":"not you"}'], "failed", "not you"),
            ([IN_NAMESPACE, "1"], "failed", ""),
            (
                [IN_NAMESPACE, '42["error",{"code":"SESSION_NOT_FOUND","message":"Session expired."}]'],
                "failed",
                "SESSION_NOT_FOUND: Session expired.",
            ),
        ],
    )
    def test_without_a_welcome(
        self, server: ScriptServer, context: Context, welcome: list[str], outcome: str, message: str
    ) -> None:
        server.welcome = welcome
        socket = LoraxSocket(context)
        assert not socket.connect("abc-1", timeout_s=0.3)
        assert socket.session_lost == ("SESSION" in message)
        tally = booked(context, "connect")
        assert outcomes(tally) == {outcome: 1}
        assert message in tally.errors[0].message
        assert context.sockets_connected == 0
        run_until(lambda: server.connections == 0, "the server has lost the connection")
        assert base_client.connected_clients == []

    def test_refused(self, context: Context) -> None:
        nobody = LoraxSocket(Context(Target(host="http://127.0.0.1:1"), context.recorder))
        assert not nobody.connect("abc-1")
        tally = booked(context, "connect")
        assert outcomes(tally) == {"failed": 1}
        assert tally.errors[0].kind == "refused"

    def test_no_websocket_there(self, server: ScriptServer, context: Context) -> None:
        elsewhere = LoraxSocket(Context(Target(host=server.url, socketio_path="nothing"), context.recorder))
        assert not elsewhere.connect("abc-1")
        tally = booked(context, "connect")
        assert outcomes(tally) == {"failed": 1}
        assert tally.errors[0].kind == "status"

    def test_interrupted_half_way_leaves_nothing(self, server: ScriptServer, context: Context) -> None:
        server.welcome = []
        socket = LoraxSocket(context)
        connecting = gevent.spawn(socket.connect, "abc-1")
        run_until(lambda: server.connections == 1, "connected")
        connecting.kill()
        socket.close()
        assert outcomes(booked(context, "connect")) == {"interrupted": 1}
        run_until(lambda: server.connections == 0, "the server has lost the connection")
        assert base_client.connected_clients == []

    def test_two_hundred_leave_together(self, server: ScriptServer, context: Context) -> None:
        sockets = [LoraxSocket(context) for _ in range(200)]
        gevent.joinall([gevent.spawn(socket.connect, "abc-1") for socket in sockets])
        assert context.sockets_connected == 200
        asking = [gevent.spawn(requests.ping, socket) for socket in sockets]
        gevent.sleep(0)
        began = monotonic()
        gevent.killall(asking)
        gevent.joinall([gevent.spawn(socket.close) for socket in sockets])
        assert monotonic() - began < 2
        assert context.sockets_connected == 0
        assert base_client.connected_clients == []
        run_until(lambda: server.connections == 0, "the server has lost the connection")
        assert outcomes(booked(context, "ping")) == {"interrupted": 200}
