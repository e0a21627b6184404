"""What tests of several floors share."""

from __future__ import annotations

from collections.abc import Generator, Iterator

import pytest
from hypothesis import HealthCheck, settings

import lorax_tui.engine  # noqa: F401  (first of all: keeps locust from patching the standard library)
from lorax_tui.model import hidden, learned
from tests.alone import turn
from tests.backend import Backend, running_backend
from tests.disks import small_disk  # noqa: F401

# How long an example takes is the machine's affair, which others may share.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")


@pytest.fixture(scope="session")
def backend(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Backend]:
    """One real backend for all tests that only ask it things; it ends with the test session."""
    with running_backend(tmp_path_factory.mktemp("backend")) as running:
        yield running


@pytest.fixture(autouse=True)
def _nothing_is_learned() -> None:
    """No test hides what another one has sent."""
    learned._ours, learned._theirs = learned._Memory(), learned._Memory()
    hidden._hidden.cache_clear()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """A test that measures has the machine for itself."""
    with turn(alone=item.get_closest_marker("alone") is not None):
        return (yield)
