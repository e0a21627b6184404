"""Comparison of two recorded runs: phase by phase, operation by operation, a change only where it is none by chance."""

from lorax_tui.runs.comparison.comparing import compare, compare_runs
from lorax_tui.runs.comparison.limits import Limits
from lorax_tui.runs.comparison.result import Change, ComparedPhase, Comparison, Figure, Result, Row, Worker

__all__ = [
    "Change",
    "ComparedPhase",
    "Comparison",
    "Figure",
    "Limits",
    "Result",
    "Row",
    "Worker",
    "compare",
    "compare_runs",
]
