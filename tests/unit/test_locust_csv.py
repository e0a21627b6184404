"""Our CSV files beside those that Locust itself writes for the same traffic."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest
from locust.env import Environment
from locust.stats import PERCENTILES_TO_REPORT, StatsCSVFileWriter

from lorax_tui.engine.recorder import Recorder
from lorax_tui.model.records import HTTP, SOCKET_IO, Event, EventKind, Interval, PhaseStart
from lorax_tui.model.run import Run
from lorax_tui.runs.report import locust_csv
from tests.unit.strategies import HEADER

TRAFFIC = [
    *((HTTP, "GET", "/health", 10.0 + number, "") for number in range(40)),
    *((HTTP, "GET", "/projects", 100.0 + number, "") for number in range(30)),
    *((HTTP, "POST", "/init-session", 7.0, "HTTP 500") for _ in range(5)),
    *((HTTP, "POST", "/init-session", 20.0, "") for _ in range(20)),
    *((SOCKET_IO, "Socket.IO", "load_file", 50.0, "") for _ in range(12)),
    *((SOCKET_IO, "Socket.IO", "ping", 30_000.0, "no answer") for _ in range(2)),
]
"""Protocol, Locust's type, name, milliseconds, and what went wrong."""


@pytest.fixture
def ours() -> Run:
    """The traffic as our recorder counts it."""
    run, recorder = Run(), Recorder()
    run.fold(HEADER)
    run.fold(Event(0.0, EventKind.SWITCH, "smoke", PhaseStart(1, "smoke", 5, 5, {"LoraxHttpUser": 1.0})))
    recorder.phase, recorder.settled = 1, True
    for protocol, kind, name, elapsed_ms, error in TRAFFIC:
        ask = recorder.begin(protocol, f"{kind} {name}" if protocol == HTTP else name)
        if error:
            ask.failed("status", error, elapsed_ms)
        else:
            ask.ok(elapsed_ms)
    run.fold(Interval(0.0, 10.0, 1, 0.0, recorder.cut()))
    return run


@pytest.fixture
def theirs(tmp_path: Path) -> StatsCSVFileWriter:
    """The same traffic in Locust's own files."""
    environment = Environment()
    for _, kind, name, elapsed_ms, error in TRAFFIC:
        environment.stats.log_request(kind, name, int(elapsed_ms), 0)
        if error:
            environment.stats.log_error(kind, name, error)
    writer = StatsCSVFileWriter(environment, PERCENTILES_TO_REPORT, str(tmp_path / "locust"))
    writer.requests_csv(writer.requests_csv_writer)
    writer.failures_csv(writer.failures_csv_writer)
    writer.stats_history_csv_writer.writerow(writer.stats_history_csv_columns)
    writer._stats_history_data_rows(writer.stats_history_csv_writer, 0)
    writer.close_files()
    return writer


def read(text: str) -> tuple[list[str], list[dict[str, str]]]:
    reader = csv.DictReader(text.splitlines())
    return list(reader.fieldnames or []), list(reader)


def test_the_requests_are_locusts_own(ours: Run, theirs: Any) -> None:
    columns, rows = read(locust_csv.stats(ours))
    locust_columns, locust_rows = read(Path(theirs.base_filepath + "_stats.csv").read_text())
    assert columns == locust_columns
    assert len(rows) == 6
    for row, locust_row in zip(rows, locust_rows, strict=True):
        for column in ("Type", "Name", "Request Count", "Failure Count"):
            assert row[column] == locust_row[column], (column, row, locust_row)
    aggregated, locust_aggregated = rows[-1], locust_rows[-1]
    assert (aggregated["Type"], aggregated["Name"], aggregated["Request Count"]) == ("", "Aggregated", "109")
    assert float(aggregated["Requests/s"]) == 10.9 and float(aggregated["Failures/s"]) == 0.7
    for row, locust_row in zip(rows[:-1], locust_rows, strict=False):
        if row["Failure Count"] == "0":  # Locust's latencies are those of failures too
            for column in ("Average Response Time", "Min Response Time", "Max Response Time"):
                assert float(row[column]) == pytest.approx(float(locust_row[column]))
            assert float(row["50%"]) == pytest.approx(float(locust_row["50%"]), rel=0.06, abs=0.6)
    assert float(aggregated["Min Response Time"]) == 10.0 and float(locust_aggregated["Min Response Time"]) == 7.0


def test_the_failures_are_locusts_own(ours: Run, theirs: Any) -> None:
    columns, rows = read(locust_csv.failures(ours))
    locust_columns, locust_rows = read(Path(theirs.base_filepath + "_failures.csv").read_text())
    assert columns == locust_columns
    counts = {(row["Method"], row["Name"], row["Occurrences"]) for row in rows}
    assert counts == {(row["Method"], row["Name"], row["Occurrences"]) for row in locust_rows}
    assert {row["Error"] for row in rows} == {"status: HTTP 500", "status: no answer"}


def test_the_history_is_locusts_own(ours: Run, theirs: Any) -> None:
    header, event = HEADER, Event(0.0, EventKind.SWITCH, "", ours.phases[0].start)
    columns, rows = read(locust_csv.history([header, event, Interval(0.0, 1.0, 1)]))
    locust_columns, locust_rows = read(Path(theirs.stats_history_file_name()).read_text())
    assert columns == locust_columns
    assert [row["Name"] for row in rows] == [row["Name"] for row in locust_rows] == ["Aggregated"]
