"""What the tests of faults share with those of the whole program."""

from tests.e2e.conftest import counting_backend, launcher  # noqa: F401
