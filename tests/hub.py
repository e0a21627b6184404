"""Waiting in a test that shares its thread with greenlets: they run while it waits."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic

import gevent


def run_until(condition: Callable[[], object], what: str, limit_s: float = 15.0) -> None:
    """Let greenlets run until the condition holds."""
    deadline = monotonic() + limit_s
    while not condition():
        assert monotonic() < deadline, f"not within {limit_s:g} s: {what}"
        gevent.sleep(0.01)
