"""What several tests have their HTTP server answer, and the server that answers it."""

from __future__ import annotations

from collections.abc import Iterable

from tests.engine.httpserver import HttpServer, Peer, Received, Route

JSON = "Content-Type: application/json"


def health(peer: Peer, request: Received) -> None:
    peer.answer(b'{"ok": true, "redis": true}', JSON)


def hop(peer: Peer, request: Received) -> None:
    peer.answer(b"", "Location: /health", status="307 Elsewhere")


def serving(routes: Iterable[Route]) -> HttpServer:
    """A server, not running yet, where each route has the path of its name."""
    return HttpServer({f"/{route.__name__}": route for route in routes})
