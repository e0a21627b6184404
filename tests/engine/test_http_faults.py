"""Every way an HTTP request can go wrong ends in exactly one outcome, with the right kind, and leaves nothing open."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import gevent
import pytest

from lorax_tui.engine.context import Context
from lorax_tui.engine.http import HttpLimits, HttpSession, Response
from lorax_tui.engine.recorder import Recorder
from lorax_tui.model.scenario import Target
from lorax_tui.model.tally import Outcome, Tally
from tests.engine.httpfaults import FAULTS, fine, squeezed_zeros
from tests.engine.httpserver import Authority, HttpServer, Route
from tests.hub import run_until

LIMITS = HttpLimits(
    connect_s=2.0, read_s=1.0, total_s=2.0, header_bytes=32 * 1024, body_bytes=2 * 1024 * 1024, redirects=4
)


@dataclass
class Bench:
    """A session, what it counts, and the server it asks."""

    server: HttpServer
    recorder: Recorder
    context: Context
    session: HttpSession


@pytest.fixture(scope="module")
def server() -> Iterator[HttpServer]:
    squeezed_zeros()
    with HttpServer({f"/{route.__name__}": route for route, *_ in FAULTS}) as running:
        yield running


@pytest.fixture
def bench(server: HttpServer) -> Iterator[Bench]:
    server.requests.clear()
    recorder = Recorder()
    context = Context(Target(), recorder)
    session = HttpSession(server.url, recorder, LIMITS, context=context)
    yield Bench(server, recorder, context, session)
    session.close()
    assert session.connections == context.http_connections == 0


def only(recorder: Recorder) -> Tally:
    """The one operation that was asked once, after its sum was checked."""
    (tally,) = recorder.cut()
    assert tally.asks == 1 == sum(getattr(tally, outcome) for outcome in Outcome) + tally.in_flight
    return tally


def booked(recorder: Recorder) -> tuple[Outcome, str]:
    """Outcome and kind of the only ask."""
    tally = only(recorder)
    (outcome,) = [outcome for outcome in Outcome if getattr(tally, outcome)]
    assert len(tally.errors) == (outcome not in (Outcome.OK, Outcome.INTERRUPTED))
    return outcome, tally.errors[0].kind if tally.errors else ""


@pytest.mark.parametrize(("route", "outcome", "kind", "status"), FAULTS, ids=[route.__name__ for route, *_ in FAULTS])
def test_each_fault_has_its_outcome(bench: Bench, route: Route, outcome: Outcome, kind: str, status: int) -> None:
    began = time.perf_counter()
    response = bench.session.get(f"/{route.__name__}")
    assert time.perf_counter() - began < 5
    assert booked(bench.recorder) == (outcome, kind)
    assert response.status_code == status
    assert (response.error is None) == response.ok == (outcome is Outcome.OK)
    if status == 0:
        assert bench.session.connections <= 1  # a hop that ended well may wait for the next
        with pytest.raises(type(response.error), match=r".+"):
            response.raise_for_status()
    assert bench.session.get("/fine").text == "fine"


def test_error_bodies_that_are_no_text_are_kept(bench: Bench) -> None:
    response = bench.session.get("/error_500")
    assert response.content == b"\xff\xfe\x00 broken"
    assert response.text == "\ufffd\ufffd\x00 broken"


@pytest.mark.parametrize(("timeout", "limit_s"), [(0.1, 0.1), ((2, 0.1), 0.1), (None, 1.0)])
def test_a_hang_ends_at_the_limit(bench: Bench, timeout: float | tuple[float, float] | None, limit_s: float) -> None:
    response = bench.session.get("/hang", timeout=timeout)
    assert f"{limit_s:g} s" in str(response.error)
    assert limit_s * 1e3 <= response.elapsed_ms < limit_s * 1e3 + 500
    assert booked(bench.recorder) == (Outcome.TIMEOUT, "timeout")
    assert bench.session.connections == 0


@pytest.mark.parametrize(("before_s", "limit_s"), [(0.1, 0.3), (0.6, 0.2)])
def test_each_request_of_a_connection_has_its_own_limit(bench: Bench, before_s: float, limit_s: float) -> None:
    assert bench.session.get("/fine", timeout=before_s).ok
    response = bench.session.get("/hang", timeout=limit_s)
    assert limit_s * 1e3 <= response.elapsed_ms < limit_s * 1e3 + 500
    assert [request.connection for request in bench.server.requests] == [bench.server.connections] * 2


def test_the_whole_operation_is_limited_however_it_drips(bench: Bench) -> None:
    response = bench.session.get("/drip")
    assert "within 2 s" in str(response.error)
    assert 2000 <= response.elapsed_ms < 3000


def test_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    recorder = Recorder()
    assert HttpSession(f"http://127.0.0.1:{port}", recorder).get("/").status_code == 0
    assert booked(recorder) == (Outcome.FAILED, "refused")


def test_nobody_accepts() -> None:
    recorder = Recorder()
    with socket.socket() as deaf, socket.socket() as first, socket.socket() as second:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen(0)
        for filling in (first, second):
            filling.setblocking(False)
            filling.connect_ex(deaf.getsockname())
        limits = HttpLimits(connect_s=0.3)
        response = HttpSession(f"http://127.0.0.1:{deaf.getsockname()[1]}", recorder, limits).get("/")
    assert "no connection within 0.3 s" in str(response.error)
    assert booked(recorder) == (Outcome.TIMEOUT, "timeout")


@pytest.mark.parametrize("host", ["nobody.invalid", "x" * 80 + ".invalid", "a..b"])
def test_a_name_that_does_not_resolve(host: str) -> None:
    recorder = Recorder()
    HttpSession(f"http://{host}:8080", recorder, HttpLimits(connect_s=20)).get("/")
    assert booked(recorder) == (Outcome.FAILED, "dns")


def tls_outcome(server: HttpServer, url: str, ca_file: Path | None) -> tuple[Outcome, str]:
    recorder = Recorder()
    session = HttpSession(url, recorder, ca_file=str(ca_file) if ca_file else None)
    session.get("/fine")
    session.close()
    return booked(recorder)


def test_certificates_are_verified(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    with HttpServer({"/fine": fine}, authority.server("127.0.0.1")) as named:
        assert tls_outcome(named, named.url, authority.ca_file) == (Outcome.OK, "")
        assert tls_outcome(named, named.url, None) == (Outcome.FAILED, "tls")
    with HttpServer({"/fine": fine}, authority.server("elsewhere.example")) as other:
        assert tls_outcome(other, other.url, authority.ca_file) == (Outcome.FAILED, "tls")
        assert other.requests == []


def test_http_and_https_of_one_port_are_never_mixed(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    with HttpServer({"/fine": fine}, authority.server("127.0.0.1")) as server:
        recorder = Recorder()
        session = HttpSession(server.url, recorder, ca_file=str(authority.ca_file))
        assert session.get("/fine").ok
        assert not session.get(f"http://127.0.0.1:{server.port}/fine").ok
        assert session.get("/fine").ok
        session.close()
        assert [request.connection for request in server.requests] == [1, 1]


@pytest.mark.parametrize("path", ["/hang", "/drip"])
def test_a_kill_interrupts_the_ask_and_closes_its_connection(bench: Bench, path: str) -> None:
    caller = gevent.spawn(bench.session.get, path)
    run_until(lambda: bench.server.asked(path), "it was asked")
    assert bench.session.connections == bench.context.http_connections == 1
    caller.kill()
    assert booked(bench.recorder) == (Outcome.INTERRUPTED, "")
    assert bench.session.connections == bench.context.http_connections == 0
    assert bench.session.get("/fine").ok


def test_a_callers_own_time_limit_interrupts_the_ask(bench: Bench) -> None:
    with pytest.raises(gevent.Timeout), gevent.Timeout(0.1):
        bench.session.get("/hang")
    assert booked(bench.recorder) == (Outcome.INTERRUPTED, "")
    assert bench.session.connections == 0


def test_closing_the_session_interrupts_whoever_waits(bench: Bench) -> None:
    caller = gevent.spawn(bench.session.get, "/hang")
    run_until(lambda: bench.server.asked("/hang"), "it was asked")
    bench.session.close()
    response: Response = caller.get(timeout=5)
    assert response.status_code == 0
    assert "closed" in str(response.error)
    assert booked(bench.recorder) == (Outcome.INTERRUPTED, "")


def test_a_mistake_of_ours_is_booked_and_raised(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench.session.cookies, "line", lambda site, path: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        bench.session.get("/fine")
    assert booked(bench.recorder) == (Outcome.FAILED, "internal")


@pytest.mark.parametrize(
    "options",
    [
        {"url": "/a\r\nX-Evil: 1"},
        {"url": "/a", "headers": {"X-Name": "1\r\nX-Evil: 1"}},
        {"url": "/a", "headers": {"X-Name\r\nX-Evil": "1"}},
        {"url": "/a", "cookies": {"sid": "1\r\nX-Evil: 1"}},
        {"url": "/a", "params": {"a": "1"}, "headers": {"Cookie": "1\nX-Evil: 1"}},
        {"url": "/a", "method": "GET / HTTP/1.1\r\nX-Evil:"},
        {"url": "/a", "method": "get it"},
        {"url": "http://127.0.0.1:port/"},
        {"url": "http:///a"},
    ],
)
def test_nothing_is_smuggled_into_a_request(bench: Bench, options: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"line break|not a|[Pp]ort"):
        bench.session.request(**{"method": "GET", **options})  # type: ignore[arg-type]
    assert bench.server.requests == []
    assert bench.recorder.cut() == []
