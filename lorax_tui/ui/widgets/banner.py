"""A few loud lines below the header, while there is something to say that matters more than any figure."""

from __future__ import annotations

from pathlib import Path

from rich.cells import cell_len, set_cell_size

from lorax_tui.model import format as words
from lorax_tui.model import sentences
from lorax_tui.model.capacity import CapacityView
from lorax_tui.model.doubts import bound, doubts, open_rules
from lorax_tui.model.hosts import host_of
from lorax_tui.model.phase_view import PhaseView
from lorax_tui.model.text import safe
from lorax_tui.model.thresholds import Verdict
from lorax_tui.model.view import GuardView, RunView
from lorax_tui.session.view import SessionView, State
from lorax_tui.ui.lines import Line, cut, span, spread
from lorax_tui.ui.widgets.panel import Panel

_LONGEST_PATH = 5000

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
            lines += _ending(view, width)
        elif view.run.guards:
            lines.append(_guard(view.run.guards[0]))
        elif view.run.search is not None and view.run.search.goes_on:
            lines.append(((" ▸ search: ", "accent"), (sentences.standing(view.run.search), "text")))
        if view.notice and view.state not in (State.STARTING, State.STOPPING):
            lines.append(((" ▸ ", "accent"), (view.notice, "text")))
        return lines

    def show(self, view: SessionView) -> None:
        """Take the height that the lines need, then draw them."""
        tall = len(self._lines_or_fault(view, self.app.size.width, 0))
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


def _guard(guard: GuardView) -> Line:
    """The most pressing one: what is wrong, when that ends the run, and the key that prevents it."""
    if not guard.stops:
        return ((" ▲ GUARD ", "chip-warn"), (f" {guard.text}", "warn"), (", which ends nothing", "muted"))
    when = "" if guard.trips_in_s is None else f": ends the run in {guard.trips_in_s:.0f} s"
    return ((" ▲ GUARD ", "chip-bad"), (f" {guard.text}{when}", "bad"), ("  g silences it", "muted"))


def _ending(view: SessionView, width: int) -> list[Line]:
    run = view.run
    asks = sum(operation.asks for phase in run.phases for operation in phase.operations)
    why = _why(run)
    role = "bad" if run.verdict is Verdict.FAILED else "text"
    first: Line = (
        (f"  {words.MARKS[run.verdict]} {run.verdict.upper()}  ", _VERDICT_CHIPS[run.verdict]),
        (f"  {why}" if why else "", role),
        (f"  {words.count(asks)} asks, {words.count(_failed(run))} failed", "strong"),
        (f"  {run.ended}" if run.ended else "", "muted"),
    )
    keys: Line = (("  1-9 starts again, q quits " if view.replay is None else " ", "muted"),)
    folder = _tail(view.folder, width - span(keys) - 10) if view.folder is not None else ""
    last: Line = spread(((" kept in ", "muted"), (folder, "text")) if folder else (), keys, width)
    return [cut(first, width), *(line for search in run.searches[-1:] for line in _found(search, width)), last]


def _found(search: CapacityView, width: int) -> list[Line]:
    """What a search found; in two lines where one is too short."""
    verdict, told = search.verdict, sentences.finding(search)
    first, semicolon, rest = told.partition("; ") if len(told) + 4 > width else (told, "", "")
    mark = (f"  {words.MARKS[verdict]} ", words.VERDICT_ROLES[verdict])
    lines: list[Line] = [(mark, (first + semicolon.strip(), "strong"))]
    return [cut(line, width) for line in (*lines, *([(("    " + rest, "strong"),)] if rest else []))]


def _tail(path: Path, cells: int) -> str:
    """A path, without its beginning where it is too long: the end is its name."""
    text = safe(path, _LONGEST_PATH)
    return text if cell_len(text) <= cells else "…" + set_cell_size(text[::-1], max(1, cells - 1))[::-1].lstrip()


def _failed(run: RunView) -> int:
    return sum(operation.bad for phase in run.phases for operation in phase.operations)


def _why(run: RunView) -> str:
    """The first reason why a verdict is not `passed`; what a search found is said by itself."""
    phases = [phase for phase in run.phases if phase.search is None]
    if run.searches and not phases:
        return ""
    if run.verdict is Verdict.FAILED:
        return next((reason for phase in phases if (reason := _broken(phase))), "")
    if run.verdict is Verdict.PASSED:
        return ""
    if any(phase.bound for phase in phases):
        return bound(phases)
    for phase in phases:
        if phase.settled_s is None:
            return f"{phase.scenario} never settled at {phase.users_wanted} users"
        if phase.seconds_lost:
            return f"{phase.scenario}: {phase.seconds_lost} s of a worker's figures are lost"
        if phase.users_missing:
            return f"{phase.scenario}: {phase.users_missing} users died"
        if phase.exceptions:
            return f"{phase.scenario}: tasks raised {words.count(phase.exceptions)} exceptions"
        if phase.is_short_of_users:
            return f"{phase.scenario}: paced asks waited for want of a free user"
    return next(iter([*doubts(phases), *open_rules(phases)]), "")


def _broken(phase: PhaseView) -> str:
    for judgement in phase.judgements:
        if judgement.verdict is Verdict.FAILED:
            metric, rule = words.metric(judgement.rule.metric), words.limit(judgement)
            due = "due " if judgement.is_intended else ""
            return f"{phase.scenario}: {judgement.subject} {due}{metric} {words.measured(judgement)}, limit {rule}"
    return ""


class Welcome(Panel):
    """How to begin, while nothing has run yet."""

    def lines(self, view: SessionView, width: int, height: int) -> list[Line]:
        """The target and the first key."""
        keys = f" 1-{min(9, len(view.scenarios))} " if len(view.scenarios) > 1 else " 1 "
        return [
            (("  aimed at ", "muted"), (view.host, "strong")),
            (),
            (("  press ", "text"), (keys, "key"), (" to start a scenario, or ↑ ↓ and Enter in the list", "text")),
            (("  while it runs, another number switches the load without a pause", "muted"),),
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
        state = "STALLED" if run.is_stalled and view.state is State.RUNNING else view.state.upper()
        sentence = f"{state} {view.scenario or ''}: too small a terminal, {goes_on}"
        return [
            *([((f" REMOTE {host_of(view.host)} ", "chip-bad"),)] if view.is_remote else []),
            ((sentence, "text"),),
            (("rate   ", "muted"), (f"{words.rate(rate)}/s", "strong")),
            (("p95    ", "muted"), (words.latency(slowest), "strong")),
            (("failed ", "muted"), (words.count(failed), "bad" if failed else "strong")),
            (
                ("users  ", "muted"),
                (f"{run.users_actual}/{run.users_wanted}", "strong"),
                (f"  {run.in_flight} in flight ≥ {words.age(run.oldest_s)}" if run.is_stalled else "", "bad"),
            ),
        ]
