"""Plain values, as files hold them."""

from __future__ import annotations

from math import isfinite
from typing import Any

Plain = dict[str, Any]


def rounded(value: float | None, digits: int = 3) -> float | None:
    """A figure as files print it; what is no number is unknown."""
    return None if value is None or not isfinite(value) else round(value, digits)
