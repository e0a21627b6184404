"""`search` in a scenario, and what the command line makes of it."""

from __future__ import annotations

import pytest

from lorax_tui import config
from lorax_tui.cli.choice import chosen, searching
from lorax_tui.cli.options import RunOptions
from lorax_tui.errors import ConfigError, UsageError
from lorax_tui.model.rule import OnBreach
from lorax_tui.model.scenario import Scenario, Search
from tests.unit.configured import loaded

pytestmark = pytest.mark.usefixtures("elsewhere")

PACKAGED = config.load(config.PACKAGED)
LOAD = 'users = 50\nspawn_rate = 5\nduration = "5m"\nmix = { LoraxHttpUser = 1 }\n'


def scenario(search: str, users: int = 50) -> Scenario:
    return loaded(f"[scenarios.limit]\n{LOAD.replace('50', str(users), 1)}search = {search}").scenarios[0]


def test_the_shipped_stress_is_a_search_within_its_users_and_time() -> None:
    stress = config.find(PACKAGED, "stress")
    assert stress.search == Search(10, 20.0)
    assert (stress.users, stress.duration_s, stress.on_breach) == (150, 900, OnBreach.MARK)


def test_what_is_left_out_has_a_usual_value() -> None:
    assert scenario("{}").search == Search(10, 20.0) and scenario("{}").on_breach is OnBreach.MARK
    assert scenario('{}\non_breach = "stop"').on_breach is OnBreach.STOP
    assert scenario("{}", users=4).search == Search(4, 20.0)
    assert scenario('{ start = 3, hold = "1m" }').search == Search(3, 60.0)


@pytest.mark.parametrize(
    ("search", "said"),
    [
        ("{ start = 51 }", ["limit.search.start = 51", "from 1 to 50 (users)"]),
        ("{ start = 0 }", ["limit.search.start = 0"]),
        ("{ start = true }", ["limit.search.start = True"]),
        ("{ hold = 20 }", ["limit.search.hold = 20", '"20s"']),
        ('{ hold = "soon" }', ["limit.search.hold = 'soon'"]),
        ("{ holds = 1 }", ["limit.search.holds", "did you mean hold?"]),
        ("true", ["limit.search = True", "expected a table"]),
        ("{}\nwatch_memory = true", ["limit.watch_memory = True", "held for long enough to judge memory"]),
        ("{}\nrequests_per_second = 4", ["limit.requests_per_second = 4", "a search decides the load itself"]),
    ],
)
def test_what_is_no_search_is_refused(search: str, said: list[str]) -> None:
    with pytest.raises(ConfigError) as refused:
        scenario(search)
    assert all(part in str(refused.value) for part in said), refused.value


def test_options_change_a_search_and_only_that() -> None:
    (stress,) = chosen(PACKAGED, RunOptions(("stress",), users=40, start=5, hold_s=8.0), {})
    assert (stress.users, stress.search) == (40, Search(5, 8.0))
    with pytest.raises(UsageError, match="smoke is no search"):
        chosen(PACKAGED, RunOptions(("smoke",), hold_s=8.0), {})
    with pytest.raises(UsageError, match="--rps cannot change it"):
        chosen(PACKAGED, RunOptions(("stress",), requests_per_second=8.0), {})


def test_any_scenario_can_become_a_search_unless_it_says_how_its_load_goes_on() -> None:
    smoke = config.find(searching(PACKAGED, ["smoke"]), "smoke")
    assert smoke.search == Search(5) and smoke.on_breach is OnBreach.MARK
    assert config.find(searching(PACKAGED, ["stress"]), "stress") == config.find(PACKAGED, "stress")
    stages = 'stages = [{ users = 1, spawn_rate = 1, duration = "1m" }]'
    staged = loaded(f"[scenarios.steps]\nmix = {{ LoraxHttpUser = 1 }}\n{stages}")
    with pytest.raises(UsageError, match="steps goes in stages"):
        searching(staged, ["steps"])
