"""The operations of each phase in the HTML report, and of all phases together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from lorax_tui.model import format as words
from lorax_tui.runs.plain import Plain
from lorax_tui.runs.report.figures import bad, earlier, loop, told, unreached
from lorax_tui.runs.report.markup import Cell, Column, Markup, esc, headed, panel, section, table

_LATENCIES = ("p50_ms", "p95_ms", "p99_ms", "max_ms")
_DUE = {"due p95": "intended_p95_ms", "due p99": "intended_p99_ms"}

_COLUMNS = [
    Column("operation", "wide", True),
    *(Column(head, "n") for head in ("/s", "asks", "failed", "interrupted", "p50", "p95", "p99", "max ms")),
]


def operations(found: Plain) -> str:
    """The operations of each phase, and of all together where there are several."""
    parts = [_phase(found, phase) for phase in told(found)]
    if len(parts) > 1 or found["earlier_phases"]:
        parts.append(
            panel(
                headed("The whole run", earlier(found) or "all phases together"),
                _table(found["operations"], False),
            )
        )
    return section("Operations", *parts) if parts else ""


def _phase(found: Plain, phase: Plain) -> str:
    end_s = found["elapsed_s"] if phase["end_s"] is None else phase["end_s"]
    mix = ", ".join(f"{name} {weight:g}" for name, weight in phase["mix"].items())
    stage = phase["stage"]
    note = (f"stage {stage['number']} of {stage['of']}, " if stage else "") + (
        f"{words.clock(phase['start_s'])} to {words.clock(end_s)}, {phase['users_wanted']} users "
        f"at {phase['spawn_rate']:g} a second, {loop(phase)}: {mix}"
    )
    title = headed(f"{phase['number']} · {phase['scenario']}", note)
    missing = "".join(f'<p class="muted small">{esc(each)}</p>' for each in unreached(found, phase))
    return panel(title, _table(phase["operations"], not phase["closed_loop"]), missing)


def _table(rows: Sequence[Plain], is_paced: bool) -> str:
    """A row each; where asks were due by a schedule, their latencies from then on, too."""
    if not rows:
        return '<p class="muted">Nothing was asked.</p>'
    due = _DUE if is_paced else {}
    columns = [*_COLUMNS, *(Column(head, "n") for head in due)]
    return table(columns, [_row(row, due.values()) for row in rows])


def _row(row: Plain, due: Iterable[str]) -> list[Cell]:
    notes = [row["protocol"], *(["settling"] if row["settling"] else [])]
    notes += [f"{row['in_flight']} in flight"] if row["in_flight"] else []
    name = f'{esc(row["name"])} <span class="muted">{esc(", ".join(notes))}</span>'
    latencies = [words.milliseconds(row[figure]) for figure in (*_LATENCIES, *due)]
    failed = bad(row)
    return [
        Markup(name),
        words.rate(row["rps"]),
        row["asks"],
        Markup(f'<span class="failed mark">{failed}</span>') if failed else 0,
        row["interrupted"],
        *latencies,
    ]
