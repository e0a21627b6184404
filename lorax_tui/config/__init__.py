"""scenarios.toml: read whole, or refused with the file, the key, the value and what would be valid."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Mapping
from difflib import get_close_matches
from math import inf, isfinite
from pathlib import Path
from re import fullmatch, sub
from typing import Any, NoReturn, TypeVar

import msgspec
import platformdirs
from msgspec import structs

from lorax_tui.config.search import KEYS as search_keys
from lorax_tui.config.search import SearchError, read_search
from lorax_tui.config.stops import KINDS as stop_kinds
from lorax_tui.config.stops import StopError, stop_limits
from lorax_tui.errors import ConfigError, UsageError
from lorax_tui.model import format as words
from lorax_tui.model.duration import parse_duration
from lorax_tui.model.growth import MAX_GROWTH_MB_PER_MIN
from lorax_tui.model.hosts import plain
from lorax_tui.model.records import HTTP, SOCKET_IO
from lorax_tui.model.rule import RSS_GROWTH, OnBreach, Rule
from lorax_tui.model.scenario import LONGEST_RUN_S, Guard, OnEnd, Scenario, Search, Stage, Target
from lorax_tui.model.text import safe
from lorax_tui.model.thresholds import MEMORY

FILE_NAME = "scenarios.toml"
PACKAGED = Path(__file__).parents[1] / FILE_NAME

_SECRETS = r"(?<=//)\S*@|[?#].*"
"""What may hold a password or a token in a URL."""
_NAME = r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,63}"
_SECTIONS = ("target", "guard", "thresholds", "scenarios")
_LOAD_KEYS = ("users", "spawn_rate", "duration")
_MEMORY_KEYS = ("watch_memory", "max_growth_mb_per_min")
_PACE_KEY = "requests_per_second"
_GUARD_KEYS = ("allow", "max_users", "max_spawn_rate", "max_requests_per_second", "max_duration")
_FOUND_OUT = ("limits", "addresses", "is_remote", "max_duration_s")
"""What no key of the file sets as it stands."""
_HOST = r"\[?[A-Za-z0-9_:](?:[A-Za-z0-9_.:-]{0,252}\]?)"
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

Thresholds = dict[str, list[str]]
Choice = TypeVar("Choice", OnEnd, OnBreach)

COMMON_THRESHOLDS: Thresholds = {
    HTTP: ["p95 < 1s", "p99 < 2s", "error_rate < 1%"],
    SOCKET_IO: ["p95 < 2s", "p99 < 5s", "error_rate < 1%"],
}
"""For scenarios of a file that says nothing of thresholds: what is not judged must not look as if it had passed."""


class Config(msgspec.Struct, frozen=True):
    """Everything the file says."""

    path: Path
    target: Target
    guard: Guard
    thresholds: Thresholds
    """For scenarios that name none of their own."""
    scenarios: tuple[Scenario, ...]

    def as_record(self) -> dict[str, object]:
        """The whole configuration in plain values, for the header of a run; without a password or token in the host."""
        record: dict[str, Any] = msgspec.to_builtins(self, enc_hook=str)
        for name in ("addresses", "is_remote"):  # of the target as it was admitted, which the run tells itself
            record["target"].pop(name)
        record["target"]["host"] = sub(_SECRETS, "", self.target.host)
        return record


def load(path: Path | None = None) -> Config:
    """Read a file: the one named, else the one beside us, else the user's, else the packaged one.

    Raises:
        ConfigError: what is wrong with it, and what to do.
    """
    return _Reader(path or _found()).config()


def find(config: Config, name: str) -> Scenario:
    """The scenario of that name.

    Raises:
        UsageError: there is none; names the nearest.
    """
    for scenario in config.scenarios:
        if scenario.name == name:
            return scenario
    names = [scenario.name for scenario in config.scenarios]
    raise UsageError(f"{safe(name, 80)!r}: there is no such scenario in {config.path}; {_nearest(name, names)}")


def check_mix(config: Config, known: Collection[str]) -> None:
    """See that every class that a mix names exists.

    Raises:
        ConfigError: the first that does not; names the nearest.
    """
    for scenario in config.scenarios:
        for name in scenario.mix:
            if name not in known:
                raise ConfigError(
                    f"{config.path}: scenarios.{scenario.name}.mix.{name}: there is no such user class; "
                    f"{_nearest(name, known)}"
                )


def _found() -> Path:
    user_file = Path(platformdirs.user_config_dir("lorax-tui")) / FILE_NAME
    return next((path for path in (Path(FILE_NAME), user_file) if path.is_file()), PACKAGED)


class _Reader:
    """Reads one file, and knows its name when it complains."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def config(self) -> Config:
        document = self._document()
        self._known("", document, _SECTIONS)
        target = self._section(document, "target", Target)
        guard = self._guard(document)
        thresholds = self._thresholds("thresholds", document.get("thresholds", COMMON_THRESHOLDS))
        tables = self._table("scenarios", document.get("scenarios", {}))
        if not tables:
            self._refuse("scenarios", {}, "there is none: write at least one [scenarios.NAME] table")
        scenarios = tuple(self._scenario(name, value, guard, thresholds) for name, value in tables.items())
        for scenario in scenarios:
            if (scenario.duration_s or 0.0) > guard.max_duration_s:
                duration = words.duration(scenario.duration_s or 0.0)
                most = f"{words.duration(guard.max_duration_s)} (guard.max_duration)"
                raise ConfigError(f"{self._path}: scenarios.{scenario.name}: lasts {duration}, expected up to {most}")
        return Config(self._path, target, guard, thresholds, scenarios)

    def _document(self) -> dict[str, Any]:
        text = ""
        try:
            text = self._path.read_text(encoding="utf-8")
            return tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            why = str(error).replace("end of document", f"line {text.count(chr(10)) + 1}, the end of the document")
            raise ConfigError(f"{self._path}: no TOML: {why}") from error
        except UnicodeDecodeError as error:
            raise ConfigError(f"{self._path}: not UTF-8 at byte {error.start}") from error
        except OSError as error:
            raise ConfigError(f"{self._path}: cannot be read: {error.strerror}") from error
        except (ValueError, RecursionError) as error:
            raise ConfigError(f"{self._path}: no TOML: {error}") from error

    def _section(self, document: Mapping[str, Any], name: str, kind: type[Any]) -> Any:
        table = self._table(name, document.get(name, {}))
        self._known(name, table, [field for field in kind.__struct_fields__ if field not in _FOUND_OUT])
        for key, value in table.items():
            field = next(field for field in msgspec.structs.fields(kind) if field.name == key)
            try:
                msgspec.convert(value, field.type)
            except msgspec.ValidationError as error:
                self._refuse(f"{name}.{key}", value, str(error))
            if isinstance(value, str) and (not value.strip() or safe(value, len(value)) != value):
                self._refuse(f"{name}.{key}", value, "expected one line of printable text")
            if isinstance(value, int | float) and not 0 < value < inf:
                self._refuse(f"{name}.{key}", value, "expected a finite number above 0")
        return kind(**table)

    def _guard(self, document: Mapping[str, Any]) -> Guard:
        table = dict(self._table("guard", document.get("guard", {})))
        stops = self._table("guard.stop", table.pop("stop", {}))
        self._known("guard.stop", stops, stop_kinds)
        self._known("guard", table, (*_GUARD_KEYS, "stop"))
        allow = self._hosts(table.pop("allow", []))
        max_duration_s = self._duration("guard.max_duration", table.pop("max_duration", None), LONGEST_RUN_S)
        guard: Guard = self._section({"guard": table}, "guard", Guard)
        try:
            return structs.replace(guard, limits=stop_limits(stops), allow=allow, max_duration_s=max_duration_s)
        except StopError as error:
            self._refuse(f"guard.stop.{error.key}", error.value, str(error))

    def _hosts(self, value: object) -> tuple[str, ...]:
        if not isinstance(value, list):
            self._refuse("guard.allow", value, 'expected a list of hosts as in ["staging.example.org"]')
        for number, host in enumerate(value):
            if not isinstance(host, str) or not fullmatch(_HOST, host):
                self._refuse(f"guard.allow[{number}]", host, "expected the name or address of one host, without a port")
        return tuple(plain(host) for host in value)

    def _duration(self, key: str, value: object, default_s: float) -> float:
        if value is None:
            return default_s
        if not isinstance(value, str):
            self._refuse(key, value, 'expected a text as in "90s", "5m" or "1h30m"')
        try:
            return parse_duration(value)
        except ValueError as error:
            self._refuse(key, value, str(error))

    def _scenario(self, name: str, value: object, guard: Guard, common: Thresholds) -> Scenario:
        key = f"scenarios.{name}"
        if not fullmatch(_NAME, name):
            self._refuse(key, value, "expected a name of up to 64 letters, digits, '.', '_' and '-'")
        table = self._table(key, value)
        self._known(key, table, _SCENARIO_KEYS)
        stages = self._stages(key, table, guard)
        own = self._thresholds(f"{key}.thresholds", table["thresholds"]) if "thresholds" in table else None
        thresholds = dict(common if own is None else own)
        growths = [Rule.parse(rule).limit for rule in thresholds.pop(MEMORY, [])]
        return Scenario(
            name=name,
            users=max(stage.users for stage in stages),
            spawn_rate=stages[0].spawn_rate,
            duration_s=sum(stage.duration_s for stage in stages),
            mix=self._mix(f"{key}.mix", table.get("mix")),
            purpose=safe(self._text(f"{key}.purpose", table.get("purpose", "")), 80),
            thresholds=thresholds,
            own_thresholds=own is not None,
            max_growth_mb_per_min=min(growths) if growths else self._max_growth(key, table),
            stages=stages if "stages" in table else [],
            on_end=self._choice(OnEnd, f"{key}.on_end", table.get("on_end", OnEnd.STOP)),
            on_breach=self._choice(OnBreach, f"{key}.on_breach", table.get("on_breach", OnBreach.STOP)),
            requests_per_second=self._pace(key, table, guard),
            search=self._search(key, table),
        )

    def _search(self, key: str, table: Mapping[str, Any]) -> Search | None:
        """How the breaking point is looked for; a scenario that says how the load goes on cannot."""
        if "search" not in table:
            return None
        for other in ("stages", _PACE_KEY):
            if other in table:
                self._refuse(f"{key}.{other}", table[other], "a search decides the load itself: leave one of them out")
        search = self._table(f"{key}.search", table["search"])
        self._known(f"{key}.search", search, search_keys)
        try:
            return read_search(search, table["users"])
        except SearchError as error:
            self._refuse(f"{key}.search.{error.key}", error.value, str(error))

    def _max_growth(self, key: str, table: Mapping[str, Any]) -> float | None:
        """How fast the target's memory may grow; naming a limit is to watch it."""
        watched = table.get("watch_memory", "max_growth_mb_per_min" in table)
        if not isinstance(watched, bool):
            self._refuse(f"{key}.watch_memory", watched, "expected true or false")
        limit = table.get("max_growth_mb_per_min", MAX_GROWTH_MB_PER_MIN)
        if not _is_number(limit) or limit <= 0:
            self._refuse(f"{key}.max_growth_mb_per_min", limit, "expected MB a minute, above 0")
        return float(limit) if watched else None

    def _stages(self, key: str, table: Mapping[str, Any], guard: Guard) -> list[Stage]:
        """The scenario's stages; one without any is a single stage of its own."""
        if "stages" not in table:
            return [self._stage(key, table, guard)]
        both = [name for name in _LOAD_KEYS if name in table]
        if both:
            self._refuse(f"{key}.{both[0]}", table[both[0]], "the stages say that: leave it out here")
        stages = table["stages"]
        if not isinstance(stages, list) or not stages:
            self._refuse(f"{key}.stages", stages, "expected a list of { users = .., spawn_rate = .., duration = .. }")
        found = []
        for number, stage in enumerate(stages):
            stage_key = f"{key}.stages[{number}]"
            stage_table = self._table(stage_key, stage)
            self._known(stage_key, stage_table, _STAGE_KEYS)
            if _PACE_KEY in table:
                stage_table = {_PACE_KEY: table[_PACE_KEY]} | stage_table
            found.append(self._stage(stage_key, stage_table, guard))
        return found

    def _stage(self, key: str, table: Mapping[str, Any], guard: Guard) -> Stage:
        missing = [name for name in _LOAD_KEYS if name not in table]
        if missing:
            raise ConfigError(f"{self._path}: {key}: {missing[0]} is missing")
        users, spawn_rate, duration = (table[name] for name in _LOAD_KEYS)
        if not isinstance(users, int) or isinstance(users, bool) or not 1 <= users <= guard.max_users:
            most = f"{guard.max_users} (guard.max_users)"
            self._refuse(f"{key}.users", users, f"expected a whole number from 1 to {most}")
        if not _is_number(spawn_rate) or not 0 < spawn_rate <= guard.max_spawn_rate:
            most = f"{guard.max_spawn_rate:g} (guard.max_spawn_rate)"
            self._refuse(f"{key}.spawn_rate", spawn_rate, f"expected users a second, above 0 and up to {most}")
        duration_s = self._duration(f"{key}.duration", duration if duration is not None else "", 0.0)
        return Stage(users, float(spawn_rate), duration_s, self._pace(key, table, guard))

    def _pace(self, key: str, table: Mapping[str, Any], guard: Guard) -> float | None:
        if _PACE_KEY not in table:
            return None
        pace, most = table[_PACE_KEY], guard.max_requests_per_second
        if not _is_number(pace) or not 0 < pace <= most:
            allowed = f"above 0 and up to {most:g} (guard.max_requests_per_second)"
            self._refuse(f"{key}.{_PACE_KEY}", pace, f"expected requests a second, {allowed}")
        return float(pace)

    def _mix(self, key: str, value: object) -> dict[str, float]:
        if value is None:
            raise ConfigError(f"{self._path}: {key} is missing: expected for example {{ LoraxHttpUser = 1 }}")
        mix = self._table(key, value)
        for name, weight in mix.items():
            if not _is_number(weight) or weight < 0:
                self._refuse(f"{key}.{name}", weight, "expected a weight, 0 or more")
        if not any(mix.values()):
            self._refuse(key, value, "expected at least one user class with a weight above 0")
        return {name: float(weight) for name, weight in mix.items() if weight}

    def _thresholds(self, key: str, value: object) -> Thresholds:
        found: Thresholds = {}
        for subject, rules in self._table(key, value).items():
            protocol, _, name = subject.partition(" ")
            if protocol not in (HTTP, SOCKET_IO, MEMORY) or (name and protocol == MEMORY) or safe(name) != name:
                nearest = f"{_nearest(protocol, (HTTP, SOCKET_IO, MEMORY))}, or an operation as in 'HTTP GET /projects'"
                self._refuse(f"{key}.{subject}", rules, f"unknown key; {nearest}")
            place = f'{key}."{subject}"'
            if not isinstance(rules, list):
                self._refuse(place, rules, 'expected a list of rules as in ["p95 < 1s"]')
            parsed = [self._rule(place, rule) for rule in rules]
            for rule in parsed:
                if (rule.metric == RSS_GROWTH) != (protocol == MEMORY):
                    self._refuse(place, rule.text, f"{RSS_GROWTH} is the rule of {MEMORY}, and of nothing else")
            found[subject] = [rule.text for rule in parsed]
        return found

    def _rule(self, key: str, value: object) -> Rule:
        """A rule; one in a table says apart for how long, and what then."""
        if isinstance(value, dict):
            self._known(key, value, ("rule", "for", "on_breach"))
            words = {"rule": "", "for": " for ", "on_breach": " then "}
            value = "".join(f"{word}{value[name]}" for name, word in words.items() if name in value)
        if not isinstance(value, str):
            self._refuse(key, value, 'expected a rule as in "p95 < 1s"')
        try:
            return Rule.parse(value)
        except ValueError as error:
            raise ConfigError(f"{self._path}: {key}: {error}") from error

    def _choice(self, choices: type[Choice], key: str, value: object) -> Choice:
        kinds = [str(kind) for kind in choices]
        if value not in kinds:
            self._refuse(key, value, f"expected one of {', '.join(kinds)}; {_nearest(str(value), kinds)}")
        return choices(str(value))

    def _table(self, key: str, value: object) -> dict[str, Any]:
        if not isinstance(value, dict):
            self._refuse(key, value, "expected a table")
        return value

    def _text(self, key: str, value: object) -> str:
        if not isinstance(value, str):
            self._refuse(key, value, "expected a text")
        return value

    def _known(self, key: str, table: Mapping[str, Any], known: Collection[str]) -> None:
        for name, value in table.items():
            if name not in known:
                self._refuse(f"{key}.{name}".lstrip("."), value, f"unknown key; {_nearest(name, known)}")

    def _refuse(self, key: str, value: object, why: str) -> NoReturn:
        shown = "" if isinstance(value, dict) else f" = {value!r}"
        raise ConfigError(f"{self._path}: {safe(key + shown)}: {why}")


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)


def _nearest(name: str, names: Collection[str]) -> str:
    folded = {valid.casefold(): valid for valid in names}
    close = get_close_matches(name.casefold(), folded, n=1, cutoff=0.5)
    return f"did you mean {folded[close[0]]}?" if close else f"there are {', '.join(names)}"
