"""The two lines at the top: what runs how far with how many users, and whether it keeps within its limits."""

from __future__ import annotations

from lorax_tui.model import format as words
from lorax_tui.model.crew import names
from lorax_tui.model.health import Health
from lorax_tui.model.strain import Limit, limits_of
from lorax_tui.session.view import SessionView, State
from lorax_tui.ui.lines import Line, Piece, cut, fit, span, spread
from lorax_tui.ui.standing import ROOMY, WIDE, standing
from lorax_tui.ui.widgets.panel import Panel

_HEALTHY = 76
"""From here on there is room for the generator's health."""

_STATE_CHIPS = {
    State.IDLE: "chip",
    State.STARTING: "chip-warn",
    State.RUNNING: "chip-good",
    State.STOPPING: "chip-warn",
    State.ENDED: "chip",
}

_STALLED = (" STALLED ", "chip-bad")
"""As wide as RUNNING, in whose place it stands."""

_LONGEST_BAR = 24


class Header(Panel):
    """State and users first, then the limits."""

    def lines(self, view: SessionView, width: int, height: int) -> list[Line]:
        """Both lines."""
        return [_first(view, width), standing(view, width)]


def _first(view: SessionView, width: int) -> Line:
    wide = width >= WIDE
    gap = "  " if wide else " "
    left: Line = (
        (" lorax-tui  " if wide else " ", "accent"),
        *_target(view, wide, gap),
        _STALLED if _is_stalled(view) else (f" {view.state.upper()} ", _STATE_CHIPS[view.state]),
        (f" {view.scenario or ''}{gap}", "strong"),
        (_stage(view, gap, wide), "muted"),
    )
    if view.state is State.IDLE:
        return cut(left, width)
    if view.state is State.ENDED:
        return spread((*left, (f"after {words.clock(view.run.elapsed_s)}", "muted")), _whole_run(view), width)
    health = _health(view, gap, wide) if width >= _HEALTHY or view.run.bound else ()
    right = (*_users(view, gap, width), *_crew(view, gap, wide), *health, (" ", "text"))
    return spread((*left, *_clock(view, width - span(left) - span(right), wide)), right, width)


def _target(view: SessionView, wide: bool, gap: str) -> Line:
    """Where the load goes; one that is not this machine is not to be overlooked."""
    host = words.host(view.host)
    if not view.is_remote:
        return ((fit(host, min(len(host), 40 if wide else 21)) + gap, "text"),)
    host = host.removeprefix("https://")
    return ((f" REMOTE {fit(host, min(len(host), 40 if wide else 12))} ", "chip-bad"), (gap, "text"))


def _stage(view: SessionView, gap: str, wide: bool) -> str:
    """Which stage of how many."""
    stage = view.run.phase.stage if view.run.phase else None
    if stage is None or view.state is not State.RUNNING:
        return ""
    return f"stage {stage.number} of {stage.count}{gap}" if wide else f"{stage.number}/{stage.count}{gap}"


def _is_stalled(view: SessionView) -> bool:
    return view.state is State.RUNNING and view.run.is_stalled


def _clock(view: SessionView, room: int, wide: bool) -> Line:
    if view.scenario_start_s is None:
        return ()
    elapsed_s = max(0.0, view.elapsed_s - view.scenario_start_s)
    elapsed = words.clock(elapsed_s)
    if view.scenario_end_s is None:
        return ((elapsed, "strong"), (" no end", "muted"))
    planned_s = view.scenario_end_s - view.scenario_start_s
    remaining = words.clock(planned_s - elapsed_s)
    left_over = f" {remaining} left" if wide else f" -{remaining}"
    cells = min(_LONGEST_BAR, room - len(elapsed) - len(left_over) - 2)
    if cells < 3:
        return ((elapsed, "strong"), (left_over if cells >= -1 else "", "muted"))
    done, still = words.bar(elapsed_s / planned_s if planned_s > 0 else 1.0, cells)
    return ((elapsed + " ", "strong"), (done, "accent"), (still, "faint"), (left_over, "muted"))


def _users(view: SessionView, gap: str, width: int) -> Line:
    """Users, and room for those who drain, so that nothing moves when there are some."""
    run = view.run
    wanted = str(run.users_wanted)
    draining = f" +{run.users_draining}" if run.users_draining else ""
    if width >= ROOMY:
        draining = fit(f"{draining} draining" if draining else "", 14)
    return (
        (f"{gap}users ", "muted"),
        (str(run.users_actual).rjust(len(wanted)), "strong"),
        (f"/{wanted}", "text"),
        (fit(draining, max(4, len(draining))), "muted"),
    )


def _crew(view: SessionView, gap: str, wide: bool) -> Line:
    """How many of the load's workers take part; where there is little room, only if some do not."""
    workers, is_bound = view.run.crew, view.run.bound
    here = sum(worker.is_here for worker in workers)
    if here == len(workers):
        return ((f"{gap}workers ", "muted"), (f"{here}/{here} ", "text")) if workers and wide and not is_bound else ()
    if is_bound and not wide:
        return ()
    count = f"{here}/{len(workers)}"
    return ((gap, "text"), (f" {f'workers {count}' if wide and not is_bound else count} ", "chip-warn"))


def _health(view: SessionView, gap: str, wide: bool) -> Line:
    health = view.run.health
    cpu = words.UNKNOWN if health.cpu_percent is None else f"{health.cpu_percent:.0f} %"
    lag = words.latency(health.lag_p99_ms)
    if view.run.bound:
        who = f" {names(bound)}" if (bound := [worker.name for worker in view.run.crew if worker.bound_by]) else ""
        return ((" GENERATOR-BOUND ", "chip-warn"), (f"{who} {_limit(health, lag, cpu)}" if wide else "", "warn"))
    pieces: list[Piece] = [(f"{gap}lag ", "muted"), (fit(lag, 7, right=True), "text")]
    if wide:
        pieces += [("  cpu ", "muted"), (fit(cpu, 5, right=True), "text")]
    return tuple(pieces)


def _limit(health: Health, lag: str, cpu: str) -> str:
    """The figures that tell of a limit: those of this program, or that of its machine where that alone is busy."""
    limits = limits_of(health)
    if not limits:
        return "tells nothing"
    return f"machine {health.idle_percent:.0f} % idle" if limits == {Limit.MACHINE} else f"lag {lag} cpu {cpu}"


def _whole_run(view: SessionView) -> Line:
    """How the generator itself was, over the whole run."""
    run = view.run
    cpu = words.UNKNOWN if run.cpu_p95_percent is None else f"{run.cpu_p95_percent:.0f} %"
    return (
        ("  lag p99 ", "muted"),
        (words.latency(run.lag_p99_ms), "text"),
        ("  cpu p95 ", "muted"),
        (f"{cpu} ", "text"),
    )
