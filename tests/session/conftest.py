"""What the tests of the session share."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from lorax_tui.session import Session
from tests.backend import Backend
from tests.session.opened import opened


@pytest.fixture
def session(backend: Backend, tmp_path: Path) -> Iterator[Session]:
    with opened(backend.url, tmp_path) as opened_session:
        yield opened_session


@pytest.fixture
def silent() -> Iterator[str]:
    """A target that takes connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}"
