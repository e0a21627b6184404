"""A paced run of the program against the real backend, which keeps its own count of what it was asked."""

from __future__ import annotations

from collections import Counter

import httpx
import pytest

from tests.backend import Backend
from tests.e2e.program import Launcher, operations

pytestmark = [pytest.mark.backend, pytest.mark.alone]

SCENARIO = """
[scenarios.paced]
users = 6
spawn_rate = 50
duration = "1m"
mix = { LoraxHttpUser = 1, LoraxSocketUser = 1, LoraxMixedUser = 1 }
requests_per_second = 30

[scenarios.closed]
users = 6
spawn_rate = 50
duration = "1m"
mix = { LoraxHttpUser = 1, LoraxSocketUser = 1, LoraxMixedUser = 1 }
"""

GETTING_READY = 6 + 4 + 4
"""A session each; a connection and a file for those with a socket."""


def test_what_is_offered_is_asked_and_the_backend_counts_the_same(
    launcher: Launcher, counting_backend: Backend
) -> None:
    (launcher.home / "scenarios.toml").write_text(SCENARIO)
    host = ("--host", counting_backend.url)
    before = _tally(counting_backend)
    launcher.run("check", *host)
    checked = _tally(counting_backend)
    ended = launcher.run("run", "paced", "closed", "paced", "--duration", "6s", "--headless", *host)
    served = _tally(counting_backend) - checked - (checked - before)
    summary = ended.summary
    assert "offered" in ended.out and "closed loop" in ended.out
    assert not summary["closed_loop"]
    assert [phase["requests_per_second"] for phase in summary["phases"]] == [30, None, 30]
    for name, row in operations(summary).items():
        assert row["asks"] == row["ok"] + row["interrupted"] and row["in_flight"] == 0, name
        assert row["asks"] - row["interrupted"] <= served[name] <= row["asks"], name
    paced = [phase for phase in summary["phases"] if not phase["closed_loop"]]
    asks = sum(row["asks"] for phase in paced for row in operations(phase).values())
    assert sum(phase["started"] for phase in paced) == asks - GETTING_READY
    for phase in paced:
        assert phase["offered"] == phase["started"] + phase["never_started"]
        assert phase["never_started"] <= 2
        assert phase["achieved_rps"] == pytest.approx(phase["offered_rps"], rel=0.05)
        assert phase["offered_rps"] == pytest.approx(30, rel=0.4)  # five standard deviations
        assert phase["protocols"]["HTTP"]["intended_p50_ms"] >= phase["protocols"]["HTTP"]["p50_ms"]


def _tally(backend: Backend) -> Counter[str]:
    """What was asked, but for what the program's httpx asked: that is preflight and memory probe."""
    by_client = httpx.get(f"{backend.url}/_tally", trust_env=False).json()
    return sum((Counter(asked) for client, asked in by_client.items() if client != "python-httpx"), Counter())
