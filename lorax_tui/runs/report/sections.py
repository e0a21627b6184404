"""The parts of the HTML report, each a function from the summary's figures to markup."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from lorax_tui.model import format as words
from lorax_tui.model.phase_view import PhaseView
from lorax_tui.model.records import Event, EventKind, Header
from lorax_tui.model.view import ErrorView
from lorax_tui.runs.plain import Plain
from lorax_tui.runs.report.figures import (
    MARKS,
    PASSED,
    bad,
    limit,
    measured,
    named,
    reasons,
    told,
    told_of,
)
from lorax_tui.runs.report.markup import Cell, Column, Markup, esc, headed, pairs, panel, section, table, verdict

MOST_EVENTS = 500

_CLOSED = "closed loop: users wait for an answer before they ask again"

_RULES = [
    Column("threshold", "wide", True),
    Column("measured", "n"),
    Column("of the limit", "gauge"),
    Column("limit", "n"),
    Column("verdict", "n"),
]
_ERRORS = [Column("count", "n"), Column("kind"), Column("first"), Column("last"), Column("what happened", "text")]
_PIDS = [Column("process", "wide", True), *(Column(head, "n") for head in ("first", "last", "highest", "growth"))]
_EVENTS = [Column("time"), Column("kind"), Column("what happened", "text")]


def hero(found: Plain, notice: str) -> str:
    """The verdict, why, and the run in a handful of figures."""
    word = found["verdict"]
    scenarios = " → ".join(_runs_of(phase["scenario"] for phase in found["phases"])) or "no load"
    why = "".join(f"<li>{esc(reason)}</li>" for reason in ([] if word == PASSED else reasons(found)))
    return (
        f'<header class="hero {esc(word)}"><p class="name">{esc(found["run"])}</p>'
        f'<h1><span aria-hidden="true">{MARKS[word]}</span> {esc(word)}</h1>'
        f'<p class="what">{esc(scenarios)} <span class="muted">against</span> {esc(words.host(found["host"]))}</p>'
        + (f'<p class="cut">{esc(notice)}</p>' if notice else "")
        + (f"<ul>{why}</ul>" if why else "")
        + f'<dl class="facts">{"".join(_fact(*fact) for fact in _facts(found))}</dl></header>'
    )


def _runs_of(names: Iterable[str]) -> list[str]:
    """The names in their order, those that repeat themselves once."""
    shown: list[str] = []
    for name in names:
        if not shown or shown[-1] != name:
            shown.append(name)
    return shown


def _facts(found: Plain) -> list[tuple[str, str, str]]:
    answered = sum(row["ok"] + bad(row) for row in found["operations"])
    failed = sum(map(bad, found["operations"]))
    peak = max((phase["users_peak"] for phase in found["phases"]), default=0)
    generator = found["generator"]
    lag = words.latency(generator["lag_p99_ms"])
    return [
        ("lasted", words.clock(found["elapsed_s"]), found["started_at"].replace("T", " ").replace("+00:00", " UTC")),
        ("users", words.count(peak), "at most"),
        ("answers", words.count(answered), f"{words.count(sum(row['asks'] for row in found['operations']))} asked"),
        ("failed", words.count(failed), f"{words.percent(failed / answered if answered else None)} of the answers"),
        ("generator", f"{lag}", "lag p99" + (", at its limit" if generator["bound"] else "")),
    ]


def _fact(name: str, value: str, note: str) -> str:
    return f"<div><dt>{esc(name)}</dt><dd>{esc(value)}<small>{esc(note)}</small></dd></div>"


def thresholds(found: Plain) -> str:
    """Every rule of every phase, with what was measured and how much of the limit that is."""
    return section("Thresholds", *(_phase_rules(phase) for phase in told(found))) if found["phases"] else ""


def _phase_rules(phase: Plain) -> str:
    rows: list[list[Cell]] = [
        [named(rule), measured(rule), _gauge(rule), limit(rule), verdict(rule["verdict"])]
        for rule in phase["thresholds"]
    ]
    note = "; ".join(phase["doubts"]) or f"held against the settled part, {_settled(phase)}"
    if phase["search"]:
        note = f"{phase['users_wanted']} users of the search, {note}"
    body = table(_RULES, rows) if rows else '<p class="muted">There is no threshold, so nothing was judged.</p>'
    return panel(headed(f"{phase['number']} · {phase['scenario']}", note, verdict(phase["verdict"])), body)


def _gauge(rule: Plain) -> Markup:
    if rule["value"] is None:
        return Markup("")
    share = 100 * min(1.0, max(0.0, rule["value"] / rule["limit"]))
    return Markup(f'<div class="{esc(rule["verdict"])}"><i style="width:{share:.1f}%"></i></div>')


def _settled(phase: Plain) -> str:
    settled_s, start_s = phase["settled_s"], phase["start_s"]
    return "which never came" if settled_s is None else f"from {settled_s - start_s:.1f} s after its start"


def errors(found: Plain, views: Sequence[ErrorView]) -> str:
    """What went wrong, with advice where there is some."""
    rows = [
        [
            error["count"],
            error["kind"],
            words.clock(error["first_s"]),
            words.clock(error["last_s"]),
            Markup(f"{esc(error['operation'])}: {esc(error['message'])}{_aside(view)}"),
        ]
        for error, view in zip(found["errors"], views, strict=True)
    ]
    return section("Errors", panel(table(_ERRORS, rows))) if rows else ""


def _aside(error: ErrorView) -> str:
    notes = [f"e.g. {error.example}" if error.example else "", error.hint]
    return "".join(f'<span class="hint">{esc(note)}</span>' for note in notes if note)


def target(found: Plain, watched: Iterable[PhaseView]) -> str:
    """The memory of the target's processes, and how it stood in each phase."""
    rows: list[list[Cell]] = [
        [
            f"pid {pid}",
            *(words.megabytes(row["rss_mb"][which]) for which in ("first", "last", "max")),
            words.slope(row["slope_mb_per_min"]),
        ]
        for pid, row in found["target"]["pids"].items()
    ]
    if not rows:
        return ""
    restarts = found["target"]["restarts"]
    note = f"{found['target']['samples']} samples, " + (f"{restarts} restarts" if restarts else "no restart")
    return section("Target memory", panel(headed("Resident", note), table(_PIDS, rows), *map(_growths, watched)))


def _growths(phase: PhaseView) -> str:
    told = "; ".join(f"pid {pid} {words.growth(growth)}" for pid, growth in phase.growths.items())
    return f'<p class="muted small">{phase.number} · {esc(phase.scenario)}: {esc(told)}</p>' if told else ""


def events(happened: Sequence[Event]) -> str:
    """What somebody or something did."""
    shown = [event for event in happened if event.kind is not EventKind.LOG]
    rows: list[list[Cell]] = [[words.clock(event.at_s), str(event.kind), event.text] for event in shown[:MOST_EVENTS]]
    left = len(shown) - len(rows)
    more = f'<p class="muted small">and {left} more, which are in the journal</p>' if left > 0 else ""
    return section("Events", panel(table(_EVENTS, rows), more)) if rows else ""


def environment(found: Plain, header: Header | None) -> str:
    """What it ran with: versions, classes, configuration."""
    if header is None:
        return ""
    generator = found["generator"]
    cpu = words.UNKNOWN if generator["cpu_p95_percent"] is None else f"{generator['cpu_p95_percent']:.0f} %"
    facts = [
        ("target", header.host),
        ("started", header.started_at),
        ("ended", found["ended"] or "cut off"),
        ("load", _CLOSED if found["closed_loop"] else "paced: asks start on a schedule, and limits count from it"),
        ("generator", f"lag p99 {words.latency(generator['lag_p99_ms'])}, CPU p95 {cpu} of a core"),
        *((f"worker {worker['name']}", told_of(worker)) for worker in generator["workers"]),
        ("user classes", ", ".join(header.user_classes) or words.UNKNOWN),
        *header.versions.items(),
    ]
    config = json.dumps(header.config, indent=2, ensure_ascii=False)
    details = f"<details><summary>Configuration</summary><pre>{esc(config)}</pre></details>" if header.config else ""
    return section("Environment", panel(pairs(facts), details))


def footer(found: Plain) -> str:
    """How to read the figures."""
    return (
        "<footer><p>Counts are of the whole phase; rates and latencies of its settled part, once the wanted users were "
        "there. Latencies are over the asks that ended ok, percentiles by nearest rank and within 0.1 %. "
        f"{words.UNKNOWN} is unknown or too few answers, ≤ a bound. Interrupted asks, which we ended, count in no rate "
        f"of errors. {esc(found['run'])}, schema {esc(found['schema'])}.</p></footer>"
    )
