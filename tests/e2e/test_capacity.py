"""`lorax-tui capacity`, from the command line to the exit code."""

from __future__ import annotations

import pytest

from tests.e2e.program import Launcher
from tests.queueing_server import queueing_server

pytestmark = pytest.mark.alone

SCENARIO = """
[scenarios.few]
users = 4
spawn_rate = 50
duration = "30s"
mix = { HastyUser = 1 }
thresholds = { HTTP = ["p95 < %s"] }
"""


HASTY = """
from lorax_tui.users import HttpUser, constant, task

class HastyUser(HttpUser):
    wait_time = constant(0.02)

    @task
    def health(self):
        self.client.get("/health")
"""


def _search(launcher: Launcher, limit: str) -> tuple[int, str, dict[str, object]]:
    (launcher.home / "scenarios.toml").write_text(SCENARIO % limit)
    (launcher.home / "hasty.py").write_text(HASTY)
    with queueing_server(2, 20) as url:
        ended = launcher.run("capacity", "few", "-f", "hasty.py", "--hold", "2s", "--host", url)
    [search] = ended.summary["searches"]
    assert search["finding"] in ended.out
    return ended.code, ended.out, search


def test_any_scenario_is_searched_and_what_it_holds_is_a_success(launcher: Launcher) -> None:
    code, out, search = _search(launcher, "2s")
    assert "few: a search from 4 up to 4 users" in out
    if code == 7:  # on a machine that others keep busy
        assert "the generator was at its limit" in out
        return
    assert code == 0 and search["users_held"] == 4 and search["confirmed"]
    assert "the most that was allowed: not broken" in out


def test_a_target_that_does_not_hold_one_user_fails(launcher: Launcher) -> None:
    code, out, search = _search(launcher, "10ms")
    assert search["users_held"] is None
    if code == 7:  # as above
        assert "the generator was at its limit" in out
        return
    assert code == 4 and search["users_broken"] == 1
    assert "holds not even 1 user; HTTP p95 < 10ms broke first at 1" in out
