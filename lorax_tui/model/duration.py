"""Lengths of time as people write them: 90s, 5m, 1h30m."""

from __future__ import annotations

import re

_NUMBER = r"(\d{1,7}(?:\.\d{1,3})?)"
_DURATION = re.compile(rf"(?:{_NUMBER}h)?(?:{_NUMBER}m)?(?:{_NUMBER}s)?", re.ASCII)
_MOMENT = re.compile(r"(?:(?:(\d{1,7}):)?(\d{1,7}):)?(\d{1,7}(?:\.\d{1,3})?)", re.ASCII)
_UNITS_S = (3600, 60, 1)


def parse_duration(text: str) -> float:
    """Seconds of a duration.

    Raises:
        ValueError: the text is none, or no time at all; says what was expected.
    """
    match = _DURATION.fullmatch(text.strip())
    if match is None or match.lastindex is None:
        raise ValueError(f"{text!r} is no duration: expected for example 90s, 5m or 1h30m")
    seconds = sum(float(amount) * unit for amount, unit in zip(match.groups(), _UNITS_S, strict=True) if amount)
    if not seconds:
        raise ValueError(f"{text!r} is no time at all: expected for example 90s, 5m or 1h30m")
    return seconds


def parse_moment(text: str) -> float:
    """Seconds of a time of a run: 2:30, 1:02:03, 150, 2m30s.

    Raises:
        ValueError: the text is none; says what was expected.
    """
    match = _MOMENT.fullmatch(text.strip())
    if match is not None:
        hours, minutes, seconds = (float(part or 0) for part in match.groups())
        return hours * 3600 + minutes * 60 + seconds
    try:
        return parse_duration(text)
    except ValueError:
        raise ValueError(f"{text!r} is no time: expected for example 2:30, 150 or 2m30s") from None


def format_duration(seconds: float) -> str:
    """A duration as `parse_duration` reads it, to the millisecond."""
    whole, thousandths = divmod(round(seconds * 1000), 1000)
    hours, minutes, rest = whole // 3600, whole % 3600 // 60, whole % 60
    fraction = f".{thousandths:03}".rstrip("0") if thousandths else ""
    parts = [f"{hours}h" if hours else "", f"{minutes}m" if minutes else "", f"{rest}{fraction}s"]
    return "".join(parts[:2]) + (parts[2] if rest or fraction or not (hours or minutes) else "")
