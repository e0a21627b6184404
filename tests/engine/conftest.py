"""A client of the module's own HTTP server, and what it books."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from lorax_tui.engine.http import HttpSession
from lorax_tui.engine.recorder import Recorder
from tests.engine.httpserver import HttpServer


@pytest.fixture
def recorder(server: HttpServer) -> Recorder:
    server.requests.clear()
    return Recorder()


@pytest.fixture
def session(server: HttpServer, recorder: Recorder) -> Iterator[HttpSession]:
    session = HttpSession(server.url, recorder)
    yield session
    session.close()
