"""Waiting for a condition, with a deadline; never for a time."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def wait_until(condition: Callable[[], T], what: str, deadline_s: float = 15.0) -> T:
    """The condition's first true value.

    Raises:
        AssertionError: it did not come true in time; `what` says what was waited for.
    """
    end_s = time.monotonic() + deadline_s
    while not (value := condition()):
        assert time.monotonic() < end_s, f"not within {deadline_s:g} s: {what}"
        time.sleep(0.01)
    return value
