"""The breaking point in the HTML report: what was found, the knee as a drawing, and the evidence load by load."""

from __future__ import annotations

from math import ceil

from lorax_tui.model import format as words
from lorax_tui.model.records import SOCKET_IO
from lorax_tui.model.search import Grade
from lorax_tui.runs.plain import Plain
from lorax_tui.runs.report.figures import proofs
from lorax_tui.runs.report.markup import Cell, Column, Markup, esc, headed, panel, section, table, verdict

_WIDTH, _HEIGHT = 720, 260
_LEFT, _RIGHT, _TOP, _BOTTOM = 64, 16, 16, 36

_SHORT = {SOCKET_IO: "S.IO"}

_MARKS = {str(Grade.HELD): ("passed", "✓"), str(Grade.BROKEN): ("failed", "✗"), str(Grade.UNDECIDED): ("doubt", "?")}


def searches(found: Plain) -> str:
    """Each search of the run."""
    return section("Breaking point", *map(_search, found["searches"])) if found["searches"] else ""


def _search(search: Plain) -> str:
    note = f"{search['start']} to at most {search['ceiling']} users, each load held for {search['hold_s']:g} s"
    protocols = sorted({protocol for step in search["steps"] for protocol in step["p95_ms"]})
    columns = [
        Column("users", "n few", True),
        Column("for", "few"),
        Column("/s", "n few"),
        *(Column(f"{_SHORT.get(protocol, protocol)} p95 ms", "n") for protocol in protocols),
        Column("how it went", "went"),
        Column("why", "why"),
    ]
    rows: list[list[Cell]] = [
        [
            str(step["users"]),
            str(step["purpose"]),
            words.rate(step["rate"]),
            *(words.milliseconds(step["p95_ms"].get(protocol)) for protocol in protocols),
            _grade(step),
            step["why"],
        ]
        for step in proofs(search)
    ]
    return panel(
        headed(search["scenario"], note, verdict(search["verdict"])),
        f"<p><strong>{esc(search['finding'])}</strong></p>",
        _knee(search),
        table(columns, rows),
    )


def _grade(step: Plain) -> Markup:
    kind, mark = _MARKS.get(str(step["grade"]), ("", "…"))
    return Markup(f'<span class="mark {kind}">{mark} {esc(step["grade"] or "not over")}</span>')


def _knee(search: Plain) -> str:
    """p95 by users; nothing where no load has one."""
    protocol, limit_ms = search["protocol"], search["limit_ms"]
    last = {step["users"]: step for step in proofs(search) if protocol in step["p95_ms"] and step["grade"]}
    if not last:
        return ""
    steps = [last[users] for users in sorted(last)]
    most: int = max(last)
    highest_ms: float = 1.15 * max([step["p95_ms"][protocol] for step in steps] + ([limit_ms] if limit_ms else []))

    def x(users: float) -> float:
        return _LEFT + (_WIDTH - _LEFT - _RIGHT) * users / (most * 1.05)

    def y(value_ms: float) -> float:
        return _HEIGHT - _BOTTOM - (_HEIGHT - _TOP - _BOTTOM) * value_ms / highest_ms

    places = [(x(step["users"]), y(step["p95_ms"][protocol]), step) for step in steps]
    drawn = [
        *(_tick(_LEFT - 8, y(value) + 4, "end", words.latency(value)) for value in (highest_ms / 2, highest_ms)),
        *(_tick(x(users), _HEIGHT - _BOTTOM + 18, "middle", str(users)) for users in sorted({ceil(most / 2), most})),
        f'<path class="axis" d="M{_LEFT} {_TOP}V{_HEIGHT - _BOTTOM}H{_WIDTH - _RIGHT}"/>',
        '<polyline class="curve" points="' + " ".join(f"{left:.1f},{top:.1f}" for left, top, _ in places) + '"/>',
    ]
    if limit_ms is not None:
        drawn.append(f'<path class="limit" d="M{_LEFT} {y(limit_ms):.1f}H{_WIDTH - _RIGHT}"/>')
        drawn.append(_tick(_LEFT + 6, y(limit_ms) - 5, "start", f"limit {words.tick(limit_ms)}"))
    for left, top, step in places:
        kind, mark = _MARKS[step["grade"]]
        told = f"{step['users']} users, p95 {words.latency(step['p95_ms'][protocol])}: {step['grade']}"
        drawn.append(
            f'<g class="{kind}"><title>{esc(told)}</title><circle cx="{left:.1f}" cy="{top:.1f}" r="8"/>'
            f'<text x="{left:.1f}" y="{top + 4:.1f}" text-anchor="middle">{mark}</text></g>'
        )
    label = f"{protocol} p95 by users"
    return (
        f'<figure class="knee"><figcaption class="muted small">{esc(label)}</figcaption>'
        f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="{esc(label)}">{"".join(drawn)}</svg></figure>'
    )


def _tick(left: float, top: float, anchor: str, text: str) -> str:
    return f'<text class="tick" x="{left:.1f}" y="{top:.1f}" text-anchor="{anchor}">{esc(text)}</text>'
