"""Which scenarios a command line asks for, with what it changes about them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import msgspec

from lorax_tui import config
from lorax_tui.cli.options import RunOptions
from lorax_tui.errors import UsageError
from lorax_tui.model import format as words
from lorax_tui.model.rule import OnBreach
from lorax_tui.model.scenario import FIRST_USERS, Guard, Scenario, Search

PLAIN = "plain"
"""Name of the load that has no scenario."""

PLAIN_MIX = {"LoraxHttpUser": 5.0, "LoraxSocketUser": 2.0, "LoraxMixedUser": 3.0}


def searching(loaded: config.Config, names: Sequence[str]) -> config.Config:
    """The same configuration, in which the scenarios of these names look for their breaking point.

    Raises:
        UsageError: there is no such scenario, or it says itself how its load goes on.
    """
    searched = {name: _as_search(config.find(loaded, name)) for name in names}
    return msgspec.structs.replace(
        loaded, scenarios=tuple(searched.get(scenario.name, scenario) for scenario in loaded.scenarios)
    )


def _as_search(scenario: Scenario) -> Scenario:
    if scenario.search is not None:
        return scenario
    if scenario.stages or scenario.requests_per_second is not None:
        how = "goes in stages" if scenario.stages else "is paced"
        raise UsageError(f"{scenario.name} {how}: a search decides the load itself")
    search = Search(min(FIRST_USERS, scenario.users))
    return msgspec.structs.replace(scenario, search=search, on_breach=OnBreach.MARK)


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


def sized_as(loaded: config.Config, options: RunOptions, name: str) -> RunOptions:
    """The same options; where they name no scenario, a plain mix as large as that of this name, and as long."""
    if options.names:
        return options
    like = config.find(loaded, name)
    return replace(
        options,
        users=like.users if options.users is None else options.users,
        spawn_rate=like.spawn_rate if options.spawn_rate is None else options.spawn_rate,
        duration_s=like.duration_s if options.duration_s is None else options.duration_s,
    )


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
    return msgspec.structs.replace(scenario, **given, search=_search(scenario, options))


def _search(scenario: Scenario, options: RunOptions) -> Search | None:
    """How the scenario looks for its breaking point, if it does."""
    given = {name: value for name in ("start", "hold_s") if (value := getattr(options, name)) is not None}
    if scenario.search is None:
        if given:
            raise UsageError(
                f"{scenario.name} is no search: --start and --hold are for those, see `lorax-tui capacity`"
            )
        return None
    if options.requests_per_second is not None:
        raise UsageError(f"{scenario.name} is a search for how many users hold: --rps cannot change it")
    return msgspec.structs.replace(scenario.search, **given)


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
