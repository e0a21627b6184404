"""The plain reader: a line for every interval, with the same figures as on the screen."""

from __future__ import annotations

import signal
from collections.abc import Callable, Sequence
from itertools import dropwhile
from typing import TYPE_CHECKING, TextIO

from lorax_tui.headless.signals import endings
from lorax_tui.model import format as words
from lorax_tui.model.records import HTTP, SOCKET_IO, Event, EventKind
from lorax_tui.model.scenario import Scenario
from lorax_tui.model.view import RunView
from lorax_tui.session.view import SessionView, State

if TYPE_CHECKING:
    from lorax_tui.session import Session

_LOOK_S = 0.2
"""How often a signal is looked for while nothing new is published."""

HEADING = (
    f"{'time':>6}  {'scenario':<10} {'users':>9} {'/s':>7} {'failed/s':>8} {'open':>5} {'oldest':>7}   "
    f"{'HTTP p50':>9} {'p95':>7} {'p99 ms':>7}   {'Socket.IO p50':>13} {'p95':>7} {'p99 ms':>7}   memory"
)


class Interrupted(Exception):
    """A signal asked to end."""

    def __init__(self, number: int) -> None:
        super().__init__(f"ended by {signal.Signals(number).name}")
        self.number = number
        """The signal's."""


def run(
    session: Session,
    scenarios: Sequence[Scenario],
    printer: Printer,
    warn: Callable[[str], object],
    keep_running: bool = False,
) -> SessionView:
    """Run scenarios one after the other and print what happens; returns the last view.

    Args:
        warn: tells that nothing can be printed any more, in another place.

    Raises:
        Interrupted: a signal asked to end; the run, if it had begun, is whole on disk.
        LoraxTuiError: the run could not be started.
    """
    with endings(session, keep_running, warn) as ending:
        printer.on_unprinted = ending.on_unprinted
        started = session.run(scenarios)
        view = session.view
        while not (started.done() and view.state in (State.ENDED, State.IDLE)):
            if view.state is not State.IDLE:  # why a run could not be started is raised, and told once
                printer.show(view)
            view = session.wait(view, _LOOK_S)
        started.result()
        printer.show(view)
    if ending.first is not None:
        raise Interrupted(ending.first)
    return view


class Printer:
    """Prints what is new in each view; `quiet`: warnings only."""

    def __init__(self, lines: TextIO, quiet: bool = False) -> None:
        self._lines = lines
        self._quiet = quiet
        self.on_unprinted: Callable[[TextIO, OSError], object] = lambda lines, error: None
        """Told when the lines can be printed no more."""
        self._notice = ""
        self._event: Event | None = None
        self._at_s = -1.0

    def show(self, view: SessionView) -> None:
        """Print the notice, the events and the interval that were not there before."""
        if view.notice and view.notice != self._notice and not self._quiet:
            self._print(view.notice)
        self._notice = view.notice
        for event in self._new_events(view.run.events):
            if self._quiet and event.kind is not EventKind.WARNING:
                continue
            self._print(f"{words.clock(event.at_s):>6}  {event.text}")
        points = view.run.points
        if points and points[-1].at_s > self._at_s and not self._quiet:
            if self._at_s < 0:
                self._print(HEADING)
            self._at_s = points[-1].at_s
            self._print(line(view))

    def _new_events(self, events: tuple[Event, ...]) -> list[Event]:
        new = list(dropwhile(lambda event: event is not self._event, events))[1:]
        if not new and events and events[-1] is not self._event:
            new = list(events)
        if new:
            self._event = new[-1]
        return new

    def _print(self, text: str) -> None:
        try:
            self._lines.write(text + "\n")
            self._lines.flush()
        except OSError as error:
            self.on_unprinted(self._lines, error)


def line(view: SessionView) -> str:
    """The last interval in one line; latencies over the sliding window."""
    run = view.run
    point = run.points[-1]
    latencies = [_latencies(run, HTTP, 9), _latencies(run, SOCKET_IO, 13)]
    users = f"{run.users_actual}/{run.users_wanted}"
    return (
        f"{words.clock(point.at_s):>6}  {(view.scenario or ''):<10.10} {users:>9} {words.rate(point.ok_rate):>7} "
        f"{words.rate(point.bad_rate):>8} {run.in_flight:>5} {words.age(run.oldest_s):>7}   "
        f"{latencies[0]}   {latencies[1]}   {_memory(run)}{_pace(run)}"
    )


def _pace(run: RunView) -> str:
    """How a paced phase keeps to its schedule."""
    pace = run.phase.pace if run.phase else None
    if pace is None:
        return ""
    text = f"   offered {words.rate(pace.offered_rate)}/s, started {words.rate(pace.started_rate)}/s"
    return f"{text}, {pace.stuck} waiting for {pace.oldest_s:.1f} s" if pace.stuck else text


def _latencies(run: RunView, protocol: str, width: int) -> str:
    latency = run.points[-1].latency.get((protocol, ""))
    figures = (None, None, None) if latency is None else (latency.p50_ms, latency.p95_ms, latency.p99_ms)
    first, *rest = (words.milliseconds(figure) for figure in figures)
    return " ".join([f"{first:>{width}}", *(f"{figure:>7}" for figure in rest)])


def _memory(run: RunView) -> str:
    return (
        "  ".join(f"{words.megabytes(pid.rss_mb)} (pid {pid.pid})" for pid in run.target.pids if not pid.gone)
        or "unknown"
    )
