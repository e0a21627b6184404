"""A few loud lines below the header, while there is something to say that matters more than any figure."""

from __future__ import annotations

from lorax_tui.model.thresholds import Verdict
from lorax_tui.model.view import PhaseView, RunView
from lorax_tui.session.view import SessionView, State
from lorax_tui.model import format as words
from lorax_tui.ui.lines import Line, cut
from lorax_tui.ui.widgets.panel import Panel

_VERDICT_CHIPS = {Verdict.PASSED: "chip-good", Verdict.FAILED: "chip-bad", Verdict.INCONCLUSIVE: "chip-warn"}


class Banner(Panel):
    """As tall as what it says; gone where it says nothing."""

    def lines(self, view: SessionView, width: int, height: int) -> list[Line]:
        """Trouble first, then what goes on, then how it ended."""
        lines: list[Line] = []
        if view.trouble:
            lines.append(((" ✗ NOT RECORDED ", "chip-bad"), (f" {view.trouble}", "bad")))
        if view.state in (State.STARTING, State.STOPPING):
            lines.append(_going_on(view))
        elif view.state is State.ENDED:
            lines += _ending(view)
        if view.notice and view.state not in (State.STARTING, State.STOPPING):
            lines.append(((" ▸ ", "accent"), (view.notice, "text")))
        return lines

    def show(self, view: SessionView) -> None:
        """Take the height that the lines need, then draw them."""
        tall = len(self.lines(view, 0, 0))
        self.set_class(tall > 0, "speaks")
        if self.styles.height is None or self.styles.height.value != tall:
            self.styles.height = tall
        super().show(view)


def _going_on(view: SessionView) -> Line:
    if view.state is State.STARTING:
        return ((" … STARTING ", "chip-warn"), (f" {view.notice or 'looking at the target'}", "text"))
    still = view.run.users_actual + view.run.users_draining
    text = view.notice or (f"{still} users finish their last asks" if still else "the run is saved")
    return ((" … STOPPING ", "chip-warn"), (f" {text}", "text"))


def _ending(view: SessionView) -> list[Line]:
    run = view.run
    asks = sum(operation.asks for phase in run.phases for operation in phase.operations)
    bad = _failed(run)
    why = _why(run)
    lines: list[Line] = [
        (
            (f"  {words.MARKS[run.verdict]} {run.verdict.upper()}  ", _VERDICT_CHIPS[run.verdict]),
            (f"  {words.count(asks)} asks, {words.count(bad)} failed, in {words.clock(run.elapsed_s)}", "strong"),
            (f"  ({run.ended})" if run.ended else "", "muted"),
            (f"  {why}" if why else "", "bad" if run.verdict is Verdict.FAILED else "text"),
        ),
        (("    press 1-9 to start again, q to quit", "text"),),
    ]
    if view.folder is not None:
        lines.insert(1, (("    kept in ", "muted"), (str(view.folder), "text")))
    return lines


def _failed(run: RunView) -> int:
    return sum(operation.bad for phase in run.phases for operation in phase.operations)


def _why(run: RunView) -> str:
    """The first reason why a verdict is not `passed`."""
    if run.verdict is Verdict.FAILED:
        return next((reason for phase in run.phases if (reason := _broken(phase))), "")
    if run.verdict is Verdict.PASSED:
        return ""
    if any(phase.bound for phase in run.phases):
        return "the generator was at its own limit"
    for phase in run.phases:
        if phase.settled_s is None:
            return f"{phase.scenario} never settled at {phase.users_wanted} users"
    return "too few answers to judge"


def _broken(phase: PhaseView) -> str:
    for judgement in phase.judgements:
        if judgement.verdict is Verdict.FAILED:
            metric, rule = words.metric(judgement.rule.metric), words.limit(judgement)
            return f"{phase.scenario}: {judgement.protocol} {metric} {words.measured(judgement)}, limit {rule}"
    return ""


class Welcome(Panel):
    """How to begin, while nothing has run yet."""

    def lines(self, view: SessionView, width: int, height: int) -> list[Line]:
        """The target and the first key."""
        return [
            cut((("  aimed at  ", "muted"), (view.host, "strong")), width),
            (),
            (("  press ", "text"), (" 1-9 ", "cursor"), (" to start a scenario; another number switches", "text")),
            (("  the load while it runs", "text"), (" ? shows all keys", "muted")),
        ]


class Tiny(Panel):
    """What is left where the terminal is too small for a dashboard: one sentence and four figures."""

    def lines(self, view: SessionView, width: int, height: int) -> list[Line]:
        """The load goes on all the same."""
        run = view.run
        protocols = run.phase.protocols if run.phase else ()
        slowest = max((p.p95_ms for p in protocols if p.p95_ms is not None), default=None)
        rate = sum(protocol.rate for protocol in protocols) if protocols else None
        failed = _failed(run)
        goes_on = "the load goes on" if view.is_loaded else "nothing runs"
        sentence = f"{view.state.upper()} {view.scenario or ''}: too small a terminal, {goes_on}"
        return [
            ((sentence, "text"),),
            (("rate   ", "muted"), (f"{words.rate(rate)}/s", "strong")),
            (("p95    ", "muted"), (words.latency(slowest), "strong")),
            (("failed ", "muted"), (words.count(failed), "bad" if failed else "strong")),
            (("users  ", "muted"), (f"{run.users_actual}/{run.users_wanted}", "strong")),
        ]
