"""The workers of the target, a row each, and what they tell of their artifact store."""

from __future__ import annotations

from collections.abc import Iterator

from textual.content import Content

from lorax_tui.model import format as words
from lorax_tui.model.growth import MAX_GROWTH_MB_PER_MIN, Growth, Standing
from lorax_tui.model.target_view import PidView, TargetView
from lorax_tui.model.thresholds import MEMORY
from lorax_tui.model.view import RunView
from lorax_tui.session.view import SessionView
from lorax_tui.ui.lines import Line, Piece, fit, span
from lorax_tui.ui.widgets.charts import now_of
from lorax_tui.ui.widgets.memory import STALE_S
from lorax_tui.ui.widgets.panel import Panel

_WIDE = 100
"""From here on there is room for every column."""


class WorkersPanel(Panel, can_focus=True):
    """What is unknown is shown as unknown, never as 0; those that are gone come last."""

    def lines(self, view: SessionView, width: int, height: int) -> list[Line]:
        """A heading, then the workers."""
        target, now_s = view.run.target, now_of(view)
        self.entitle(_title(target, now_s, width))
        if not target.pids:
            return [((f" unknown: {target.error or 'no sample yet'}", "muted"),)]
        wide, limit = width >= _WIDE, _limit(view.run)
        heading = f" {'pid':>7} {'resident':>8}{'  lowest–highest' if wide else ''}"
        heading += f" {'virtual':>8} {'files':>5}{'   answered' if wide else ''}  memory"
        rows = [_row(pid, now_s, width, limit) for pid in sorted(target.pids, key=lambda pid: (pid.gone, pid.pid))]
        return [((heading, "muted"),), *rows]


def _title(target: TargetView, now_s: float, width: int) -> Content:
    seen = sum(not pid.gone for pid in target.pids)
    parts: list[Content | str] = [f"{seen} worker{'' if seen == 1 else 's'}" if target.pids else "workers"]
    if target.restarts:
        parts += [" · ", Content.styled(f"restarted {target.restarts}×", "$warning")]
    if target.last_s is not None:
        age_s = max(0.0, now_s - target.last_s)
        parts += [" · ", Content.styled(f"last sample {words.ago(age_s)}", "$warning" if age_s > STALE_S else "")]
        parts += [f" · round trip {words.latency(target.round_trip_ms)}"]
    if target.error:
        room = width - sum(len(part) for part in parts) - 16
        parts += [
            " · ",
            Content.styled(f"no sample: {fit(target.error, min(len(target.error), max(8, room)))}", "$warning"),
        ]
    return Content.assemble(*parts)


def _limit(run: RunView) -> float:
    phase = run.phase
    limits = [judgement.rule.limit for judgement in phase.judgements if judgement.protocol == MEMORY] if phase else []
    return limits[0] if limits else MAX_GROWTH_MB_PER_MIN


def _row(pid: PidView, now_s: float, width: int, limit: float) -> Line:
    role = "muted" if pid.gone else "text"
    figures: list[Piece] = [
        (f" {pid.pid:>7}", "muted"),
        (f" {words.megabytes(pid.rss_mb):>8}", "muted" if pid.gone else "strong"),
    ]
    if width >= _WIDE:
        figures.append((f" {f'{pid.min_mb:.0f}–{words.megabytes(pid.max_mb)}':>15}", "muted"))
    files = words.UNKNOWN if pid.file_cache_size is None else words.count(pid.file_cache_size)
    figures.append((f" {words.megabytes(pid.vms_mb):>8} {files:>5}", role))
    if width >= _WIDE:
        figures.append((f" {words.ago(max(0.0, now_s - pid.last_s)):>10}", "muted"))
    room = width - span(figures) - 2
    return (*figures, ("  ", "text"), ("gone", "warn") if pid.gone else _memory(pid.growth, limit, room))


def _memory(growth: Growth, limit: float, room: int) -> Piece:
    """How the memory of a worker stands, without what follows the comma where there is no room for it."""
    text, role = _standing(growth, limit)
    return text if len(text) <= room else text.rpartition(",")[0], role


def _standing(growth: Growth, limit: float) -> Piece:
    if growth.standing is Standing.GROWING:
        is_over = growth.mb_per_min is not None and growth.mb_per_min >= limit
        return words.growth(growth), "bad" if is_over else "warn"
    if growth.mb_per_min is None:
        return str(growth.standing), "muted"
    role = "good" if growth.standing is Standing.FLAT else "muted"
    return f"{growth.standing}, {words.slope(growth.mb_per_min)}", role


class ArtifactsPanel(Panel, can_focus=True):
    """Counters and gauges of the artifact store, a column for each worker."""

    def lines(self, view: SessionView, width: int, height: int) -> list[Line]:
        """By name."""
        workers = [pid for pid in view.run.target.pids if not pid.gone and pid.artifacts]
        if not workers:
            return [((" unknown: nothing told", "muted"),)]
        room = max(1, (width - 30) // 12)
        return [_heading(workers[:room]), *_rows(workers[:room], width)]


def _heading(workers: list[PidView]) -> Line:
    return ((f" {'':<28}" + "".join(f"{pid.pid:>12}" for pid in workers), "muted"),)


def _rows(workers: list[PidView], width: int) -> Iterator[Line]:
    for name in sorted({name for pid in workers for name in pid.artifacts}):
        shown = name if len(name) <= 28 else "…" + name[-27:]
        values = "".join(f"{_value(pid.artifacts.get(name)):>12}" for pid in workers)
        yield ((f" {fit(shown, 28)}", "text"), (values, "strong"))


def _value(value: float | None) -> str:
    if value is None:
        return words.UNKNOWN
    return words.count(value) if value == int(value) or abs(value) >= 1000 else f"{value:.2f}"
