"""From what was asked for to a running program, and from how it ended to an exit code."""

from __future__ import annotations

import asyncio
import platform
import signal
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

import click

from lorax_tui import __version__, config, headless
from lorax_tui.cli.choice import chosen, searching, sized_as
from lorax_tui.cli.crew import crew_plan, wants_workers
from lorax_tui.cli.folders import log_path, state_folder
from lorax_tui.cli.options import CommonOptions, RunOptions
from lorax_tui.cli.report import Reports
from lorax_tui.cli.saying import say, say_json
from lorax_tui.cli.terminal import wants_screen
from lorax_tui.engine.classes import user_classes
from lorax_tui.engine.thread import Engine
from lorax_tui.errors import ExitCode, LoraxTuiError, UsageError
from lorax_tui.headless.closing import closing
from lorax_tui.model.hidden import hide
from lorax_tui.model.hosts import host_of, plain
from lorax_tui.model.records import CRASH, QUIT
from lorax_tui.model.scenario import Scenario, Target
from lorax_tui.runs import store
from lorax_tui.runs.summary import verdict_exit
from lorax_tui.session import Session, Setup, State
from lorax_tui.session.log import passing_on
from lorax_tui.target.backend import DemoBackend
from lorax_tui.target.guard import admit, is_loopback
from lorax_tui.target.preflight import preflight

_LIBRARIES = ("locust", "gevent", "textual", "python-socketio", "httpx")


class Launch:
    """One start of the program: its configuration, its user classes, its target."""

    def __init__(self, options: CommonOptions, run: RunOptions | None = None) -> None:
        self._options = options
        self._config = config.load(options.config)
        self._classes = user_classes(options.file, wants_workers(self._config, run or RunOptions()))
        config.check_mix(self._config, self._classes)

    def idle(self) -> int:
        """The dashboard, with nothing running."""
        return self._go(RunOptions(), [], self._target())

    def run(self, options: RunOptions) -> int:
        """Run the scenarios that were asked for."""
        return self._go(options, chosen(self._config, options, self._own_mix()), self._target())

    def capacity(self, options: RunOptions, default: str, demo: bool) -> int:
        """Look for the breaking point under the scenarios, or under the default one; headless."""
        options = replace(options, names=options.names or (default,), headless=True)
        self._config = searching(self._config, options.names)
        return self.demo(options, default) if demo else self.run(options)

    def demo(self, options: RunOptions, default: str) -> int:
        """Run the scenarios, against a backend of our own; without any the default one, or a file's own classes."""
        own = self._own_mix()
        if own:
            options = sized_as(self._config, options, default)
        else:
            options = replace(options, names=options.names or (default,))
        scenarios = chosen(self._config, options, own)
        wants_screen(options)
        progress = _hush if options.quiet else _say
        with DemoBackend(progress=progress, log_path=state_folder() / "demo-backend.log") as backend:
            return self._go(options, scenarios, admit(Target(), backend.base_url))

    def check(self) -> int:
        """Print what the preflight finds."""
        target = self._target()
        self._must_be_confirmed(target)
        found = asyncio.run(preflight(target))
        for check in found.checks:
            say(f"{'ok' if check.ok else '--'}  {check.name}: {hide(check.detail)}")
            if check.advice:
                say(f"    {check.advice}")
        engine = Engine(target, list(self._classes.values()), lambda interval: None)
        engine.start()
        try:
            survey = engine.survey().result()
        finally:
            engine.close()
        for note in survey.notes:
            say(f"    {hide(note)}")
        say(f"{target.host} is usable")
        return ExitCode.PASSED

    def _go(self, options: RunOptions, scenarios: Sequence[Scenario], target: Target) -> int:
        screen = wants_screen(options)
        if not screen:
            self._must_be_confirmed(target)
        report = Reports(options.report)
        setup = self._setup(target, options)
        for warning in setup.warnings:
            _say(warning)
        session = Session(setup)
        reason = CRASH
        with passing_on(session.note):
            session.open()
            try:
                if screen:
                    code = _dashboard(session, scenarios, report, setup.runs_dir, options)
                else:
                    code = _plain(session, scenarios, options, report)
                reason = QUIT
                return code
            except (LoraxTuiError, KeyboardInterrupt, SystemExit) as ending:
                reason = _reason(ending)
                raise
            finally:
                session.close(reason)

    def _setup(self, target: Target, options: RunOptions) -> Setup:
        runs_dir = self._options.runs_dir or store.default_runs_dir()
        return Setup(
            target=target,
            scenarios=self._config.scenarios,
            classes=self._classes,
            runs_dir=runs_dir,
            guard=self._config.guard,
            baseline=None if options.baseline is None else store.find(runs_dir, options.baseline),
            versions={"lorax-tui": __version__, "python": platform.python_version()}
            | {library: version(library) for library in _LIBRARIES},
            # At the screen somebody is asked, whatever the command line says: it may come from yesterday's history.
            is_confirmed=not (wants_screen(options) and target.is_remote),
            config=self._config.as_record(),
            crew=crew_plan(self._config, options, self._options.file, state_folder() / "workers"),
        )

    def _target(self) -> Target:
        target = self._config.target
        asked = target.host if self._options.host is None else self._options.host
        return admit(target, asked, self._config.guard.allow, _own_file(self._config.path), is_loopback)

    def _is_confirmed(self, target: Target) -> bool:
        return not target.is_remote or host_of(target.host) in {plain(name) for name in self._options.allow_hosts}

    def _must_be_confirmed(self, target: Target) -> None:
        """Where nobody can be asked, the command line must have said it.

        Raises:
            UsageError: it has not.
        """
        if not self._is_confirmed(target):
            host = host_of(target.host)
            where = ", ".join(target.addresses)
            raise UsageError(f"{host} ({where}) is not this machine: confirm that it is meant with --allow-host {host}")

    def _own_mix(self) -> dict[str, float]:
        return {name: 1.0 for name, owned in self._classes.items() if owned.__module__.startswith("lorax_tui_own_")}


def _dashboard(
    session: Session, scenarios: Sequence[Scenario], report: Reports, runs_dir: Path, options: RunOptions
) -> int:
    # Imported late: Locust takes a signal of the terminal when it is imported, and Textual must take it after that.
    from lorax_tui.ui.app import LoraxApp

    asks_first = session.view.must_confirm
    started = session.run(scenarios) if scenarios and not asks_first else None
    app = LoraxApp(
        session,
        runs_dir,
        log_path(),
        keep_running=options.keep_running,
        low_bandwidth=options.low_bandwidth,
        scenarios=scenarios if asks_first else (),
    )
    app.run()
    started = started or app.started
    session.close(CRASH if app.return_code and app.ended_by is None else QUIT)
    view = session.view
    if view.state is State.ENDED:
        _say(f"verdict: {view.run.verdict}")
        if view.trouble:
            _say(f"not all of it is on disk: {view.trouble}")
        report.write(view.folder, _say)
        _say(f"run: {view.folder}")
    if app.ended_by is not None:
        return ExitCode.SIGNAL + app.ended_by
    if app.return_code:
        return app.return_code
    if view.state is State.ENDED:
        return verdict_exit(view.run) or report.exit_code
    if scenarios and session.view.must_confirm:
        raise UsageError("the target was not confirmed: nothing was sent there")
    if started is not None and started.done() and not started.cancelled():
        started.result()
    return ExitCode.PASSED


def _plain(session: Session, scenarios: Sequence[Scenario], options: RunOptions, report: Reports) -> int:
    lines = sys.stderr if options.json else sys.stdout
    code = 0
    try:
        headless.run(session, scenarios, headless.Printer(lines, options.quiet), _say, options.keep_running)
    except headless.Interrupted as interrupted:
        code = ExitCode.SIGNAL + interrupted.number
    view = session.view
    if view.folder is None:
        return code
    told = [] if options.json else ["\n" + closing(view.run)]
    if view.trouble:
        told.append(f"not all of it is on disk: {view.trouble}")
    report.write(view.folder, told.append)
    told.append(f"run: {view.folder}")
    unsaid = _unsaid(lambda: say_json(session.summary().result())) if options.json else 0
    # Lines that nobody can read change nothing of the verdict: the run is kept. A document that was asked for does.
    _unsaid(lambda: say("\n".join(told), err=options.json))
    return code or verdict_exit(view.run) or report.exit_code or unsaid


def _unsaid(saying: Callable[[], object]) -> int:
    """The exit code where something could not be printed."""
    try:
        saying()
    except click.exceptions.Exit as nobody_reads:
        return nobody_reads.exit_code
    except UsageError as error:
        _say(str(error))
        return error.exit_code
    return ExitCode.PASSED


def _reason(ending: BaseException) -> str:
    """Why a run ends, where the program does so while nobody watches it yet, or any more."""
    if isinstance(ending, KeyboardInterrupt):
        return f"signal {signal.SIGINT.name}"
    code = ending.code if isinstance(ending, SystemExit) and isinstance(ending.code, int) else 0
    return f"signal {signal.Signals(code - ExitCode.SIGNAL).name}" if code > ExitCode.SIGNAL else QUIT


def _own_file(path: Path) -> str:
    return "a scenarios.toml of your own" if path == config.PACKAGED else str(path)


def _say(text: str) -> None:
    say(text, err=True)


def _hush(text: str) -> None:
    """Say nothing."""
