"""The two lines at the top: what runs how far with how many users, and whether it keeps within its limits."""

from __future__ import annotations

from lorax_tui.model.records import SOCKET_IO
from lorax_tui.model.thresholds import Verdict
from lorax_tui.model.view import PhaseView, ProtocolView
from lorax_tui.session.view import SessionView, State
from lorax_tui.model import format as words
from lorax_tui.ui.lines import Line, Piece, cut, fit, span, spread
from lorax_tui.ui.widgets.panel import Panel

WIDE = 110
"""From here on there is room for whole words."""

_STATE_CHIPS = {
    State.IDLE: "chip",
    State.STARTING: "chip-warn",
    State.RUNNING: "chip-good",
    State.STOPPING: "chip-warn",
    State.ENDED: "chip",
}

_STANDINGS = {
    Verdict.PASSED: (" WITHIN LIMITS ", " ✓ ", "chip-good"),
    Verdict.FAILED: (" OVER ITS LIMIT", " ✗ ", "chip-bad"),
    Verdict.INCONCLUSIVE: ("  UNDECIDED YET", " ? ", "chip"),
}

_LONGEST_BAR = 24


class Header(Panel):
    """State and users first, then the limits."""

    def lines(self, view: SessionView, width: int, height: int) -> list[Line]:
        """Both lines."""
        return [_first(view, width), _second(view, width)]


def _first(view: SessionView, width: int) -> Line:
    wide = width >= WIDE
    left: Line = (
        (" lorax-tui  " if wide else " ", "accent"),
        (fit(host, min(len(host), 40 if wide else 21)) if (host := words.host(view.host)) else "", "text"),
        ("  ", "text"),
        (f" {view.state.upper()} ", _STATE_CHIPS[view.state]),
        (f" {view.scenario or ''}", "strong"),
    )
    if view.state is State.IDLE:
        return cut(left, width)
    right = (*_users(view, wide), *_health(view, wide), (" ", "text"))
    return spread((*left, *_clock(view, width - span(left) - span(right))), right, width)


def _clock(view: SessionView, room: int) -> Line:
    if view.scenario_start_s is None:
        return ()
    elapsed_s = max(0.0, view.elapsed_s - view.scenario_start_s)
    elapsed = f"  {words.clock(elapsed_s)} "
    if view.scenario_end_s is None:
        return ((elapsed, "strong"), ("no end", "muted"))
    planned_s = view.scenario_end_s - view.scenario_start_s
    left_over = f" {words.clock(planned_s - elapsed_s)} left"
    cells = min(_LONGEST_BAR, room - len(elapsed) - len(left_over) - 1)
    if cells < 4:
        return ((elapsed, "strong"), (left_over.strip(), "muted"))
    done, still = words.bar(elapsed_s / planned_s if planned_s > 0 else 1.0, cells)
    return ((elapsed, "strong"), (done, "accent"), (still, "faint"), (left_over, "muted"))


def _users(view: SessionView, wide: bool) -> Line:
    run = view.run
    wanted = str(run.users_wanted)
    pieces: list[Piece] = [
        ("  users ", "muted"),
        (str(run.users_actual).rjust(len(wanted)), "strong"),
        (f"/{wanted}", "text"),
    ]
    if run.users_draining:
        pieces.append((f" +{run.users_draining}" + (" draining" if wide else ""), "muted"))
    return tuple(pieces)


def _health(view: SessionView, wide: bool) -> Line:
    health = view.run.health
    cpu = words.UNKNOWN if health.cpu_percent is None else f"{health.cpu_percent:.0f} %"
    lag = words.latency(health.lag_p99_ms)
    if view.run.bound:
        figures = f" lag {lag} cpu {cpu}" if wide else ""
        return (("  ", "text"), (" GENERATOR-BOUND ", "chip-warn"), (figures, "warn"))
    pieces: list[Piece] = [("  lag ", "muted"), (fit(lag, 6, right=True), "text")]
    if wide:
        pieces += [("  cpu ", "muted"), (fit(cpu, 5, right=True), "text")]
    return tuple(pieces)


def _second(view: SessionView, width: int) -> Line:
    phase = view.run.phase
    if phase is None:
        return ((" no load has run yet", "muted"),) if view.state is State.IDLE else ()
    wide = width >= WIDE
    word, mark, chip = _STANDINGS[phase.verdict]
    pieces: list[Piece] = [(word if wide else mark, chip)]
    for protocol in phase.protocols:
        pieces += _protocol(protocol, wide)
    return tuple((*pieces, *_note(phase))) if wide else tuple(pieces)


def _protocol(protocol: ProtocolView, wide: bool) -> list[Piece]:
    name = protocol.protocol if wide or protocol.protocol != SOCKET_IO else "S.IO"
    pieces: list[Piece] = [(("    " if wide else " ") + name, "strong")]
    if not protocol.judgements:
        return [*pieces, (" no limits", "muted")]
    gap = "  " if wide else " "
    for judgement in protocol.judgements:
        role = words.VERDICT_ROLES[judgement.verdict]
        metric = words.metric(judgement.rule.metric)
        value = words.measured(judgement)
        if not wide:
            metric, value = metric.removesuffix("ors"), value.replace(" ", "")
        failed = judgement.verdict is Verdict.FAILED
        pieces += [
            (f"{gap}{metric} ", "muted"),
            (value, "bad" if failed else "text"),
            ((" " if wide else "") + words.MARKS[judgement.verdict], role),
        ]
        if failed and wide:
            pieces.append((f" limit {words.limit(judgement)}", "bad"))
    return pieces


def _note(phase: PhaseView) -> Line:
    return (("    not settled yet", "muted"),) if phase.settled_s is None and phase.end_s is None else ()
