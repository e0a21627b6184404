"""How fast a series of samples rises."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean


def slope_per_min(points: Sequence[tuple[float, float]]) -> float | None:
    """Least-squares slope of (seconds, value) points, per minute; `None` under ten seconds or five points."""
    if len(points) < 5 or points[-1][0] - points[0][0] < 10:
        return None
    mean_s = fmean(at_s for at_s, _ in points)
    mean = fmean(value for _, value in points)
    spread = sum((at_s - mean_s) ** 2 for at_s, _ in points)
    return 60 * sum((at_s - mean_s) * (value - mean) for at_s, value in points) / spread
