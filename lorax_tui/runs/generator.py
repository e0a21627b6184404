"""The generator's part of a summary: how it was over the whole run, and each worker of its crew."""

from __future__ import annotations

from dataclasses import asdict

from lorax_tui.model.crew_view import WorkerView
from lorax_tui.model.view import RunView
from lorax_tui.runs.plain import Plain, rounded


def generator(view: RunView) -> Plain:
    """Figures of a crew are those of its worst worker."""
    return {
        "lag_p99_ms": rounded(view.lag_p99_ms),
        "cpu_p95_percent": rounded(view.cpu_p95_percent),
        "peaks": {name: rounded(value) for name, value in asdict(view.peaks).items()},
        "file_limit": view.health.file_limit,
        "bound": view.was_bound,
        "workers": [_worker(worker) for worker in view.crew],
    }


def _worker(worker: WorkerView) -> Plain:
    """A worker of a crew, as it was over the whole run."""
    return {
        "name": worker.name,
        "host": worker.host,
        "pid": worker.pid,
        "state": str(worker.state),
        "asks": worker.asks,
        "lag_p99_ms": rounded(worker.lag_p99_ms),
        "cpu_p95_percent": rounded(worker.cpu_p95_percent),
        "bound": worker.was_bound,
        "seconds_late": worker.seconds_late,
        "seconds_lost": worker.seconds_lost,
        "clock_offset_ms": rounded(worker.clock_offset_ms),
        "clock_error_ms": rounded(worker.clock_error_ms),
    }
