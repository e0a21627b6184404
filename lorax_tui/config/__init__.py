"""scenarios.toml: read whole, or refused with the file, the key, the value and what would be valid."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from re import sub
from typing import Any

import msgspec
import platformdirs
from msgspec import structs

from lorax_tui.config.document import Document, nearest
from lorax_tui.config.engine import EngineSection, read_engine
from lorax_tui.config.rules import COMMON_THRESHOLDS, Thresholds, read_thresholds
from lorax_tui.config.scenarios import read_scenario
from lorax_tui.config.sections import read_guard, read_section
from lorax_tui.errors import ConfigError, UsageError
from lorax_tui.model import format as words
from lorax_tui.model.scenario import Guard, Scenario, Target
from lorax_tui.model.text import named, safe

FILE_NAME = "scenarios.toml"
PACKAGED = Path(__file__).parents[1] / FILE_NAME

_SECRETS = r"(?<=//)\S*@|[?#].*"
"""What may hold a password or a token in a URL."""
_SECTIONS = ("target", "engine", "guard", "thresholds", "scenarios")


class Config(msgspec.Struct, frozen=True):
    """Everything the file says."""

    path: Path
    target: Target
    guard: Guard
    thresholds: Thresholds
    """For scenarios that name none of their own."""
    scenarios: tuple[Scenario, ...]
    engine: EngineSection = EngineSection()

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
    return _read(Document(path or _found()))


def find(config: Config, name: str) -> Scenario:
    """The scenario of that name.

    Raises:
        UsageError: there is none; names the nearest.
    """
    for scenario in config.scenarios:
        if scenario.name == name:
            return scenario
    names = [scenario.name for scenario in config.scenarios]
    raise UsageError(f"{safe(name, 80)!r}: there is no such scenario in {named(config.path)}; {nearest(name, names)}")


def check_mix(config: Config, known: Collection[str]) -> None:
    """See that every class that a mix names exists.

    Raises:
        ConfigError: the first that does not; names the nearest.
    """
    for scenario in config.scenarios:
        for name in scenario.mix:
            if name not in known:
                raise ConfigError(
                    f"{named(config.path)}: scenarios.{scenario.name}.mix.{name}: there is no such user class; "
                    f"{nearest(name, known)}"
                )


def _found() -> Path:
    user_file = Path(platformdirs.user_config_dir("lorax-tui")) / FILE_NAME
    return next((path for path in (Path(FILE_NAME), user_file) if path.is_file()), PACKAGED)


def _read(doc: Document) -> Config:
    document = doc.read()
    doc.known("", document, _SECTIONS)
    engine = read_engine(doc, document)
    target = structs.replace(read_section(doc, document, "target", Target), transport=engine.transport)
    guard = read_guard(doc, document)
    thresholds = read_thresholds(doc, "thresholds", document.get("thresholds", COMMON_THRESHOLDS))
    tables = doc.table("scenarios", document.get("scenarios", {}))
    if not tables:
        doc.refuse("scenarios", {}, "there is none: write at least one [scenarios.NAME] table")
    scenarios = tuple(read_scenario(doc, name, value, guard, thresholds) for name, value in tables.items())
    for scenario in scenarios:
        if (scenario.duration_s or 0.0) > guard.max_duration_s:
            duration = words.duration(scenario.duration_s or 0.0)
            most = f"{words.duration(guard.max_duration_s)} (guard.max_duration)"
            raise ConfigError(f"{named(doc.path)}: scenarios.{scenario.name}: lasts {duration}, expected up to {most}")
    return Config(doc.path, target, guard, thresholds, scenarios, engine)
