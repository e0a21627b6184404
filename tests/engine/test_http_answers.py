"""The same requests through this client, Locust's fast one and httpx: all three must find the same answers."""

from __future__ import annotations

import gzip
import json
import ssl
import warnings
import zlib
from collections.abc import Callable, Iterator
from email.parser import BytesParser
from email.policy import HTTP
from pathlib import Path
from typing import Any

import gevent.ssl
import httpx
import pytest
from locust.contrib.fasthttp import FastHttpSession
from locust.event import EventHook

from lorax_tui.engine.http import HttpSession
from lorax_tui.engine.recorder import Recorder
from tests.engine.httpserver import Authority, HttpServer, Peer, Received
from tests.hub import run_until

TEXT = "Ünïcödé, and more of it. " * 200
Seen = dict[str, Any]
Ask = Callable[..., Seen]


def plain(peer: Peer, request: Received) -> None:
    peer.answer(TEXT.encode(), "Content-Type: text/plain; charset=utf-8")


def latin(peer: Peer, request: Received) -> None:
    peer.answer(TEXT.encode("latin-1"), "Content-Type: text/plain; charset=iso-8859-1")


def chunked(peer: Peer, request: Received) -> None:
    peer.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n")
    body = TEXT.encode()
    for start in range(0, len(body), 777):
        piece = body[start : start + 777]
        peer.send(b"%x;note=ignored\r\n%b\r\n" % (len(piece), piece))
    peer.send(b"0\r\nX-Trailer: late\r\n\r\n")


def gzipped(peer: Peer, request: Received) -> None:
    body = gzip.compress(TEXT.encode())
    peer.answer(body, "Content-Encoding: gzip", "Content-Type: text/plain; charset=utf-8")


def deflated(peer: Peer, request: Received) -> None:
    body = zlib.compress(TEXT.encode())
    peer.answer(body, "Content-Encoding: deflate", "Content-Type: text/plain; charset=utf-8")


def closing(peer: Peer, request: Received) -> None:
    peer.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n" + TEXT.encode())
    peer.close()


def old(peer: Peer, request: Received) -> None:
    peer.send(b"HTTP/1.0 200 OK\r\nContent-Length: 3\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nold")
    peer.close()


def interim(peer: Peer, request: Received) -> None:
    peer.send(b"HTTP/1.1 100 Continue\r\n\r\n")
    peer.answer(b"final", "Content-Type: text/plain; charset=utf-8")


def nothing(peer: Peer, request: Received) -> None:
    peer.send(b"HTTP/1.1 204 No Content\r\n\r\n")


def unchanged(peer: Peer, request: Received) -> None:
    peer.send(b'HTTP/1.1 304 Not Modified\r\nETag: "1"\r\n\r\n')


def empty(peer: Peer, request: Received) -> None:
    peer.answer(b"", "Content-Type: text/plain; charset=utf-8")


def broken(peer: Peer, request: Received) -> None:
    peer.answer(TEXT.encode(), "Content-Type: text/plain; charset=utf-8", status="500 Internal Server Error")


def refusing(peer: Peer, request: Received) -> None:
    peer.answer(b'{"detail":"no"}', "Content-Type: application/json", status="403 Forbidden")


def undecodable(peer: Peer, request: Received) -> None:
    peer.answer(b"\xff\xfe broken \x80", "Content-Type: text/plain; charset=utf-8", status="500 Oh No")


def leaving(peer: Peer, request: Received) -> None:
    peer.answer(b"bye", "Content-Type: text/plain; charset=utf-8")
    peer.close()


def redirect(peer: Peer, request: Received) -> None:
    status = request.target.partition("?")[2]
    peer.answer(b"moved", "Location: echo?from=redirect#there", "Set-Cookie: hop=1", status=f"{status} Moved")


def cookies(peer: Peer, request: Received) -> None:
    peer.answer(
        b"{}",
        "Content-Type: application/json",
        "Set-Cookie: sid=abc; Path=/; HttpOnly; Max-Age=3600; SameSite=lax",
        "Set-Cookie: narrow=1; Path=/elsewhere",
        "Set-Cookie: hidden=1; Path=/; Secure",
        "Set-Cookie: gone=1; Path=/; Max-Age=0",
    )


def echo(peer: Peer, request: Received) -> None:
    """What came, as JSON; parts of an upload told apart."""
    content_type = request.header("content-type")
    if content_type and content_type.startswith("multipart/"):
        head = f"Content-Type: {content_type}\r\n\r\n".encode()
        message = BytesParser(policy=HTTP).parsebytes(head + request.body)
        body: Any = [
            [part["content-disposition"], part.get_content_type(), part.get_payload(decode=True).decode()]
            for part in message.iter_parts()
        ]
        content_type = "multipart"
    else:
        body = request.body.decode()
        body = json.loads(body) if content_type == "application/json" else body
    sent = {
        "method": request.method,
        "target": request.target,
        "type": content_type.partition(";")[0] if content_type and request.body else None,
        "body": body,
        "cookies": sorted((request.header("cookie") or "").split("; ")),
        "authorization": request.header("authorization"),
        "custom": request.header("x-custom"),
    }
    peer.answer(json.dumps(sent).encode(), "Content-Type: application/json")


def ignored(peer: Peer, request: Received) -> None:
    """The answer to HEAD: a length without its body."""
    peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n")


ROUTES = (
    plain, latin, chunked, gzipped, deflated, closing, old, interim, nothing, unchanged, empty, broken, refusing,
    undecodable, leaving, redirect, cookies, echo, ignored,
)  # fmt: skip

UPLOAD = {"file": ("tree.csv", b"a,b\n1,2\n", "text/csv")}

REQUESTS: dict[str, list[tuple[str, str, dict[str, Any]]]] = {
    **{
        route.__name__: [("GET", f"/{route.__name__}", {}), ("GET", "/echo", {})]
        for route in ROUTES
        if route not in (redirect, ignored, leaving)
    },
    **{f"redirected {code}": [("GET", f"/redirect?{code}", {})] for code in (301, 302, 303, 307, 308)},
    "form redirected": [("POST", "/redirect?303", {"data": {"a": "1"}}), ("GET", "/echo", {})],
    "form redirected as it is": [("POST", "/redirect?307", {"data": {"a": "1"}})],
    "head": [("HEAD", "/ignored", {}), ("GET", "/echo", {})],
    "json": [("POST", "/echo", {"json": {"a": [1, "ü", None]}})],
    "form": [("POST", "/echo", {"data": {"a": "1 & 2", "b": "ü"}})],
    "empty post": [("POST", "/echo", {})],
    "upload": [("POST", "/echo", {"files": UPLOAD})],
    "put, patch, delete": [(method, "/echo", {"json": {}}) for method in ("PUT", "PATCH", "DELETE")],
    "headers": [("GET", "/echo", {"headers": {"X-Custom": "yes"}})],
    "query": [("GET", "/echo?x=1&y=%2F&z=a+b", {})],
    "keep-alive closed under it": [("GET", "/leaving", {}), ("GET", "/leaving", {}), ("GET", "/echo", {})],
}


def lean(url: str, ca_file: Path) -> Iterator[Ask]:
    session = HttpSession(url, Recorder(), ca_file=str(ca_file))

    def ask(method: str, path: str, **options: Any) -> Seen:
        response = session.request(method, path, **options)
        return {"status": response.status_code, "body": response.content, "text": response.text}

    yield ask
    session.close()


def fast(url: str, ca_file: Path) -> Iterator[Ask]:
    session = FastHttpSession(
        url,
        EventHook(),
        None,
        insecure=False,
        ssl_context_factory=lambda: gevent.ssl.create_default_context(cafile=str(ca_file)),
    )

    def ask(method: str, path: str, **options: Any) -> Seen:
        response = session.request(method, path, **options)
        return {"status": response.status_code, "body": response.content or b"", "text": response.text or ""}

    yield ask
    session.client.clientpool.close()


def wide(url: str, ca_file: Path) -> Iterator[Ask]:
    tls = ssl.create_default_context(cafile=str(ca_file))
    with httpx.Client(base_url=url, follow_redirects=True, verify=tls, trust_env=False) as client:

        def ask(method: str, path: str, **options: Any) -> Seen:
            response = client.request(method, path, **options)
            return {"status": response.status_code, "body": response.content, "text": response.text}

        yield ask


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module", params=["http", "https"])
def server(request: pytest.FixtureRequest, authority: Authority) -> Iterator[HttpServer]:
    tls = authority.server("127.0.0.1") if request.param == "https" else None
    with HttpServer({f"/{route.__name__}": route for route in ROUTES}, tls) as running:
        yield running


def seen_by(client: Callable[[str, Path], Iterator[Ask]], server: HttpServer, ca_file: Path, name: str) -> list[Seen]:
    """What a client finds, one connection's end after the other."""
    asks = client(server.url, ca_file)
    ask = next(asks)
    found: list[Seen] = []
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", category=DeprecationWarning, module=r"geventhttpclient|locust")
        for method, path, options in REQUESTS[name]:
            found.append(ask(method, path, **options))
            if path == "/leaving":
                run_until(lambda: server.requests[-1].connection in server.closed, "the connection is closed")
    next(asks, None)
    return found


@pytest.mark.parametrize("name", REQUESTS)
def test_three_clients_find_the_same(server: HttpServer, authority: Authority, name: str) -> None:
    ours = seen_by(lean, server, authority.ca_file, name)
    assert ours == seen_by(wide, server, authority.ca_file, name)
    if name == "undecodable":
        return  # the fast client raises in the middle of it and books nothing
    assert ours == seen_by(fast, server, authority.ca_file, name)
