"""[guard.stop]: what ends a run by itself, as it is written."""

from __future__ import annotations

from pathlib import Path

import pytest

from lorax_tui import config
from lorax_tui.errors import ConfigError
from lorax_tui.model.records import GuardLimits
from lorax_tui.model.rule import OnBreach
from tests.unit.configured import SMOKE, loaded

pytestmark = pytest.mark.usefixtures("elsewhere")


def limits(stops: str) -> GuardLimits:
    return loaded(f"[guard.stop]\n{stops}\n{SMOKE}").guard.limits


def test_a_file_that_says_nothing_has_the_shipped_guards() -> None:
    shipped = GuardLimits(unreachable_s=60, error_rate=0.5, errors_s=10, errors_asks=50)
    assert loaded(SMOKE).guard.limits == shipped
    assert config.load(config.PACKAGED).guard.limits == shipped


@pytest.mark.parametrize(
    ("stops", "expected"),
    [
        ('unreachable = "2m"', GuardLimits(unreachable_s=120, error_rate=0.5)),
        ('unreachable = "never"', GuardLimits(error_rate=0.5)),
        ('errors = "never"', GuardLimits(unreachable_s=60)),
        ('errors = "12.5% for 1m"', GuardLimits(unreachable_s=60, error_rate=0.125, errors_s=60)),
        ('memory = "4 GB"', GuardLimits(unreachable_s=60, error_rate=0.5, memory_mb=4096)),
        ('memory = "512MB"', GuardLimits(unreachable_s=60, error_rate=0.5, memory_mb=512)),
        ('generator_bound = "30s"', GuardLimits(unreachable_s=60, error_rate=0.5, bound_s=30)),
    ],
)
def test_each_guard_is_set_or_switched_off(stops: str, expected: GuardLimits) -> None:
    assert limits(stops) == expected


@pytest.mark.parametrize(
    ("stops", "said"),
    [
        ("unreachable = 60", ["guard.stop.unreachable = 60", "'60s'", "'never'"]),
        ('unreachable = "soon"', ["guard.stop.unreachable = 'soon'"]),
        ('errors = "50%"', ["guard.stop.errors = '50%'", "'50% for 10s'"]),
        ('errors = "100% for 10s"', ["guard.stop.errors"]),
        ('errors = "50% for ever"', ["guard.stop.errors"]),
        ('memory = "4"', ["guard.stop.memory = '4'", "'4 GB'"]),
        ('memory = "0 MB"', ["guard.stop.memory"]),
        ('unreachabel = "60s"', ["guard.stop.unreachabel", "did you mean unreachable?"]),
    ],
)
def test_what_sets_no_limit_is_refused(stops: str, said: list[str]) -> None:
    with pytest.raises(ConfigError) as refused:
        limits(stops)
    assert str(refused.value).startswith("own.toml: ")
    for part in said:
        assert part in str(refused.value)


def test_limits_are_no_key_of_the_guard() -> None:
    with pytest.raises(ConfigError, match=r"guard\.limits"):
        loaded("[guard]\nlimits = 3\n" + SMOKE)


def test_the_scenarios_that_break_things_only_mark() -> None:
    marking = {scenario.name for scenario in config.load(config.PACKAGED).scenarios if scenario.on_breach == "mark"}
    assert marking == {"spike", "stress"}
    assert loaded(SMOKE + 'on_breach = "mark"').scenarios[0].on_breach is OnBreach.MARK
    with pytest.raises(ConfigError, match="did you mean stop"):
        loaded(SMOKE + 'on_breach = "stopp"')


def test_the_readme_has_the_shipped_guards() -> None:
    readme = (Path(__file__).parents[2] / "README.md").read_text()
    for line in ('unreachable = "60s"', 'errors = "50% for 10s"', "[guard.stop]"):
        assert line in readme
