"""CSV files in the layout of Locust 2.47, for whatever reads Locust's: requests, failures and their history.

Counts are of the whole run: a request is an ask that ended other than by us. Rates and latencies are the summary's:
of the settled parts, latencies over the asks that ended ok. Locust's word for what is unknown is `N/A`, and the
content size is not known. Text that a spreadsheet would take for a formula begins with an apostrophe.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

from lorax_tui.model.records import HTTP, Event, Interval, Record
from lorax_tui.model.run import Run
from lorax_tui.model.sums import Operation, Sum
from lorax_tui.model.tally import TASK
from lorax_tui.runs.plain import rounded

SHARES = (0.50, 0.66, 0.75, 0.80, 0.90, 0.95, 0.98, 0.99, 0.999, 0.9999, 1.0)
_PERCENTILES = ("50%", "66%", "75%", "80%", "90%", "95%", "98%", "99%", "99.9%", "99.99%", "100%")
_SIZES = (
    "Median Response Time",
    "Average Response Time",
    "Min Response Time",
    "Max Response Time",
    "Average Content Size",
)

STATS = ("Type", "Name", "Request Count", "Failure Count", *_SIZES, "Requests/s", "Failures/s", *_PERCENTILES)
FAILURES = ("Method", "Name", "Error", "Occurrences", "First Seen", "Last Seen")
HISTORY = (
    *("Timestamp", "User Count", "Type", "Name", "Requests/s", "Failures/s", *_PERCENTILES),
    *("Total Request Count", "Total Failure Count", *(f"Total {size}" for size in _SIZES)),
)

UNKNOWN = "N/A"
AGGREGATED = "Aggregated"

_HTTP_NAME = re.compile(r"([A-Z]+) (.+)", re.DOTALL)
_FORMULA = tuple("=+-@\t\r\n＝＋－＠")  # noqa: RUF001 (a spreadsheet may take the wide ones for the others)

Cell = str | int | float | None


def stats(run: Run) -> str:
    """`_stats.csv`: a row for each operation over the whole run, and their sum."""
    sums, settled_for_s = run.sums()
    ordered = sorted(sums.items(), key=lambda item: _type_and_name(item[0])[::-1])
    rows = [_stats_row(*_type_and_name(operation), total, settled_for_s) for operation, total in ordered]
    return _csv(STATS, [*rows, _stats_row("", AGGREGATED, _aggregated(run), settled_for_s)])


def failures(run: Run) -> str:
    """`_failures.csv`: what went wrong, the most frequent first."""
    began = _began(run)
    rows = []
    asked = [error for error in run.errors.view() if error.protocol != TASK]  # Locust keeps exceptions in another file
    for error in sorted(asked, key=lambda error: -error.count):
        kind, name = _type_and_name((error.protocol, error.name))
        seen = [_stamp(began, at_s) for at_s in (error.first_s, error.last_s)]
        rows.append([kind, name, f"{error.kind}: {error.message}", error.count, *seen])
    return _csv(FAILURES, rows)


def history(records: Iterable[Record]) -> str:
    """`_stats_history.csv`: all operations together after each interval, as Locust writes it without full history."""
    run, total = Run(), Sum("", AGGREGATED)
    rows = []
    for record in records:
        run.fold(record)
        if isinstance(record, Interval):
            _fold(total, run, record)
            rows.append(_history_row(run, total))
        elif isinstance(record, Event) and record.start is not None:
            total = _aggregated(run)  # what had settled may be settling again
    return _csv(HISTORY, rows)


def _fold(total: Sum, run: Run, interval: Interval) -> None:
    settled = {phase.start.phase: phase.settled_s is not None for phase in run.phases}
    for tally in interval.tallies:
        total.fold(tally, tally.settled and settled.get(tally.phase, True))


def _aggregated(run: Run) -> Sum:
    total = Sum("", AGGREGATED)
    for part in run.sums()[0].values():
        total.merge(part)
    return total


def _stats_row(kind: str, name: str, total: Sum, settled_for_s: float | None) -> list[Cell]:
    rates = [count / settled_for_s if settled_for_s else None for count in (total.settled.answered, total.settled.bad)]
    return [kind, name, *_counts(total), *_latencies(total), *map(rounded, rates), *_percentiles(total)]


def _history_row(run: Run, total: Sum) -> list[Cell]:
    point = run.charts.points[-1]
    began = _began(run)
    return [
        None if began is None else int(began.timestamp() + point.at_s),
        point.users,
        "",
        AGGREGATED,
        f"{point.ok_rate + point.bad_rate:.6f}",
        f"{point.bad_rate:.6f}",
        *_percentiles(total),
        *_counts(total),
        *_latencies(total),
    ]


def _counts(total: Sum) -> list[Cell]:
    return [total.count("answered"), total.count("bad")]


def _latencies(total: Sum) -> list[Cell]:
    latency = total.shown.ok_latency
    figures = (latency.percentile(0.5), latency.mean_ms, latency.min_ms, latency.max_ms)
    return [*map(rounded, figures), None]


def _percentiles(total: Sum) -> list[Cell]:
    return [rounded(value) for value in total.shown.ok_latency.percentiles(SHARES)]


def _type_and_name(operation: Operation) -> tuple[str, str]:
    """Locust tells HTTP methods apart by its type, we by the name."""
    protocol, name = operation
    match = _HTTP_NAME.fullmatch(name) if protocol == HTTP else None
    return (match[1], match[2]) if match else (protocol, name)


def _began(run: Run) -> datetime | None:
    try:
        return datetime.fromisoformat(run.header.started_at).astimezone(UTC) if run.header else None
    except (ValueError, OverflowError):
        return None


def _stamp(began: datetime | None, at_s: float) -> str | None:
    try:
        return None if began is None else f"{began + timedelta(seconds=at_s):%Y-%m-%dT%H:%M:%SZ}"
    except OverflowError:
        return None


def _csv(columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL)
    writer.writerow(columns)
    writer.writerows([_cell(cell) for cell in row] for row in rows)
    return text.getvalue()


def _cell(value: Cell) -> Cell:
    if value is None:
        return UNKNOWN
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
