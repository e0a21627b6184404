"""The preflight against servers that are no usable Lorax backend: one line that says what to do."""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from lorax_tui.errors import ExitCode, TargetError
from lorax_tui.model.scenario import Target
from lorax_tui.model.text import safe
from lorax_tui.target.preflight import Preflight, preflight
from tests.engine.httpserver import Authority, HttpServer, Peer, Received, Route


def answering(content: object, *fields: str, status: str = "200 OK") -> Route:
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    return lambda peer, request: peer.answer(body, *fields, status=status)


PAGE = answering(b"<!doctype html><title>shop</title>", "Content-Type: text/html")
SERVER_ERROR = answering(b"Internal Server Error", "Content-Type: text/plain", status="500 Internal Server Error")
NOT_FOUND = answering({"detail": "Not Found"}, status="404 Not Found")

LORAX: dict[str, Route] = {
    "/health": answering({"ok": True, "redis": True}),
    "/init-session": answering({"sid": "s-1"}, "Set-Cookie: lorax_sid=s-1; HttpOnly; Path=/"),
    "/projects": answering({"projects": {"a": {"files": ["x.trees", "y.csv"]}, "Uploads": {"files": []}}}),
    "/memory_status": answering({"rss_MB": 250.4, "vms_MB": 900.0, "pid": 12, "file_cache_size": 0}),
}


def hang(peer: Peer, request: Received) -> None:
    peer.hang()


def reset(peer: Peer, request: Received) -> None:
    peer.reset()


async def look(routes: dict[str, Route], base: str = "") -> Preflight:
    with HttpServer({base + path: route for path, route in routes.items()}) as server:
        found = await preflight(Target(host=server.url + base), request_limit_s=1.0, limit_s=3.0)
        assert [request.method for request in server.asked(f"{base}/init-session")] == ["POST"]
        return found


async def refusal(routes: dict[str, Route]) -> str:
    """Why the target is refused: one line that names it."""
    with HttpServer(routes) as server:
        with pytest.raises(TargetError) as raised:
            await preflight(Target(host=server.url), request_limit_s=0.5, limit_s=3.0)
        message = str(raised.value)
        assert server.url in message
    assert raised.value.exit_code == ExitCode.TARGET
    assert safe(message, 1000) == message
    return message


async def test_a_usable_target() -> None:
    found = await look(LORAX)
    assert [check.name for check in found.checks] == [
        "GET /health",
        "POST /init-session",
        "GET /projects",
        "GET /memory_status",
    ]
    assert all(check.ok and check.detail and not check.advice for check in found.checks)
    assert found.checks[2].detail == "data files: 2"
    assert found.checks[3].detail == "pid 12, 250 MB"


async def test_behind_a_proxy() -> None:
    assert all(check.ok for check in (await look(LORAX, base="/api")).checks)


@pytest.mark.parametrize(
    ("path", "route", "words"),
    [
        ("/health", answering({"ok": True, "redis": False}), "Redis"),
        ("/init-session", answering({"sid": "s-1"}), "cookie"),
        ("/init-session", answering({"sid": "s-1"}, "Set-Cookie: lorax_sid=s-2"), "cookie"),
        (
            "/projects",
            answering({"projects": {"Uploads": {"files": []}, "odd": 3, "b": {"files": None}}}),
            "data files: 0",
        ),
        ("/projects", SERVER_ERROR, "HTTP 500: Internal Server Error"),
        ("/projects", hang, "no answer within 1 s"),
        ("/memory_status", NOT_FOUND, "HTTP 404"),
        ("/memory_status", SERVER_ERROR, "HTTP 500"),
        ("/memory_status", PAGE, "no JSON"),
        ("/memory_status", hang, "no answer within 1 s"),
        ("/memory_status", answering({"rss": 3, "pid": "12"}), "does not tell pid, rss_MB"),
    ],
)
async def test_what_cannot_be_measured_is_a_check_with_advice(path: str, route: Route, words: str) -> None:
    found = await look(LORAX | {path: route})
    (bad,) = (check for check in found.checks if not check.ok)
    assert bad.name.endswith(path)
    assert words in f"{bad.detail} {bad.advice}"
    assert bad.advice


@pytest.mark.parametrize(
    ("path", "route", "words"),
    [
        ("/health", PAGE, "a web page answers at .*: try --host .*/api"),
        ("/health", answering(b"  <html>"), "a web page answers at .*: try --host .*/api"),
        ("/health", NOT_FOUND, "no Lorax backend at .* HTTP 404.*/api"),
        ("/health", answering({"status": "UP"}), 'no Lorax backend at .*"status": "UP"'),
        ("/health", answering([1]), "no Lorax backend at "),
        ("/health", answering(b"ok"), "no Lorax backend at .* HTTP 200: ok"),
        ("/health", answering(b"\x1b]0;gone\x07"), "no Lorax backend at .*␛]0;gone␇"),
        ("/health", answering({"ok": False}), "no Lorax backend at "),
        ("/health", SERVER_ERROR, "when its Redis is down: see to the Redis"),
        ("/init-session", SERVER_ERROR, "POST /init-session.* when its Redis is down"),
        ("/health", answering(b"<h1>502", status="502 Bad Gateway"), "a proxy answers at .*: start the backend"),
        (
            "/health",
            answering(b"", "Location: https://x/", status="301 Moved"),
            "points elsewhere .*to https://x/.*--host",
        ),
        ("/health", answering(b"", status="401 Unauthorized"), "wants to know who asks"),
        ("/health", hang, "no answer within 0.5 s: the backend hangs"),
        ("/health", reset, "no Lorax answer from .*connection reset"),
        ("/health", answering(b" " * (2 << 20)), "larger than 1 MiB"),
        ("/init-session", PAGE, "a web page answers"),
        ("/init-session", answering({"sid": ""}), "no Lorax backend"),
        ("/init-session", answering({"error": "broken"}), "no Lorax backend"),
        ("/init-session", hang, "no answer within"),
        ("/projects", NOT_FOUND, "no Lorax backend"),
        ("/projects", PAGE, "a web page answers"),
        ("/projects", answering({"error": "no such file"}), "no Lorax backend"),
    ],
)
async def test_what_is_not_usable_is_refused_with_advice(path: str, route: Route, words: str) -> None:
    message = await refusal(LORAX | {path: route})
    assert re.search(words, message), message


async def test_a_wrong_base_path_is_not_answered_with_another_one() -> None:
    with HttpServer({"/api/health": NOT_FOUND}) as server, pytest.raises(TargetError, match="check the path /api"):
        await preflight(Target(host=f"{server.url}/api"))


async def test_nobody_there() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    for host in ("127.0.0.1", "localhost"):
        with pytest.raises(TargetError) as raised:
            await preflight(Target(host=f"http://{host}:{port}"))
        assert str(raised.value) == (
            f"nothing answers at http://{host}:{port} (connection refused): start the backend with "
            f"`lorax-backend serve --port {port}`, or name another with --host"
        )


async def test_a_name_that_nobody_has() -> None:
    with pytest.raises(TargetError, match=r"no-such-host\.invalid cannot be resolved .*: check --host"):
        await preflight(Target(host="http://no-such-host.invalid:8080"))


async def test_all_together_has_a_limit() -> None:
    def slow(route: Route) -> Callable[[Peer, Received], None]:
        def later(peer: Peer, request: Received) -> None:
            peer.stopping.wait(0.4)
            route(peer, request)

        return later

    with (
        HttpServer({path: slow(route) for path, route in LORAX.items()}) as server,
        pytest.raises(TargetError, match=r"did not answer four requests within 1 s"),
    ):
        await preflight(Target(host=server.url), request_limit_s=0.9, limit_s=1.0)


async def test_tls(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    with HttpServer(dict(LORAX), tls=authority.server("127.0.0.1")) as server:
        trusting = Target(host=server.url, ca_file=str(authority.ca_file))
        assert all(check.ok for check in (await preflight(trusting)).checks)
        with pytest.raises(TargetError, match=r"certificate refused.*ca_file under"):
            await preflight(Target(host=server.url))
    with HttpServer({}) as server, pytest.raises(TargetError, match=r"no answer within 0.5 s"):
        await preflight(Target(host=server.url.replace("http:", "https:")), request_limit_s=0.5)
    with pytest.raises(TargetError, match=r"ca_file .*missing\.pem"):
        await preflight(Target(host="https://127.0.0.1:1", ca_file=str(tmp_path / "missing.pem")))
