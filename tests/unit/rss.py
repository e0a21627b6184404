"""Made-up series of a worker's resident memory, one sample a second, the same for the same seed."""

from __future__ import annotations

from collections.abc import Callable
from math import exp, floor
from random import Random

RATE_MB_PER_MIN = 2.0
_PAGE_MB = 4 / 1024

Shape = Callable[[float, Random], Callable[[float], float]]
"""From the length of a series, in seconds, to MB that come on top of the noise at each second of it."""


def series(shape: Shape, seed: int, length_s: int = 1800) -> list[tuple[float, float]]:
    """Samples of one worker: its shape, garbage that piles up and is collected, a wandering heap, whole pages."""
    chance = Random(seed)
    extra, base = shape(length_s, chance), chance.uniform(250, 420)
    amplitude, period_s = chance.choice([4, 8, 15]), chance.uniform(15, 120)
    share, peak, turn_s, wander, samples = chance.random(), amplitude, period_s, 0.0, []
    for second in range(length_s):
        share += 1 / turn_s
        if share >= 1:
            share -= 1
            turn_s, peak = period_s * chance.uniform(0.7, 1.3), amplitude * chance.uniform(0.7, 1.3)
        wander = 0.9 * wander + chance.gauss(0, 0.3)
        rss_mb = base + peak * share + wander + extra(second)
        samples.append((10.0 + second, round(rss_mb / _PAGE_MB) * _PAGE_MB))
    return samples


def _total_mb(length_s: float) -> float:
    return RATE_MB_PER_MIN * length_s / 60


def leak(length_s: float, chance: Random) -> Callable[[float], float]:
    return lambda second: RATE_MB_PER_MIN * second / 60


def leak_by_arenas(length_s: float, chance: Random) -> Callable[[float], float]:
    """The same growth, which the allocator takes from the system 8 MB at a time."""
    return lambda second: 8 * floor(RATE_MB_PER_MIN * second / 60 / 8)


def level(length_s: float, chance: Random) -> Callable[[float], float]:
    return lambda second: 0.0


def saw_tooth(length_s: float, chance: Random) -> Callable[[float], float]:
    """As high as the leak ends, and back, a few times."""
    period_s = chance.uniform(120, length_s / 4)
    offset_s = chance.random() * period_s
    return lambda second: _total_mb(length_s) * ((second + offset_s) % period_s) / period_s


def cache(length_s: float, chance: Random) -> Callable[[float], float]:
    """Fills ever more slowly, and stays."""
    pace_s, size_mb = chance.uniform(30, length_s / 6), chance.uniform(1, 3) * _total_mb(length_s)
    return lambda second: size_mb * (1 - exp(-second / pace_s))


def cache_of_files(length_s: float, chance: Random) -> Callable[[float], float]:
    """Fills in a few steps within the first half, and stays."""
    steps_s = [chance.uniform(0, length_s / 2) for _ in range(chance.randint(3, 10))]
    return lambda second: _total_mb(length_s) * sum(second >= step_s for step_s in steps_s) / len(steps_s)


def one_step(length_s: float, chance: Random) -> Callable[[float], float]:
    """A new level, at any time."""
    step_s = chance.uniform(0.05, 0.95) * length_s
    return lambda second: _total_mb(length_s) * (second >= step_s)
