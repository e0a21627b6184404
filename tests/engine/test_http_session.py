"""What a task can ask of its client: names, headers, passwords, redirects, connections, cookies."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator

import gevent
import pytest

from lorax_tui.engine.context import Context
from lorax_tui.engine.http import HttpLimits, HttpSession
from lorax_tui.engine.recorder import Recorder
from lorax_tui.model.scenario import Target
from tests.engine.httpserver import HttpServer, Peer, Received
from tests.engine.routes import JSON, health, hop, serving
from tests.hub import run_until


def echo(peer: Peer, request: Received) -> None:
    peer.answer(json.dumps([request.method, request.target, request.headers, request.body.decode()]).encode(), JSON)


def login(peer: Peer, request: Received) -> None:
    sid = request.target.partition("?")[2] or "1"
    peer.answer(b"{}", JSON, f"Set-Cookie: lorax_sid={sid}; HttpOnly; Max-Age=3600; Path=/; SameSite=lax")


def leaving(peer: Peer, request: Received) -> None:
    peer.answer(b"bye")
    peer.close()


def chatty(peer: Peer, request: Received) -> None:
    peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\n")


ROUTES = (health, echo, login, hop, leaving, chatty)


@pytest.fixture(scope="module")
def server() -> Iterator[HttpServer]:
    with serving(ROUTES) as running:
        yield running


def named(recorder: Recorder) -> list[str]:
    return [tally.name for tally in recorder.cut()]


def test_names(session: HttpSession, recorder: Recorder, server: HttpServer) -> None:
    session.get("/echo?x=1", name="/echo?x=[n]")
    session.post("/echo", params={"x": [1, 2], "y": None})
    session.request("put", f"{server.url}/echo")
    with session.rename_request("grouped"):
        session.get("/echo")
        session.get("/echo", name="own")
    session.get("/hop")
    assert named(recorder) == [
        "GET /echo?x=[n]", "POST /echo", "PUT /echo", "GET grouped", "GET own", "GET /hop"
    ]  # fmt: skip
    assert [request.target for request in server.requests][:2] == ["/echo?x=1", "/echo?x=1&x=2"]


def test_one_ask_for_all_hops(session: HttpSession, recorder: Recorder, server: HttpServer) -> None:
    response = session.get("/hop")
    assert (response.url, [hop.status_code for hop in response.history]) == (f"{server.url}/health", [307])
    assert response.elapsed_ms > response.history[0].elapsed_ms
    (tally,) = recorder.cut()
    assert (tally.asks, tally.ok) == (1, 1)
    assert session.get("/hop", allow_redirects=False).status_code == 307
    assert session.head("/hop").status_code == 307


def test_a_changed_header_reaches_the_next_request(session: HttpSession, server: HttpServer) -> None:
    session.get("/echo")
    session.headers["x-token"] = "1"
    session.headers["user-agent"] = "mine"
    session.get("/echo")
    session.get("/echo", headers={"X-Token": None, "Accept": "text/plain"})
    del session.headers["X-Token"]
    session.get("/echo")
    assert [request.header("X-Token") for request in server.requests] == [None, "1", None, None]
    assert [request.header("Accept") for request in server.requests] == ["*/*", "*/*", "text/plain", "*/*"]
    assert server.requests[0].header("User-Agent", ).startswith("lorax-tui/")  # fmt: skip
    assert server.requests[1].header("User-Agent") == "mine"
    assert {request.header("Host") for request in server.requests} == {f"127.0.0.1:{server.port}"}


def test_a_password_is_for_its_own_host_only(server: HttpServer, recorder: Recorder) -> None:
    with_password = server.url.replace("http://", "http://us%40er:pass@")
    session = HttpSession(with_password, recorder)
    assert "pass" not in session.base_url
    with HttpServer({"/echo": echo}) as other:
        session.get("/echo")
        session.get(f"{other.url}/echo")
        session.get("/echo", auth=("a", "b"))
        session.auth = None
        session.get("/echo")
        assert other.requests[0].header("Authorization") is None
    session.close()
    sent = [request.header("Authorization") for request in server.requests]
    assert sent == ["Basic dXNAZXI6cGFzcw==", "Basic YTpi", None]


@pytest.mark.parametrize("path", ["echo", "/echo", "?a=1", "@elsewhere/", ".elsewhere/", ":1/", "//elsewhere/"])
def test_a_path_never_leads_to_another_host(server: HttpServer, session: HttpSession, path: str) -> None:
    server.routes.setdefault("/" + path.lstrip("/").partition("?")[0], echo)
    server.routes.setdefault(path.partition("?")[0] or "/", echo)
    session.get(path)
    assert len(server.requests) == 1


def test_connections_are_kept_while_they_are_fresh(server: HttpServer, recorder: Recorder) -> None:
    context = Context(Target(), recorder)
    session = HttpSession(server.url, recorder, HttpLimits(idle_s=0.2), context=context)
    for _ in range(3):
        session.get("/health")
    assert {request.connection for request in server.requests} == {server.connections}
    assert context.http_connections == session.connections == 1
    ended = time.monotonic()
    run_until(lambda: time.monotonic() - ended > 0.25, "the connection has idled")
    session.get("/health")
    assert server.requests[-1].connection == server.requests[0].connection + 1
    assert context.http_connections == session.connections == 1
    session.close()
    assert context.http_connections == session.connections == 0


@pytest.mark.parametrize("path", ["/leaving", "/chatty"])
def test_a_connection_that_was_closed_or_spoke_out_of_turn_is_not_used_again(
    server: HttpServer, session: HttpSession, path: str
) -> None:
    assert session.get(path).ok
    if path == "/leaving":
        run_until(lambda: server.requests[0].connection in server.closed, "the connection is closed")
    assert session.get("/health").ok
    assert server.requests[0].connection != server.requests[1].connection
    assert session.connections == 1


def test_many_at_once_have_a_connection_each(server: HttpServer, session: HttpSession, recorder: Recorder) -> None:
    callers = [gevent.spawn(session.get, "/health") for _ in range(10)]
    gevent.joinall(callers, timeout=10, raise_error=True)
    (tally,) = recorder.cut()
    assert tally.ok == 10
    assert session.connections == len({request.connection for request in server.requests}) > 1


def test_cookies_come_back(session: HttpSession, server: HttpServer) -> None:
    assert session.get("/login?7").cookies.get_dict() == {"lorax_sid": "7"}
    assert session.cookies["lorax_sid"] == "7"
    session.get("/health")
    session.get("/login?8")
    session.get("/health")
    session.cookies.set("mine", "1")
    session.get("/health", cookies={"lorax_sid": "own", "other": "2"})
    session.get("/health", headers={"Cookie": "by=hand"})
    session.cookies.clear()
    session.get("/health")
    assert [request.header("Cookie") for request in server.asked("/health")] == [
        "lorax_sid=7", "lorax_sid=8", "mine=1; lorax_sid=own; other=2", "by=hand", None
    ]  # fmt: skip


def test_load_goes_to_the_target_and_to_no_other_host() -> None:
    recorder = Recorder()
    session = HttpSession("http://127.0.0.1:9", recorder)
    for url in ("http://127.0.0.2:9/health", "https://example.invalid/", "HTTP://localhost/"):
        with pytest.raises(ValueError, match=r"load goes to 127\.0\.0\.1 alone"):
            session.get(url)
    assert recorder.cut() == []
