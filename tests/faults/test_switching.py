"""Scenarios are switched, users added and runs ended while the target falls ill and recovers, in any order.

More turns than a suite has time for: `LORAX_EXAMPLES=50 pytest tests/faults/test_switching.py -s`.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from lorax_tui.engine.dispatch import class_counts
from lorax_tui.errors import UsageError
from lorax_tui.model.records import SOCKET_IO
from lorax_tui.model.scenario import Scenario
from lorax_tui.model.tally import Outcome
from lorax_tui.session import SessionView, State
from tests.faults.test_storms import PAGES, pong, silent, throw_out
from tests.script_server import ScriptServer, script_server
from tests.session.opened import LIMIT_S, opened, read_back, seen

EXAMPLES = int(os.environ.get("LORAX_EXAMPLES", "6"))
HEALTHY: dict[str, object] = PAGES | {
    "/health": {"ok": True},
    "/projects": {"projects": {}},
    "/memory_status": {"rss_MB": 100.0, "vms_MB": 100.0, "pid": 7},
}
SCENARIOS = (
    Scenario("web", 6, 50, 60, {"LoraxHttpUser": 1.0}),
    Scenario("sockets", 9, 50, 60, {"LoraxSocketUser": 2.0, "LoraxMixedUser": 1.0}),
    Scenario("all", 12, 50, 60, {"LoraxHttpUser": 1.0, "LoraxSocketUser": 1.0, "LoraxMixedUser": 2.0}),
    Scenario("slowly", 12, 2, 60, {"LoraxMixedUser": 1.0}),
)
NAMES = [scenario.name for scenario in SCENARIOS]
QUICK = NAMES[:3]


class Switching(RuleBasedStateMachine):
    """One session, and a target that does as it is told."""

    server: ScriptServer
    folder: Path
    numbers = count()
    ended = 0

    def __init__(self) -> None:
        super().__init__()
        self.heals()
        self.stack = ExitStack()
        runs_dir = self.folder / str(next(self.numbers))
        self.session = self.stack.enter_context(opened(self.server.url, runs_dir, scenarios=SCENARIOS))
        self.wanted: Scenario | None = None
        self.users = 0

    @property
    def is_running(self) -> bool:
        return self.wanted is not None

    @initialize(name=st.sampled_from(QUICK))
    def begins(self, name: str) -> None:
        self.switches(name)
        self.comes_to_rest()

    @rule(name=st.sampled_from(NAMES))
    def switches(self, name: str) -> None:
        if not self.is_running:
            self.heals()  # a target that is not usable gets no load
        self.session.switch(name).result(LIMIT_S)
        self.wanted = next(scenario for scenario in SCENARIOS if scenario.name == name)
        self.users = self.wanted.users

    @precondition(lambda self: self.is_running)
    @rule(names=st.lists(st.sampled_from(NAMES), min_size=2, max_size=4))
    def changes_its_mind(self, names: list[str]) -> None:
        """Keys pressed at once: the last one counts."""
        for future in [self.session.switch(name) for name in names]:
            future.result(LIMIT_S)
        self.wanted = next(scenario for scenario in SCENARIOS if scenario.name == names[-1])
        self.users = self.wanted.users

    @precondition(lambda self: self.is_running)
    @rule(delta=st.sampled_from([-10, -1, 1, 10]))
    def adjusts(self, delta: int) -> None:
        users = min(max(1, self.users + delta), 20)
        try:
            self.session.adjust(delta).result(LIMIT_S)
        except UsageError:
            assert users == self.users
        self.users = users

    @rule()
    def fails(self) -> None:
        """Everything over HTTP gets a status of 502."""
        self.server.pages.clear()

    @rule()
    def hangs(self) -> None:
        self.server.hangs = True
        self.server.on["ping"] = silent

    @precondition(lambda self: self.server.loop is not None)
    @rule()
    def throws_all_out(self) -> None:
        self.server.tell_all(throw_out)

    @rule()
    def lets_nobody_in(self) -> None:
        self.server.welcome = ['44{"message":"not now"}']

    @rule()
    def heals(self) -> None:
        self.server.pages, self.server.hangs = dict(HEALTHY), False
        self.server.on["ping"], self.server.welcome = pong, ScriptServer().welcome

    @precondition(lambda self: self.is_running)
    @rule()
    def is_snapped(self) -> None:
        self.session.snapshot().result(LIMIT_S)

    @precondition(lambda self: self.is_running and self.wanted.name in QUICK)
    @rule()
    def comes_to_rest(self) -> None:
        """Ill or not: soon there are exactly the users that were wanted last, and no others."""
        assert self.wanted is not None
        wanted = class_counts(self.users, self.wanted.mix)
        seen(self.session, lambda view: there(view) == wanted and not view.run.users_draining, f"there are {wanted}")

    @precondition(lambda self: self.is_running)
    @rule()
    def ends(self) -> None:
        self.session.stop().result(LIMIT_S)
        self.wanted = None
        view = self.session.view
        assert view.state is State.ENDED
        assert not there(view) and not view.run.users_draining
        seen(self.session, lambda _: not self.server.wires, "no socket is left open at the target")
        context = self.session._engine.context
        assert context.sockets_connected == context.http_connections == 0
        _, run = read_back(view)
        assert run.view() == view.run, "what was read back is what was seen"
        for row in run.totals():
            assert row.asks == sum(getattr(row, outcome) for outcome in Outcome) and not row.in_flight, row
        assert {row.protocol for row in run.totals()} <= {"HTTP", SOCKET_IO}
        type(self).ended += 1

    def teardown(self) -> None:
        try:
            if self.is_running:
                self.ends()
        finally:
            self.stack.close()


def there(view: SessionView) -> dict[str, int]:
    """The users that are there, by class."""
    return {name: users.actual for name, users in view.run.users.items() if users.actual}


@pytest.fixture
def server() -> Iterator[ScriptServer]:
    with script_server() as server:
        yield server


def test_row_59_no_order_of_faults_and_switches_leaves_a_user_behind(server: ScriptServer, tmp_path: Path) -> None:
    Switching.server, Switching.folder, Switching.ended = server, tmp_path, 0
    checks = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]
    run_state_machine_as_test(
        Switching,
        settings=settings(
            max_examples=EXAMPLES, stateful_step_count=14, deadline=None, database=None, suppress_health_check=checks
        ),
    )
    assert Switching.ended >= EXAMPLES
