"""Words and numbers of the dashboard. Whatever is unknown, or no number, is `–`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import isfinite

from lorax_tui.model.duration import format_duration
from lorax_tui.model.growth import Growth, Standing
from lorax_tui.model.phase_view import OperationView
from lorax_tui.model.rule import ERROR_RATE, RPS, RSS_GROWTH, Rule
from lorax_tui.model.thresholds import Judgement, Verdict

UNKNOWN = "–"

MARKS = {Verdict.PASSED: "✓", Verdict.FAILED: "✗", Verdict.INCONCLUSIVE: "?"}

VERDICT_ROLES = {Verdict.PASSED: "good", Verdict.FAILED: "bad", Verdict.INCONCLUSIVE: "muted"}

_METRIC_NAMES = {ERROR_RATE: "errors", RSS_GROWTH: "growth"}

_STRIP = "▁▂▃▄▅▆▇█"


def _short(value: float) -> str:
    """Two or three figures of a number, none of them noise."""
    if value < 0.995:
        return f"{value:.2f}"
    return f"{value:.1f}" if value < 9.95 else f"{value:.0f}"


def milliseconds(value_ms: float | None) -> str:
    """A latency without its unit, for columns: 0.42, 3.4, 34, 1230."""
    if value_ms is None or not isfinite(value_ms):
        return UNKNOWN
    return _short(value_ms) if value_ms < 999_999.5 else f"{value_ms / 1000:.0f}s"


def latency(value_ms: float | None) -> str:
    """A latency with its unit: 0.42 ms, 34 ms, 1.23 s."""
    if value_ms is None or not isfinite(value_ms):
        return UNKNOWN
    if value_ms < 999.5:
        return f"{_short(value_ms)} ms"
    seconds = value_ms / 1000
    return f"{seconds:.2f} s" if seconds < 9.995 else f"{seconds:.1f} s" if seconds < 99.95 else f"{seconds:.0f} s"


def tick(value_ms: float) -> str:
    """A latency at an axis: 0.5ms, 20ms, 2s."""
    return f"{value_ms:g}ms" if value_ms < 1000 else f"{value_ms / 1000:g}s"


def rate_tick(value: float) -> str:
    """A rate at an axis: 0, 2.5, 50, 2k."""
    return f"{value / 1000:g}k" if value >= 10_000 else f"{value:g}"


def count(value: float) -> str:
    """How many: 1016, 123k, 4.56M."""
    if not isfinite(value):
        return UNKNOWN
    if value < 100_000:
        return f"{value:.0f}"
    return f"{value / 1000:.0f}k" if value < 999_500 else f"{value / 1e6:.2f}M"


def rate(value: float | None) -> str:
    """How many a second: 0.8, 17.1, 123."""
    if value is None or not isfinite(value):
        return UNKNOWN
    return f"{value:.1f}" if value < 99.95 else count(value)


def percent(share: float | None) -> str:
    """A share of one: 0.0 %, 0.02 %, 12 %."""
    if share is None or not isfinite(share):
        return UNKNOWN
    value = share * 100
    if 0 < value < 0.095:
        return f"{max(value, 0.01):.2f} %"
    return f"{value:.1f} %" if value < 99.95 else f"{value:.0f} %"


def relative(share: float | None) -> str:
    """A change as a share of what was: +12 %, -3 %, >+999 %."""
    if share is None or not isfinite(share):
        return UNKNOWN
    value = round(share * 100)
    return f"{value:+d} %" if value <= 999 else ">+999 %"


def clock(seconds: float | None) -> str:
    """A time of day of the run: 03:12, 1:02:03."""
    if seconds is None or not isfinite(seconds):
        return "--:--"
    minutes, second = divmod(max(0, int(seconds)), 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours}:{minute:02}:{second:02}" if hours else f"{minute:02}:{second:02}"


def duration(seconds: float | None) -> str:
    """A planned length, as it is written in a scenario: 90s, 5m, 1h30m."""
    if seconds is None or not isfinite(seconds):
        return "no end"
    return format_duration(seconds)


def ago(seconds: float) -> str:
    """How long ago: now, 3 s ago, 2 min ago."""
    if not isfinite(seconds) or seconds < 1:
        return "now"
    if seconds < 60:
        return f"{seconds:.0f} s ago"
    return f"{seconds / 60:.0f} min ago" if seconds < 3600 else f"{seconds / 3600:.0f} h ago"


def age(seconds: float | None) -> str:
    """How long an ask has waited already: 0.3 s, 12 s, 3 min."""
    if seconds is None or not isfinite(seconds):
        return UNKNOWN
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    return f"{seconds:.0f} s" if seconds < 599.5 else f"{seconds / 60:.0f} min"


def endings(operation: OperationView) -> list[str]:
    """How asks ended other than ok, each outcome with its number: failures by kind first, our own doing last."""
    parts = [f"{number} {kind}" for kind, number in operation.kinds.items()]
    unnamed = operation.failed - sum(operation.kinds.values())
    parts += [f"{unnamed} failed"] if unnamed > 0 else []
    for outcome in ("timeout", "busy", "disconnected"):
        if number := getattr(operation, outcome):
            parts.append(f"{number} {outcome}")
    if operation.interrupted:
        parts.append(f"{operation.interrupted} interrupted by us after {age(operation.interrupted_oldest_s)} at most")
    if operation.late:
        parts.append(f"{operation.late} late answers, credited to nobody")
    return parts


def megabytes(value: float | None) -> str:
    """A size of memory: 412 MB, 1.2 GB."""
    if value is None or not isfinite(value):
        return f"{UNKNOWN} MB"
    return f"{value:.0f} MB" if value < 9_999.5 else f"{value / 1024:.1f} GB"


def slope(value: float | None) -> str:
    """A growth of memory: +0.1 MB/min."""
    if value is None or not isfinite(value):
        return f"{UNKNOWN} MB/min"
    return f"{value if abs(value) >= 0.05 else 0.0:+.1f} MB/min"


def growth(value: Growth, goal_mb: float = 256) -> str:
    """How memory stands: flat; growing 1.8 MB/min (1.2–2.4), 256 MB in 2 h 20 min; too short to tell."""
    slope_mb, low_mb, high_mb = value.mb_per_min, value.low_mb_per_min, value.high_mb_per_min
    if value.standing is not Standing.GROWING or slope_mb is None or low_mb is None or high_mb is None:
        return str(value.standing)
    pace = f"{_short(slope_mb)} MB/min ({_short(low_mb)}–{_short(high_mb)})"
    return f"growing {pace}, {goal_mb:.0f} MB in {roughly(60 * goal_mb / slope_mb)}"


def roughly(seconds: float) -> str:
    """A length of time in two units at most: 40 s, 14 min, 2 h 20 min, 3 d 4 h."""
    minutes = round(seconds / 60)
    if seconds < 90:
        return f"{seconds:.0f} s"
    if minutes < 60:
        return f"{minutes} min"
    hours, minute = divmod(minutes, 60)
    days, hour = divmod(hours, 24)
    return f"{hours} h {minute} min" if not days else f"{days} d {hour} h"


def host(url: str) -> str:
    """A target without what everyone knows: 127.0.0.1:8080."""
    return url.removeprefix("http://").rstrip("/")


def metric(name: str) -> str:
    """What a rule is about, in a word."""
    return _METRIC_NAMES.get(name, name)


def figure(rule: Rule, value: float | None) -> str:
    """A value in the unit of a rule."""
    return _WRITERS.get(rule.metric, latency)(value)


def measured(judgement: Judgement) -> str:
    """What was measured, in the unit of its rule; `≤` where only a bound is known."""
    value = figure(judgement.rule, judgement.value)
    return f"≤{value}" if judgement.at_most and judgement.value is not None else value


def margin(share: float | None) -> str:
    """How much of a limit is left: 66 %; -20 % where it is passed."""
    return UNKNOWN if share is None or not isfinite(share) else f"{max(-9.99, share) * 100:.0f} %"


def limit(judgement: Judgement) -> str:
    """Where the limit of a rule lies, in its unit."""
    rule = judgement.rule
    if rule.metric == RSS_GROWTH:
        return f"{rule.limit:g} MB/min"
    if rule.metric == RPS:
        return f"{rule.limit:g}/s"
    return f"{rule.limit * 100:g} %" if rule.metric == ERROR_RATE else tick(rule.limit)


_WRITERS: dict[str, Callable[[float | None], str]] = {
    ERROR_RATE: percent,
    RSS_GROWTH: slope,
    RPS: lambda value: f"{rate(value)}/s",
}


def bar(share: float, width: int) -> tuple[str, str]:
    """The done and the open part of a bar of `width` cells."""
    done = round(min(1.0, max(0.0, share)) * width) if isfinite(share) else 0
    return "━" * done, "─" * (width - done)


def strip(values: Sequence[float | None], width: int) -> str:
    """The last `width` values as blocks, spanning at least 5 % of the newest so that noise stays flat."""
    recent = [value if _is_size(value) else None for value in values][-width:] if width > 0 else []
    known = [value for value in recent if value is not None]
    if not known:
        return ""
    low, high = min(known), max(known)
    missing = max(abs(known[-1]) * 0.05, 1e-9) - (high - low)
    if missing > 0:
        low, high = low - missing / 2, high + missing / 2
    top = len(_STRIP) - 1
    return "".join(" " if value is None else _STRIP[round((value - low) / (high - low) * top)] for value in recent)


def _is_size(value: float | None) -> bool:
    """Whether it can be the size of anything; beyond, arithmetic ends in infinity."""
    return value is not None and abs(value) < 1e15
