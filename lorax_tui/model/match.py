"""Which phase of another run a phase is held against, and why not, where their figures say nothing of each other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Load:
    """What a phase asked for."""

    users: int
    mix: dict[str, float]
    requests_per_second: float | None = None
    """`None`: the loop was closed."""


def turns(scenarios: Sequence[str]) -> list[tuple[str, int]]:
    """Each phase's scenario, and how many phases of it came before: what is the same turn is compared."""
    before: Counter[str] = Counter()
    found = []
    for scenario in scenarios:
        found.append((scenario, before[scenario]))
        before[scenario] += 1
    return found


def difference(base: Load, other: Load) -> str:
    """Why two phases of a scenario cannot be compared, in a few words; empty where they can."""
    if base.users != other.users:
        return f"{base.users} users in the base, {other.users} here"
    if base.requests_per_second != other.requests_per_second:
        return f"{_pace(base)} in the base, {_pace(other)} here"
    if _shares(base.mix) != _shares(other.mix):
        return f"mix {_words(base.mix)} in the base, {_words(other.mix)} here"
    return ""


def _pace(load: Load) -> str:
    return "closed loop" if load.requests_per_second is None else f"{load.requests_per_second:g} requests/s"


def _shares(mix: dict[str, float]) -> dict[str, float]:
    total = sum(mix.values()) or 1.0
    return {name: round(weight / total, 6) for name, weight in mix.items() if weight}


def _words(mix: dict[str, float]) -> str:
    return ", ".join(f"{name} {weight:g}" for name, weight in sorted(mix.items())) or "unknown"
