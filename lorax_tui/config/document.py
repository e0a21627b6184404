"""A file of TOML that is read whole or refused: whoever complains knows the file, the key and the value.

Knows nothing of what the keys mean.
"""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Mapping
from difflib import get_close_matches
from math import isfinite
from pathlib import Path
from typing import Any, NoReturn, TypeVar

from lorax_tui.config.reading import content
from lorax_tui.errors import ConfigError
from lorax_tui.model.duration import parse_duration
from lorax_tui.model.rule import OnBreach
from lorax_tui.model.scenario import OnEnd, Transport
from lorax_tui.model.text import named, safe

Choice = TypeVar("Choice", OnEnd, OnBreach, Transport)


class Document:
    """One file; every method that finds something wrong raises ConfigError."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._name = named(path)

    def read(self) -> dict[str, Any]:
        """What the file says, as TOML reads it."""
        text = ""
        try:
            text = content(self.path).decode()
            return tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            why = str(error).replace("end of document", f"line {text.count(chr(10)) + 1}, the end of the document")
            raise ConfigError(f"{self._name}: no TOML: {why}") from error
        except UnicodeDecodeError as error:
            raise ConfigError(f"{self._name}: not UTF-8 at byte {error.start}") from error
        except OSError as error:
            advice = "name another with --config, or leave it out"
            raise ConfigError(f"{self._name}: cannot be read: {error.strerror}; {advice}") from error
        except (ValueError, RecursionError) as error:
            raise ConfigError(f"{self._name}: no TOML: {error}") from error

    def table(self, key: str, value: object) -> dict[str, Any]:
        """A table."""
        if not isinstance(value, dict):
            self.refuse(key, value, "expected a table")
        return value

    def text(self, key: str, value: object) -> str:
        """A text."""
        if not isinstance(value, str):
            self.refuse(key, value, "expected a text")
        return value

    def duration(self, key: str, value: object, default_s: float) -> float:
        """Seconds of a length of time; `default_s` where none is given."""
        if value is None:
            return default_s
        if not isinstance(value, str):
            self.refuse(key, value, 'expected a text as in "90s", "5m" or "1h30m"')
        try:
            return parse_duration(value)
        except ValueError as error:
            self.refuse(key, value, str(error))

    def choice(self, choices: type[Choice], key: str, value: object) -> Choice:
        """One of the words that can be chosen from."""
        kinds = [str(kind) for kind in choices]
        if value not in kinds:
            self.refuse(key, value, f"expected one of {', '.join(kinds)}; {nearest(str(value), kinds)}")
        return choices(str(value))

    def known(self, key: str, table: Mapping[str, Any], known: Collection[str]) -> None:
        """See that a table has no key but these."""
        for name, value in table.items():
            if name not in known:
                self.refuse(f"{key}.{name}".lstrip("."), value, f"unknown key; {nearest(name, known)}")

    def refuse(self, key: str, value: object, why: str) -> NoReturn:
        """Raise with the place, the value and what would be valid."""
        shown = "" if isinstance(value, dict) else f" = {value!r}"
        raise ConfigError(f"{self._name}: {safe(key + shown)}: {why}")


def is_number(value: object) -> bool:
    """Whether a value is a finite number, and no truth value."""
    return isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)


def nearest(name: str, names: Collection[str]) -> str:
    """Which of the valid names was meant, or all of them."""
    folded = {valid.casefold(): valid for valid in names}
    close = get_close_matches(name.casefold(), folded, n=1, cutoff=0.5)
    return f"did you mean {folded[close[0]]}?" if close else f"there are {', '.join(names)}"
