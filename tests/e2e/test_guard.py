"""A target that turns ill under the load: the shipped guard ends the run, unless the load is made for that."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.e2e.program import Ended, Launcher, read_summary, records
from tests.script_server import ScriptServer, script_server

LOAD = """
[scenarios.steady]
users = 20
spawn_rate = 20
duration = "{duration}"
mix = {{ LoraxHttpUser = 1 }}
on_breach = "{on_breach}"
"""
SOON = """
[guard.stop]
errors = "50% for 3s"
"""

PAGES: dict[str, object] = {
    "/health": {"ok": True},
    "/projects": {"projects": {}},
    "/memory_status": {"rss_MB": 100.0, "vms_MB": 100.0, "pid": 7},
    "/init-session": {"sid": "00000000-0000-4000-8000-000000000000"},
}


@pytest.fixture
def target() -> Iterator[ScriptServer]:
    """Well, until its pages are taken away."""
    with script_server() as server:
        server.pages = dict(PAGES)
        yield server


def test_a_target_that_fails_everything_ends_the_run_within_15_seconds(
    launcher: Launcher, target: ScriptServer
) -> None:
    ended = _with_ill_target(launcher, target, "2m", "stop")
    summary = read_summary(ended.folder)
    assert ended.code == 6, ended.out
    assert summary["ended_by_guard"] and "errors" in summary["ended"]
    ill_s = min(error["first_s"] for error in summary["errors"])
    assert summary["elapsed_s"] - ill_s <= 15
    written = records(ended.folder)
    assert written[-1]["type"] == "end" and written[-1]["by_guard"]


def test_a_load_that_is_made_to_break_things_goes_on(launcher: Launcher, target: ScriptServer) -> None:
    ended = _with_ill_target(launcher, target, "9s", "mark", SOON)
    summary = read_summary(ended.folder)
    assert ended.code in (4, 7), ended.out
    assert summary["ended"] == "finished" and not summary["ended_by_guard"]
    assert [record for record in records(ended.folder) if record.get("kind") == "breach"]


def _with_ill_target(launcher: Launcher, target: ScriptServer, duration: str, on_breach: str, guard: str = "") -> Ended:
    """What is left of a run whose target fails everything as soon as all users are there."""
    (launcher.home / "scenarios.toml").write_text(guard + LOAD.format(duration=duration, on_breach=on_breach))
    with launcher.started("run", "steady", "--headless", "--host", target.url) as program:
        program.wait_for("settled after")
        target.pages.clear()
        return program.end()
