"""What files say of a figure and of a threshold, in plain values."""

from __future__ import annotations

from math import isfinite
from typing import Any

from lorax_tui.model.doubts import lack
from lorax_tui.model.rule import ERROR_RATE, RPS, RSS_GROWTH
from lorax_tui.model.thresholds import Judgement, Verdict

Plain = dict[str, Any]

_PASSED = {Verdict.PASSED: True, Verdict.FAILED: False, Verdict.INCONCLUSIVE: None}
_UNITS = {ERROR_RATE: ("%", 100.0), RSS_GROWTH: ("MB/min", 1.0), RPS: ("/s", 1.0)}


def threshold(judgement: Judgement) -> Plain:
    """A rule and what it came to; value and limit are in the `unit`, `lack` is why it is undecided."""
    unit, factor = _UNITS.get(judgement.rule.metric, ("ms", 1.0))
    value = None if judgement.value is None else judgement.value * factor
    return {
        "protocol": judgement.protocol,
        "operation": judgement.name or None,
        "rule": judgement.rule.text,
        "unit": unit,
        "value": rounded(value),
        "at_most": judgement.at_most,
        "limit": rounded(judgement.rule.limit * factor, 6),
        "intended": judgement.is_intended,
        "passed": _PASSED[judgement.verdict],
        "verdict": str(judgement.verdict),
        "lack": None if (missing := lack(judgement)) is None else str(missing),
    }


def rounded(value: float | None, digits: int = 3) -> float | None:
    """A figure as files print it; what is no number is unknown."""
    return None if value is None or not isfinite(value) else round(value, digits)
