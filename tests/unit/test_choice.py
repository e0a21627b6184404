"""What the options of a command line make of scenarios."""

from __future__ import annotations

import pytest

from lorax_tui import config
from lorax_tui.cli.choice import chosen, sized_as
from lorax_tui.cli.options import RunOptions
from lorax_tui.errors import UsageError

LOADED = config.load(config.PACKAGED)


def test_a_scenario_and_a_plain_mix_can_be_paced() -> None:
    (smoke, light) = chosen(LOADED, RunOptions(("smoke", "light"), requests_per_second=20), {})
    assert (smoke.requests_per_second, light.requests_per_second) == (20, 20)
    (plain,) = chosen(LOADED, RunOptions(users=2, spawn_rate=1, duration_s=5, requests_per_second=3.5), {})
    assert (plain.users, plain.requests_per_second) == (2, 3.5)
    (closed,) = chosen(LOADED, RunOptions(("smoke",)), {})
    assert closed.requests_per_second is None


def test_nobody_paces_beyond_the_guard() -> None:
    with pytest.raises(UsageError, match=r"1000\.5 requests a second .* max_requests_per_second = 1000"):
        chosen(LOADED, RunOptions(("smoke",), requests_per_second=1000.5), {})


def test_a_plain_mix_can_be_as_large_as_a_scenario_where_none_is_named() -> None:
    own = {"Visitor": 1.0}
    (plain,) = chosen(LOADED, sized_as(LOADED, RunOptions(users=3), "smoke"), own)
    assert (plain.name, plain.users, plain.spawn_rate, plain.duration_s, plain.mix) == ("plain", 3, 5, 60, own)
    named = RunOptions(("light",))
    assert sized_as(LOADED, named, "smoke") is named
