"""How the generator itself is, this program and the machine it runs on, or its crew; the header keeps lag and CPU."""

from __future__ import annotations

from lorax_tui.model import format as words
from lorax_tui.model.health import Health
from lorax_tui.model.strain import BOUND_CPU_PERCENT, BOUND_IDLE_PERCENT, BOUND_LAG_MS, is_scarce
from lorax_tui.model.view import RunView
from lorax_tui.session.view import SessionView
from lorax_tui.ui.lines import Line, fit, span
from lorax_tui.ui.widgets import crew
from lorax_tui.ui.widgets.charts import now_of
from lorax_tui.ui.widgets.panel import Panel

_TWO_COLUMNS = 60
"""From here on two entries stand in one line."""

_COLUMN = 38

_Entry = tuple[str, str, bool]
"""What, how much, and whether that is over its limit."""


class GeneratorPanel(Panel, can_focus=True):
    """A figure over its limit has a `!` before it."""

    def lines(self, view: SessionView, width: int, height: int) -> list[Line]:
        """The figures that make a run generator-bound first."""
        if view.run.crew:
            return list(crew.lines(view.run, now_of(view), width, height))
        entries = _entries(view.run)
        if width < _TWO_COLUMNS:
            return [_shown(*entry) for entry in entries]
        half = (len(entries) + 1) // 2
        pairs = zip(entries[:half], [*entries[half:], ("", "", False)], strict=False)
        return [(*_padded(_shown(*left)), *_shown(*right)) for left, right in pairs]


def _entries(run: RunView) -> list[_Entry]:
    health = run.health
    lags = (health.lag_p50_ms, health.lag_p99_ms, health.lag_max_ms)
    p50, p99, longest = (words.milliseconds(value) for value in lags)
    return [
        ("lag ms", f"p50 {p50} p99 {p99} max {longest}", _is_over(health.lag_p99_ms, BOUND_LAG_MS)),
        (
            "cpu",
            f"{_percent(health.cpu_percent)} of a core, p95 {_percent(run.cpu_p95_percent)}",
            _is_over(health.cpu_percent, BOUND_CPU_PERCENT),
        ),
        (
            "machine",
            f"{_percent(health.idle_percent)} idle",
            health.idle_percent is not None and health.idle_percent < BOUND_IDLE_PERCENT,
        ),
        ("files", f"{_count(health.open_files)} of {_count(health.file_limit)} open", is_scarce(health)),
        ("HTTP", f"{_count(health.http_connections)} open, {_count(health.http_in_use)} in use", False),
        ("sockets", _sockets(health), False),
        ("memory", words.megabytes(health.rss_mb), False),
        ("screen", f"{words.latency(health.ui_tick_ms)} of CPU a tick", False),
    ]


def _sockets(health: Health) -> str:
    return f"{_count(health.sockets_connected)} of {_count(health.sockets_wanted)} connected"


def _shown(what: str, value: str, is_over: bool) -> Line:
    return (("!" if is_over else " ", "warn"), (fit(what, 8), "muted"), (value, "warn" if is_over else "text"))


def _padded(line: Line) -> Line:
    return (*line, (" " * (_COLUMN - span(line)), "text"))


def _is_over(value: float | None, limit: float) -> bool:
    return value is not None and value > limit


def _percent(value: float | None) -> str:
    return words.UNKNOWN if value is None else f"{value:.0f} %"


def _count(value: float | None) -> str:
    return words.UNKNOWN if value is None else words.count(value)
