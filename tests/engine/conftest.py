"""A client of the module's own HTTP server and what it books; a ledger for the users of several processes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from lorax_tui.engine.http import HttpSession
from lorax_tui.engine.recorder import Recorder
from tests.engine.httpserver import HttpServer
from tests.engine.ledger import Ledger, ledger_in


@pytest.fixture
def recorder(server: HttpServer) -> Recorder:
    server.requests.clear()
    return Recorder()


@pytest.fixture
def session(server: HttpServer, recorder: Recorder) -> Iterator[HttpSession]:
    session = HttpSession(server.url, recorder)
    yield session
    session.close()


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with ledger_in(tmp_path) as kept:
        yield kept
