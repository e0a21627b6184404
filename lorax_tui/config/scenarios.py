"""The scenarios of the file, each checked on its own."""

from __future__ import annotations

from collections.abc import Mapping
from re import fullmatch
from typing import Any

from lorax_tui.config.document import Document, is_number
from lorax_tui.config.rules import Thresholds, read_thresholds
from lorax_tui.config.search import KEYS as search_keys
from lorax_tui.config.search import SearchError, read_search
from lorax_tui.errors import ConfigError
from lorax_tui.model.growth import MAX_GROWTH_MB_PER_MIN
from lorax_tui.model.rule import OnBreach, Rule
from lorax_tui.model.scenario import Guard, OnEnd, Scenario, Search, Stage
from lorax_tui.model.text import safe
from lorax_tui.model.thresholds import MEMORY

_NAME = r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,63}"
_LOAD_KEYS = ("users", "spawn_rate", "duration")
_MEMORY_KEYS = ("watch_memory", "max_growth_mb_per_min")
_PACE_KEY = "requests_per_second"
_STAGE_KEYS = (*_LOAD_KEYS, _PACE_KEY)
_SCENARIO_KEYS = (
    *_STAGE_KEYS,
    "mix",
    "purpose",
    "thresholds",
    "stages",
    "on_end",
    "on_breach",
    "search",
    *_MEMORY_KEYS,
)


def read_scenario(doc: Document, name: str, value: object, guard: Guard, common: Thresholds) -> Scenario:
    """One [scenarios.NAME] table, within the bounds of the guard; `common` are the rules of those without their own."""
    key = f"scenarios.{name}"
    if not fullmatch(_NAME, name):
        doc.refuse(key, value, "expected a name of up to 64 letters, digits, '.', '_' and '-'")
    table = doc.table(key, value)
    doc.known(key, table, _SCENARIO_KEYS)
    stages = _stages(doc, key, table, guard)
    own = read_thresholds(doc, f"{key}.thresholds", table["thresholds"]) if "thresholds" in table else None
    thresholds = dict(common if own is None else own)
    growths = [Rule.parse(rule).limit for rule in thresholds.pop(MEMORY, [])]
    return Scenario(
        name=name,
        users=max(stage.users for stage in stages),
        spawn_rate=stages[0].spawn_rate,
        duration_s=sum(stage.duration_s for stage in stages),
        mix=_mix(doc, f"{key}.mix", table.get("mix")),
        purpose=safe(doc.text(f"{key}.purpose", table.get("purpose", "")), 80),
        thresholds=thresholds,
        own_thresholds=own is not None,
        max_growth_mb_per_min=min(growths) if growths else _max_growth(doc, key, table),
        stages=stages if "stages" in table else [],
        on_end=doc.choice(OnEnd, f"{key}.on_end", table.get("on_end", OnEnd.STOP)),
        on_breach=doc.choice(OnBreach, f"{key}.on_breach", table.get("on_breach", _on_breach(table))),
        requests_per_second=_pace(doc, key, table, guard),
        search=_search(doc, key, table),
    )


def _on_breach(table: Mapping[str, Any]) -> OnBreach:
    """What guards do where nothing is said: a search is made to break things."""
    return OnBreach.MARK if "search" in table else OnBreach.STOP


def _search(doc: Document, key: str, table: Mapping[str, Any]) -> Search | None:
    """How the breaking point is looked for; a scenario that says how the load goes on cannot."""
    if "search" not in table:
        return None
    for other in ("stages", _PACE_KEY):
        if other in table:
            doc.refuse(f"{key}.{other}", table[other], "a search decides the load itself: leave one of them out")
    for other in _MEMORY_KEYS:
        if table.get(other):
            doc.refuse(f"{key}.{other}", table[other], "no load of a search is held for long enough to judge memory")
    search = doc.table(f"{key}.search", table["search"])
    doc.known(f"{key}.search", search, search_keys)
    try:
        return read_search(search, table["users"])
    except SearchError as error:
        doc.refuse(f"{key}.search.{error.key}", error.value, str(error))


def _max_growth(doc: Document, key: str, table: Mapping[str, Any]) -> float | None:
    """How fast the target's memory may grow; naming a limit is to watch it."""
    watched = table.get("watch_memory", "max_growth_mb_per_min" in table)
    if not isinstance(watched, bool):
        doc.refuse(f"{key}.watch_memory", watched, "expected true or false")
    limit = table.get("max_growth_mb_per_min", MAX_GROWTH_MB_PER_MIN)
    if not is_number(limit) or limit <= 0:
        doc.refuse(f"{key}.max_growth_mb_per_min", limit, "expected MB a minute, above 0")
    return float(limit) if watched else None


def _stages(doc: Document, key: str, table: Mapping[str, Any], guard: Guard) -> list[Stage]:
    """The scenario's stages; one without any is a single stage of its own."""
    if "stages" not in table:
        return [_stage(doc, key, table, guard)]
    both = [name for name in _LOAD_KEYS if name in table]
    if both:
        doc.refuse(f"{key}.{both[0]}", table[both[0]], "the stages say that: leave it out here")
    stages = table["stages"]
    if not isinstance(stages, list) or not stages:
        doc.refuse(f"{key}.stages", stages, "expected a list of { users = .., spawn_rate = .., duration = .. }")
    found = []
    for number, stage in enumerate(stages):
        stage_key = f"{key}.stages[{number}]"
        stage_table = doc.table(stage_key, stage)
        doc.known(stage_key, stage_table, _STAGE_KEYS)
        if _PACE_KEY in table:
            stage_table = {_PACE_KEY: table[_PACE_KEY]} | stage_table
        found.append(_stage(doc, stage_key, stage_table, guard))
    return found


def _stage(doc: Document, key: str, table: Mapping[str, Any], guard: Guard) -> Stage:
    missing = [name for name in _LOAD_KEYS if name not in table]
    if missing:
        raise ConfigError(f"{doc.path}: {key}: {missing[0]} is missing")
    users, spawn_rate, duration = (table[name] for name in _LOAD_KEYS)
    if not isinstance(users, int) or isinstance(users, bool) or not 1 <= users <= guard.max_users:
        most = f"{guard.max_users} (guard.max_users)"
        doc.refuse(f"{key}.users", users, f"expected a whole number from 1 to {most}")
    if not is_number(spawn_rate) or not 0 < spawn_rate <= guard.max_spawn_rate:
        most = f"{guard.max_spawn_rate:g} (guard.max_spawn_rate)"
        doc.refuse(f"{key}.spawn_rate", spawn_rate, f"expected users a second, above 0 and up to {most}")
    duration_s = doc.duration(f"{key}.duration", duration if duration is not None else "", 0.0)
    return Stage(users, float(spawn_rate), duration_s, _pace(doc, key, table, guard))


def _pace(doc: Document, key: str, table: Mapping[str, Any], guard: Guard) -> float | None:
    if _PACE_KEY not in table:
        return None
    pace, most = table[_PACE_KEY], guard.max_requests_per_second
    if not is_number(pace) or not 0 < pace <= most:
        allowed = f"above 0 and up to {most:g} (guard.max_requests_per_second)"
        doc.refuse(f"{key}.{_PACE_KEY}", pace, f"expected requests a second, {allowed}")
    return float(pace)


def _mix(doc: Document, key: str, value: object) -> dict[str, float]:
    if value is None:
        raise ConfigError(f"{doc.path}: {key} is missing: expected for example {{ LoraxHttpUser = 1 }}")
    mix = doc.table(key, value)
    for name, weight in mix.items():
        if not is_number(weight) or weight < 0:
            doc.refuse(f"{key}.{name}", weight, "expected a weight, 0 or more")
    if not any(mix.values()):
        doc.refuse(key, value, "expected at least one user class with a weight above 0")
    return {name: float(weight) for name, weight in mix.items() if weight}
