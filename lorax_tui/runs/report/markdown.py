"""Markdown: a page for the summary of a CI job. Strings of the run are text in it, never markup, link or mention."""

from __future__ import annotations

import re
from collections.abc import Sequence

from lorax_tui.model import format as words
from lorax_tui.runs.plain import Plain
from lorax_tui.runs.report.figures import MARKS, PASSED, bad, earlier, limit, loop, measured, named, proofs, reasons

MOST_ERRORS = 20

_MARKUP = re.compile(r"[\\`*{}\[\]<>#!|~@&$^]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])|:(?=//)|(?<=www)\.|\s")


def markdown(found: Plain, notice: str = "") -> str:
    """The report of a summary; `notice`: what is missing of it."""
    scenarios = " → ".join(dict.fromkeys(phase["scenario"] for phase in found["phases"])) or "no scenario"
    verdict = found["verdict"]
    parts = [
        f"## {MARKS[verdict]} {verdict}: {_text(scenarios)}",
        f"{_text(words.host(found['host']))}, {_text(found['started_at'])}, {words.clock(found['elapsed_s'])}",
    ]
    if notice:
        parts.append(f"**{_text(notice)}**")
    if verdict != PASSED:
        parts.append("\n".join(f"- {_text(reason)}" for reason in reasons(found)))
    if found["earlier_phases"]:
        parts.append(earlier(found))
    for search in found["searches"]:
        parts += _search(search)
    for phase in found["phases"]:
        if phase["search"] is None:
            parts += _phase(phase)
    if found["errors"]:
        parts += ["### Errors", _errors(found["errors"])]
    memory = [_pid(pid, row) for pid, row in found["target"]["pids"].items()]
    if memory:
        parts.append("Target memory: " + "; ".join(memory))
    return "\n\n".join(parts) + "\n"


def _search(search: Plain) -> list[str]:
    protocols = sorted({protocol for step in search["steps"] for protocol in step["p95_ms"]})
    rows = [
        [
            str(step["users"]),
            words.rate(step["rate"]),
            *(words.milliseconds(step["p95_ms"].get(protocol)) for protocol in protocols),
            step["grade"] or "not over",
            _text(step["why"]),
        ]
        for step in proofs(search)
    ]
    heads = ["users >", "/s >", *(f"{protocol} p95 ms >" for protocol in protocols), "how it went", "why"]
    return [f"### {_text(search['scenario'])}: {_text(search['finding'])}", _table(heads, rows)]


def _phase(phase: Plain) -> list[str]:
    settled_s = phase["settled_s"]
    settled = "never settled" if settled_s is None else f"settled after {settled_s - phase['start_s']:.1f} s"
    rules = [
        [_text(named(rule)), measured(rule), limit(rule), f"{MARKS[rule['verdict']]} {rule['verdict']}"]
        for rule in phase["thresholds"]
    ]
    return [
        f"### {_text(phase['scenario'])}: {phase['users_wanted']} users, {settled}, {phase['verdict']}",
        _text(loop(phase)),
        _table(["threshold", "measured >", "limit >", "verdict"], rules),
        _operations(phase),
    ]


def _operations(phase: Plain) -> str:
    due = {} if phase["closed_loop"] else {"intended_p95_ms": "due p95 >", "intended_p99_ms": "due p99 >"}
    heads = ["protocol", "operation", "/s >", "asks >", "failed >", "p50 >", "p95 >", "p99 >", "max ms >"]
    rows = [
        [
            row["protocol"],
            _text(row["name"]),
            words.rate(row["rps"]),
            str(row["asks"]),
            str(bad(row)),
            *(words.milliseconds(row[figure]) for figure in ("p50_ms", "p95_ms", "p99_ms", "max_ms", *due)),
        ]
        for row in phase["operations"]
    ]
    return _table([*heads, *due.values()], rows)


def _errors(errors: Sequence[Plain]) -> str:
    rows = [
        [str(error["count"]), _text(error["kind"]), _text(error["operation"]), _text(error["message"])]
        for error in errors[:MOST_ERRORS]
    ]
    further = len(errors) - len(rows)
    more = f"\n\nand {further} more kinds" if further > 0 else ""
    return _table(["count >", "kind", "operation", "message"], rows) + more


def _pid(pid: str, row: Plain) -> str:
    rss = row["rss_mb"]
    return f"pid {_text(pid)} {words.megabytes(rss['last'])} ({words.slope(row['slope_mb_per_min'])})"


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table; a head that ends in `>` has its column on the right."""
    names = " | ".join(head.removesuffix(">").strip() for head in heads)
    lines = [f"| {names} |", "|" + "|".join("---:" if head.endswith(">") else "---" for head in heads) + "|"]
    return "\n".join([*lines, *(f"| {' | '.join(row)} |" for row in rows)])


def _text(text: str) -> str:
    return _MARKUP.sub(lambda found: " " if found[0].isspace() else f"&#{ord(found[0])};", text)
