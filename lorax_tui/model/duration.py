"""Lengths of time as people write them: 90s, 5m, 1h30m."""

from __future__ import annotations

import re

_FORM = re.compile(r"(?:(?P<h>\d+(?:\.\d+)?)h)?(?:(?P<m>\d+(?:\.\d+)?)m)?(?:(?P<s>\d+(?:\.\d+)?)s)?")
_SECONDS = {"h": 3600, "m": 60, "s": 1}


def parse_duration(text: str) -> float:
    """Seconds.

    Raises:
        ValueError: not a length of time, or none at all; says what was expected.
    """
    match = _FORM.fullmatch(text.strip())
    seconds = 0.0
    if match is not None:
        seconds = sum(float(match[unit] or 0) * length for unit, length in _SECONDS.items())
    if seconds <= 0:
        raise ValueError(f"{text!r} is no duration: expected for example 90s, 5m or 1h30m")
    return seconds


def format_duration(seconds: float) -> str:
    """The shortest way to write it; `parse_duration` reads it back."""
    whole, rest = divmod(seconds, 60)
    hours, minutes = divmod(int(whole), 60)
    parts = [(hours, "h"), (minutes, "m"), (rest, "s")]
    return "".join(f"{amount:g}{unit}" for amount, unit in parts if amount) or "0s"
