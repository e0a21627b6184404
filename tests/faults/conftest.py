"""What the tests of faults share, also with those of the whole program."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.e2e.conftest import counting_backend, launcher  # noqa: F401
from tests.ears import Ears, listening


@pytest.fixture
def ears() -> Iterator[Ears]:
    with listening() as ears:
        yield ears
