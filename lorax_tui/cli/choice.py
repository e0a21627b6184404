"""Which scenarios a command line asks for, with what it changes about them."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from lorax_tui import config
from lorax_tui.cli.options import RunOptions
from lorax_tui.errors import UsageError
from lorax_tui.model import format as words
from lorax_tui.model.scenario import Guard, Scenario

PLAIN = "plain"
"""Name of the load that has no scenario."""

PLAIN_MIX = {"LoraxHttpUser": 5.0, "LoraxSocketUser": 2.0, "LoraxMixedUser": 3.0}


def chosen(loaded: config.Config, options: RunOptions, own_mix: Mapping[str, float]) -> list[Scenario]:
    """The scenarios in the order in which they are to follow each other.

    Args:
        own_mix: the classes of the user's own file, which a plain mix consists of where there are any.
    """
    if not options.names:
        scenarios = [_plain(loaded, options, own_mix or PLAIN_MIX)]
    else:
        scenarios = [_changed(config.find(loaded, name), options) for name in options.names]
    for scenario in scenarios:
        _within(loaded.guard, scenario)
    lasts_s = sum(scenario.duration_s or 0.0 for scenario in scenarios)
    if lasts_s > loaded.guard.max_duration_s:
        raise UsageError(
            f"{words.duration(lasts_s)} are more than the file allows: "
            f"[guard] max_duration = {words.duration(loaded.guard.max_duration_s)}"
        )
    return scenarios


def _plain(loaded: config.Config, options: RunOptions, mix: Mapping[str, float]) -> Scenario:
    if options.users is None or options.spawn_rate is None or options.duration_s is None:
        names = ", ".join(scenario.name for scenario in loaded.scenarios)
        raise UsageError(f"name a scenario ({names}), or give --users, --spawn-rate and --duration for a plain mix")
    return Scenario(
        PLAIN,
        options.users,
        options.spawn_rate,
        options.duration_s,
        dict(mix),
        thresholds=loaded.thresholds,
        requests_per_second=options.requests_per_second,
    )


def _changed(scenario: Scenario, options: RunOptions) -> Scenario:
    load = ("users", "spawn_rate", "duration_s", "requests_per_second")
    given = {name: value for name in load if (value := getattr(options, name)) is not None}
    if given and scenario.stages:
        raise UsageError(
            f"{scenario.name} goes in stages: --users, --spawn-rate, --duration and --rps cannot change it"
        )
    return msgspec.structs.replace(scenario, **given)


def _within(guard: Guard, scenario: Scenario) -> None:
    if scenario.users > guard.max_users:
        raise UsageError(f"{scenario.users} users are more than the file allows: [guard] max_users = {guard.max_users}")
    if scenario.spawn_rate > guard.max_spawn_rate:
        raise UsageError(
            f"{scenario.spawn_rate:g} users a second are more than the file allows: "
            f"[guard] max_spawn_rate = {guard.max_spawn_rate:g}"
        )
    if (scenario.requests_per_second or 0.0) > guard.max_requests_per_second:
        raise UsageError(
            f"{scenario.requests_per_second:g} requests a second are more than the file allows: "
            f"[guard] max_requests_per_second = {guard.max_requests_per_second:g}"
        )
