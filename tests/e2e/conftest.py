"""What the tests of the whole program share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.backend import Backend, running_backend
from tests.e2e.program import Launcher


@pytest.fixture
def launcher(tmp_path: Path) -> Launcher:
    return Launcher(tmp_path)


@pytest.fixture(scope="session")
def counting_backend(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Backend]:
    """A real backend that keeps its own count of what it is asked."""
    with running_backend(tmp_path_factory.mktemp("counting"), app="tests.counting_backend:app") as running:
        yield running
