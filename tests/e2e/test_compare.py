"""Two real runs of one target are the same; one that takes longer for one operation is named, and exits with 5."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.delaying_server import USUAL_MS, delaying_server
from tests.e2e.program import Ended, Launcher

pytestmark = [pytest.mark.e2e, pytest.mark.alone]

SECONDS = 10
TRIES = 2
USERS = """
from lorax_tui.users import LoraxHttpUser, between

class Quick(LoraxHttpUser):
    wait_time = between(0.05, 0.15)
"""


def ran(launcher: Launcher, users: Path, projects_ms: float = USUAL_MS) -> Path:
    """A run of about 75 asks a second, in which the machine had enough left for it."""
    for _ in range(TRIES):
        with delaying_server({"/projects": projects_ms}) as url:
            ended = launcher.run(
                *("run", "-f", users, "--host", url, "--headless"),
                *("--users", 8, "--spawn-rate", 100, "--duration", f"{SECONDS}s"),
            )
        if not ended.summary["generator"]["bound"]:
            assert ended.code == 0, ended.err
            return ended.folder
    pytest.skip("others keep this machine so busy that no run on it can be judged")


def compared(launcher: Launcher, base: Path, run: Path) -> Ended:
    return launcher.run("compare", base, run, "--json")


def worse(ended: Ended) -> set[str]:
    return {text.partition(": ")[0] for text in json.loads(ended.out)["regressions"]}


def test_thirty_milliseconds_more_at_one_operation_are_found_there_and_nowhere_else(launcher, tmp_path: Path) -> None:
    users = tmp_path / "users.py"
    users.write_text(USERS)
    base, again, slower = ran(launcher, users), ran(launcher, users), ran(launcher, users, USUAL_MS + 30)
    same = compared(launcher, base, again)
    assert (same.code, json.loads(same.out)["result"]) == (0, "same"), same.out
    other = compared(launcher, base, slower)
    # Users that wait 30 ms longer also ask a little less in all: a tenth less, where the machine is slow as well.
    assert (other.code, worse(other) - {"all operations"}) == (5, {"HTTP GET /projects"}), other.out
    assert json.loads(other.out)["warnings"][0].startswith("another target: ")
