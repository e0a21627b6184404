"""What a task can say to its client and hear from it: judging, naming, cookies, connections."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator

import gevent
import pytest
from gevent import GreenletExit
from locust.exception import LocustError, RescheduleTask, ResponseError

from lorax_tui.engine.context import Context
from lorax_tui.engine.http import HttpLimits, HttpSession, ask_json
from lorax_tui.engine.http.cookies import Cookies
from lorax_tui.engine.recorder import Recorder
from lorax_tui.model.records import Outcome, Tally
from lorax_tui.model.scenario import Target
from tests.engine.httpserver import HttpServer, Peer, Received, wait_until

JSON = "Content-Type: application/json"


def health(peer: Peer, request: Received) -> None:
    peer.answer(b'{"ok": true, "redis": true}', JSON)


def echo(peer: Peer, request: Received) -> None:
    peer.answer(json.dumps([request.method, request.target, request.headers, request.body.decode()]).encode(), JSON)


def failing(peer: Peer, request: Received) -> None:
    peer.answer(b"no", status="500 No")


def lorax_error(peer: Peer, request: Received) -> None:
    peer.answer(b'{"error": "no such file"}', JSON)


def page(peer: Peer, request: Received) -> None:
    peer.answer(b"<html>", "Content-Type: text/html")


def half_json(peer: Peer, request: Received) -> None:
    peer.answer(b'{"ok": tr', JSON)


def deep_json(peer: Peer, request: Received) -> None:
    peer.answer(b"[" * 100_000, JSON)


def a_list(peer: Peer, request: Received) -> None:
    peer.answer(b"[1]", JSON)


def login(peer: Peer, request: Received) -> None:
    sid = request.target.partition("?")[2] or "1"
    peer.answer(b"{}", JSON, f"Set-Cookie: lorax_sid={sid}; HttpOnly; Max-Age=3600; Path=/; SameSite=lax")


def hang(peer: Peer, request: Received) -> None:
    peer.hang()


def hop(peer: Peer, request: Received) -> None:
    peer.answer(b"", "Location: /health", status="307 Elsewhere")


def leaving(peer: Peer, request: Received) -> None:
    peer.answer(b"bye")
    peer.close()


def chatty(peer: Peer, request: Received) -> None:
    peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\n")


ROUTES = (
    health, echo, failing, lorax_error, page, half_json, deep_json, a_list, login, hang, hop, leaving, chatty
)  # fmt: skip


@pytest.fixture(scope="module")
def server() -> Iterator[HttpServer]:
    with HttpServer({f"/{route.__name__}": route for route in ROUTES}) as running:
        yield running


@pytest.fixture
def recorder(server: HttpServer) -> Recorder:
    server.requests.clear()
    return Recorder()


@pytest.fixture
def session(server: HttpServer, recorder: Recorder) -> Iterator[HttpSession]:
    session = HttpSession(server.url, recorder)
    yield session
    session.close()


def booked(recorder: Recorder) -> tuple[str, str, str]:
    """Outcome, kind and message of the only ask."""
    (tally,) = recorder.cut()
    outcomes = {outcome.value: getattr(tally, outcome) for outcome in Outcome}
    assert sum(outcomes.values()) == tally.asks == 1
    (outcome,) = [name for name, count in outcomes.items() if count]
    (error,) = tally.errors or (None,)
    return (outcome, error.kind, error.message) if error else (outcome, "", "")


def named(recorder: Recorder) -> list[str]:
    return [tally.name for tally in recorder.cut()]


class Oddity(Exception):
    """A task's own exception."""


@pytest.mark.parametrize(
    ("path", "judge", "expected"),
    [
        ("/health", lambda response: None, ("ok", "", "")),
        ("/failing", lambda response: None, ("failed", "status", "HTTP 500")),
        ("/failing", lambda response: response.success(), ("ok", "", "")),
        ("/health", lambda response: response.failure("no data"), ("failed", "application", "no data")),
        ("/health", lambda response: response.failure(Oddity("odd")), ("failed", "application", "odd")),
        ("/health", lambda response: response.failure("late", kind="slow"), ("failed", "slow", "late")),
        ("/health", lambda response: (response.failure("no"), response.success()), ("ok", "", "")),
        ("/hop", lambda response: None, ("ok", "", "")),
    ],
)
def test_a_task_judges_its_answer(
    session: HttpSession, recorder: Recorder, path: str, judge: Callable[[object], None], expected: tuple[str, ...]
) -> None:
    with session.get(path, catch_response=True) as response:
        judge(response)
        (tally,) = recorder.cut()
        assert tally.in_flight == 1
    assert merged_outcome(tally, recorder) == expected


def merged_outcome(first: Tally, recorder: Recorder) -> tuple[str, str, str]:
    """The outcome in the second cut of an ask that the first one saw in flight."""
    (tally,) = recorder.cut()
    tally.asks += first.asks
    (outcome,) = [outcome.value for outcome in Outcome if getattr(tally, outcome)]
    assert tally.asks == 1
    (error,) = tally.errors or (None,)
    return (outcome, error.kind, error.message) if error else (outcome, "", "")


@pytest.mark.parametrize(
    ("error", "expected", "passes"),
    [
        (Oddity("odd"), ("failed", "application", "odd"), True),
        (AssertionError(), ("failed", "application", "AssertionError"), True),
        (ResponseError("not this"), ("failed", "application", "not this"), False),
        (RescheduleTask(), ("ok", "", ""), True),
        (GreenletExit(), ("interrupted", "", ""), True),
        (KeyboardInterrupt(), ("interrupted", "", ""), True),
    ],
)
def test_an_exception_in_the_block(
    session: HttpSession, recorder: Recorder, error: BaseException, expected: tuple[str, ...], passes: bool
) -> None:
    raised = None
    try:
        with session.get("/health", catch_response=True):
            raise error
    except BaseException as caught:
        raised = caught
    assert raised is (error if passes else None)
    assert booked(recorder) == expected


def test_a_judgement_stands_whatever_is_raised_after_it(session: HttpSession, recorder: Recorder) -> None:
    with pytest.raises(Oddity), session.get("/failing", catch_response=True) as response:
        response.success()
        raise Oddity
    assert booked(recorder) == ("ok", "", "")


def test_raise_for_status_follows_the_judgement(session: HttpSession, recorder: Recorder) -> None:
    with pytest.raises(Exception, match="HTTP 500"), session.get("/failing", catch_response=True) as response:
        response.raise_for_status()
    assert booked(recorder) == ("failed", "status", "HTTP 500")
    with session.get("/failing", catch_response=True) as response:
        response.success()
        response.raise_for_status()
    with pytest.raises(Exception, match="mine"), session.get("/health", catch_response=True) as response:
        response.failure("mine")
        response.raise_for_status()


def test_no_answer_can_be_judged_too(session: HttpSession, recorder: Recorder) -> None:
    with session.get("/hang", timeout=0.1, catch_response=True) as response:
        assert (response.status_code, response.ok, response.content, response.text) == (0, False, b"", "")
    assert booked(recorder)[0] == "timeout"
    with session.get("/hang", timeout=0.1, catch_response=True) as response:
        response.success()
    assert booked(recorder)[0] == "ok"


def test_judging_without_asking_for_it(session: HttpSession, recorder: Recorder) -> None:
    response = session.get("/health")
    with pytest.raises(LocustError):
        response.success()
    with pytest.raises(LocustError):
        response.failure("no")
    with pytest.raises(LocustError), response:
        pass
    unentered = session.get("/health", catch_response=True)
    with pytest.raises(LocustError):
        unentered.failure("no")
    del unentered
    (tally,) = recorder.cut()
    assert (tally.asks, tally.ok, tally.in_flight) == (2, 2, 0)


def test_latency_ends_with_the_last_byte_not_with_the_block(session: HttpSession, recorder: Recorder) -> None:
    with session.get("/health", catch_response=True) as response:
        time.sleep(0.2)
    (tally,) = recorder.cut()
    assert tally.ok_latency.max_ms == pytest.approx(response.elapsed_ms, rel=1e-3)
    assert response.elapsed.total_seconds() * 1e3 == pytest.approx(response.elapsed_ms, abs=0.001)
    assert response.elapsed_ms < 200


@pytest.mark.parametrize(
    ("path", "expect", "kind"),
    [
        ("/health", "ok", None),
        ("/health", ["ok", "redis"], None),
        ("/health", ["ok", "sid"], "application"),
        ("/lorax_error", "config", "application"),
        ("/failing", "ok", "status"),
        ("/page", "ok", "content-type"),
        ("/half_json", "ok", "json"),
        ("/deep_json", "ok", "json"),
        ("/a_list", "ok", "application"),
    ],
)
def test_a_lorax_answer_is_judged_by_what_is_in_it(
    session: HttpSession, recorder: Recorder, path: str, expect: str | list[str], kind: str | None
) -> None:
    answer = ask_json(session, "GET", path, expect=expect, name="it")
    outcome, booked_kind, message = booked(recorder)
    assert (outcome, booked_kind) == (("failed", kind) if kind else ("ok", ""))
    assert answer == (None if kind else {"ok": True, "redis": True})
    if path == "/lorax_error":
        assert message == "no such file"


def test_a_lorax_answer_that_never_comes(session: HttpSession, recorder: Recorder) -> None:
    assert ask_json(session, "GET", "/hang", expect="ok", timeout=0.1) is None
    assert booked(recorder)[0] == "timeout"


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
    assert booked(recorder)[0] == "ok"
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
    wait_until(lambda: time.monotonic() - ended > 0.25)
    session.get("/health")
    assert server.requests[-1].connection == server.requests[0].connection + 1
    assert context.http_connections == session.connections == 1
    session.close()
    assert context.http_connections == session.connections == 0


@pytest.mark.parametrize("path", ["/leaving", "/chatty"])
def test_a_connection_that_was_closed_or_spoke_out_of_turn_is_not_used_again(
    server: HttpServer, session: HttpSession, path: str
) -> None:
    closed = server.closed
    assert session.get(path).ok
    if path == "/leaving":
        wait_until(lambda: server.closed > closed)
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


SITE = "http://127.0.0.1"


def test_a_cookie_ends_when_it_says_so_and_is_renewed_before() -> None:
    jar = Cookies()
    jar.follow(SITE, "/", [b"short=1; Max-Age=1", b"lasting=1; Max-Age=1000"])
    assert sorted(jar.line(SITE, "/")[len("Cookie: ") : -2].split(b"; ")) == [b"lasting=1", b"short=1"]
    wait_until(lambda: jar.line(SITE, "/") == b"Cookie: lasting=1\r\n")
    jar.follow(SITE, "/", [b"lasting=1; Max-Age=2000"])
    (lasting,) = jar
    assert lasting.expires is not None
    assert lasting.expires - time.time() > 1900


def test_a_cookie_is_put_in_by_name_and_taken_out_by_the_target() -> None:
    jar = Cookies()
    jar.update({"a": "1", "b": "2"})
    jar["c"] = "3"
    assert jar.get_dict() == {"a": "1", "b": "2", "c": "3"}
    assert "a" in jar
    assert jar.get("z") is None
    with pytest.raises(KeyError):
        jar["z"]
    jar.follow(SITE, "/x/y", [b"narrow=1"])
    assert b"narrow" in jar.line(SITE, "/x/z")
    assert b"narrow" not in jar.line(SITE, "/z")
    for _ in range(2):
        jar.follow(SITE, "/x/y", [b"narrow=1"])
        assert b"narrow" in jar.line(SITE, "/x/z")
        jar.follow(SITE, "/x/y", [b"narrow=; Max-Age=0"])
        assert b"narrow" not in jar.line(SITE, "/x/z")
    for bad in ("1\r\nX: 1", "1; d=2"):
        with pytest.raises(ValueError, match=r"cookie|break"):
            jar.set("a", bad)
