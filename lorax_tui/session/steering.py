"""The steering of one run at a time: what each command does, as coroutines of the session's loop.

Commands are taken one after the other. Knows the run that goes on, and how one begins; not who watches.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from lorax_tui.engine.thread import Engine
from lorax_tui.errors import UsageError
from lorax_tui.model.baseline import Baseline
from lorax_tui.model.hidden import hide
from lorax_tui.model.hosts import host_of, plain
from lorax_tui.model.records import EventKind, Interval
from lorax_tui.model.text import safe
from lorax_tui.runs import store
from lorax_tui.session.baseline import baseline_of
from lorax_tui.session.current import CurrentRun
from lorax_tui.session.plan import Step, steps
from lorax_tui.session.recording import Recording
from lorax_tui.session.scout import Scout
from lorax_tui.session.setup import Setup
from lorax_tui.session.turns import Turns
from lorax_tui.session.view import SessionView, State


class Steering:
    """Start, switch, adjust, stop, snapshot; `changed` is called whenever there is something new to see."""

    def __init__(self, setup: Setup, engine: Engine, changed: Callable[[], None]) -> None:
        self._setup = setup
        self._engine = engine
        self._changed = changed
        self._scout = Scout(setup, engine)
        self._turns = Turns()
        self._state = State.IDLE
        self._notice = ""
        self._must_confirm = setup.target.is_remote and not setup.is_confirmed
        self._run: CurrentRun | None = None
        """The one that goes on, or ended last; none while the target is looked at for the next."""
        self._baseline: Baseline | None = None

    @property
    def is_stuck(self) -> bool:
        """Whether the engine was given up: a task keeps its thread for itself."""
        return self._run is not None and self._run.pulse.is_stuck

    def view(self) -> SessionView:
        """How things stand; frozen."""
        view = SessionView(
            state=self._state,
            host=self._setup.target.host,
            addresses=self._setup.target.addresses,
            is_remote=self._setup.target.is_remote,
            must_confirm=self._must_confirm,
            scenarios=self._setup.scenarios,
            notice=self._notice,
            baseline=self._baseline,
        )
        return view if self._run is None else self._run.shown_in(view)

    async def run(self, ahead: list[Step]) -> None:
        """Look at the target, open a run and begin its first step."""
        async with self._turns:
            if self._state is State.RUNNING:
                raise UsageError("a run goes on already: switch to another scenario, or stop it first")
            await self._begin(ahead)

    async def confirm(self, name: str) -> None:
        """The target is meant, though it is not this machine: this is its name."""
        host = host_of(self._setup.target.host)
        if plain(name) != host:
            raise UsageError(f"{safe(name, 80)!r} is not the target's name: type {host}")
        self._must_confirm = False
        self._changed()

    async def switch(self, name: str) -> None:
        """Go over to a scenario, or start a run with it where none goes on."""
        scenario = next((scenario for scenario in self._setup.scenarios if scenario.name == name), None)
        if scenario is None:
            raise UsageError(f"there is no scenario {name!r}")
        wish = self._turns.wish()
        if self._state is State.RUNNING:
            self._scout.call_off()
        async with self._turns:
            if wish != self._turns.latest_wish:
                return  # while this waited for its turn, somebody wanted another scenario, or everything to stop
            if self._state is State.RUNNING:
                await self._recorded().switch(steps([scenario]), by_key=True)
            else:
                await self._begin(steps([scenario]), by_key=True)

    async def adjust(self, users_delta: int) -> None:
        """Want more users, or fewer."""
        async with self._turns:
            await self._loaded().adjust(users_delta)

    async def silence(self) -> str:
        """The most pressing guard shall end nothing any more; returns what it says."""
        text = self._loaded().watch.silence()
        self._changed()
        return text

    async def stop(self, reason: str, by_guard: bool = False, hurry: bool = False) -> None:
        """Stop the load and end the run; a second call finds nothing to do."""
        self._turns.wish()
        if self._scout.call_off() and self._state is State.STARTING:
            return
        async with self._turns:
            if self._state is State.RUNNING:
                await self._recorded().end(reason, by_guard=by_guard, hurry=hurry)

    async def crash(self, error: BaseException) -> None:
        """End the run at once, as something of ours has failed; what was measured is kept."""
        async with self._turns:
            if self._state not in (State.RUNNING, State.STOPPING):
                return
            await self._recorded().crash()
            self._set(State.ENDED, f"unexpected failure: {type(error).__name__}: {error}; the log says more")

    async def snapshot(self, picture: str | None) -> Path:
        """Save how things stand; returns the snapshot's path."""
        run = self._recorded()
        fold = run.recording.run
        path = run.recording.snapshot(fold.elapsed_s if fold.end else run.clock_s(), picture)
        self._changed()
        return path

    async def summary(self) -> bytes:
        """The summary of the run as it stands, as JSON."""
        return self._recorded().recording.summary()

    async def save_picture(self, picture: str, folder: Path) -> Path:
        """Keep the latest picture of the screen with the run in that folder."""
        path = folder / store.PICTURE
        store.write_final(path, picture.encode())
        return path

    def note(self, kind: EventKind, text: str) -> None:
        """Record that something happened; where no run goes on it is only shown."""
        if self._state in (State.RUNNING, State.STOPPING):
            self._recorded().note(kind, text)
        else:
            self._notice = safe(hide(text))
            self._changed()

    def take(self, interval: Interval) -> None:
        """Take in what the engine measured."""
        if self._state in (State.RUNNING, State.STOPPING):
            self._recorded().take(interval)
            self._changed()

    async def _begin(self, ahead: list[Step], by_key: bool = False) -> None:
        """Look at the target, then begin; what has begun is not called off half-way, but stopped like any run."""
        if self._must_confirm:
            host = host_of(self._setup.target.host)
            raise UsageError(f"{host} is not this machine: nothing is sent there before its name is typed")
        if self.is_stuck:
            raise UsageError("a task of the last run never gives way and keeps the generator: quit, and start anew")
        self._run, self._baseline = None, None
        try:
            survey = await self._scout.look(ahead, lambda text: self._set(State.STARTING, text))
            self._baseline, doubt = await baseline_of(self._setup)
            run = self._run = self._new_run(ahead[0].scenario.name)
            await run.begin(ahead, survey.notes, by_key)
            for text in filter(None, (doubt, *self._setup.warnings)):
                self.note(EventKind.WARNING, text)
        except asyncio.CancelledError:
            self._set(State.IDLE, "stopped before the load began")
        except Exception as error:
            if self._run is not None:
                await self._run.crash()
            self._set(State.IDLE, str(error) or type(error).__name__)
            raise

    def _new_run(self, scenario: str) -> CurrentRun:
        recording = Recording.begin(self._setup, scenario)
        return CurrentRun(self._setup, self._engine, self._scout, self._turns, recording, self._set, self._changed)

    def _loaded(self) -> CurrentRun:
        if self._run is None or self._state is not State.RUNNING:
            raise UsageError("no load is running: press a scenario's number to start one")
        return self._run

    def _recorded(self) -> CurrentRun:
        if self._run is None:
            raise UsageError("there is no run yet: press a scenario's number to start one")
        return self._run

    def _set(self, state: State, notice: str = "") -> None:
        self._state, self._notice = state, safe(hide(notice))
        self._changed()
