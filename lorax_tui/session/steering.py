"""The steering of one run at a time: what each command does, as coroutines of the session's loop.

Commands are taken one after the other. Knows the engine, the target and the recording; not who watches.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from pathlib import Path
from time import monotonic
from typing import Any

from msgspec.structs import replace

from lorax_tui.engine.survey import Survey
from lorax_tui.engine.thread import Engine
from lorax_tui.errors import UsageError
from lorax_tui.model import format as words
from lorax_tui.model.baseline import Baseline
from lorax_tui.model.hidden import hide
from lorax_tui.model.hosts import host_of, plain
from lorax_tui.model.records import CRASH, SCHEMA, EventKind, Header, Interval, TargetSample
from lorax_tui.model.search import SearchStep
from lorax_tui.model.text import safe
from lorax_tui.model.view import EMPTY
from lorax_tui.runs import store
from lorax_tui.session.beside import baseline_of
from lorax_tui.session.plan import Plan, Step, steps
from lorax_tui.session.pulse import LONGEST_SILENCE_S, Pulse, Stuck
from lorax_tui.session.recording import Recording, utc_now
from lorax_tui.session.scout import WARMING_UP, Scout
from lorax_tui.session.seeker import Move, Seeker
from lorax_tui.session.setup import Setup
from lorax_tui.session.view import SessionView, State
from lorax_tui.session.watch import Watch, stopping
from lorax_tui.target.probe import MemoryProbe

ONE_CHANGE_S = 2.0
"""Keys pressed within this time of each other are one change of the load."""

LONGEST_CRASH_S = 5.0
"""How long a run that must end at once waits for its users."""


class Steering:
    """Start, switch, adjust, stop, snapshot; `changed` is called whenever there is something new to see."""

    def __init__(self, setup: Setup, engine: Engine, changed: Callable[[], None]) -> None:
        self._setup = setup
        self._engine = engine
        self._changed = changed
        self._loop = asyncio.get_running_loop()
        self._one_at_a_time = asyncio.Lock()
        self._state = State.IDLE
        self._notice = ""
        self._plan = Plan(setup.scenarios)
        self._timer: asyncio.TimerHandle | None = None
        self._users = 0
        self._phase = 0
        self._key_s = float("-inf")
        self._wishes = 0
        """How often the operator wanted something else than before; what is older and has not begun is not wanted."""
        self._began_s = 0.0
        self._must_confirm = setup.target.is_remote and not setup.is_confirmed
        self._longest: asyncio.TimerHandle | None = None
        self._recording: Recording | None = None
        self._seeker: Seeker | None = None
        """Decides how many users there are, while the breaking point is looked for."""
        self._watch = Watch()
        self._is_ending = False
        """Whether a guard has asked for the end of the run."""
        self._saved: Path | None = None
        self._baseline: Baseline | None = None
        self._scout = Scout(setup, engine)
        self._pulse = Pulse(self._fall_silent)
        self._probe: asyncio.Task[None] | None = None
        self._tasks: set[asyncio.Future[Any]] = set()

    @property
    def is_stuck(self) -> bool:
        """Whether the engine was given up: a task keeps its thread for itself."""
        return self._pulse.is_stuck

    def view(self) -> SessionView:
        """How things stand; frozen."""
        recording, step = self._recording, self._plan.step
        return SessionView(
            state=self._state,
            host=self._setup.target.host,
            addresses=self._setup.target.addresses,
            is_remote=self._setup.target.is_remote,
            must_confirm=self._must_confirm,
            scenarios=self._setup.scenarios,
            scenario=None if step is None else step.scenario.name,
            scenario_start_s=self._plan.start_s,
            scenario_end_s=self._plan.end_s,
            elapsed_s=0.0 if recording is None else self._clock_s(),
            run=EMPTY if recording is None else recording.run.view(),
            notice=self._notice,
            folder=None if recording is None else recording.folder,
            saved=self._saved,
            baseline=self._baseline,
            trouble="" if recording is None else recording.trouble,
        )

    async def run(self, ahead: list[Step]) -> None:
        """Look at the target, open a run and begin its first step."""
        async with self._one_at_a_time:
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
        wish = self._wish()
        if self._state is State.RUNNING:
            self._scout.call_off()
        async with self._one_at_a_time:
            if wish != self._wishes:
                return  # while this waited for its turn, somebody wanted another scenario, or everything to stop
            if self._state is State.RUNNING:
                self._plan.replace(steps([scenario]))
                await self._next_step(by_key=True)
            else:
                await self._begin(steps([scenario]), by_key=True)

    async def adjust(self, users_delta: int) -> None:
        """Want more users, or fewer."""
        async with self._one_at_a_time:
            step = self._must_run()
            if self._seeker is not None:
                raise UsageError("the search decides how many users there are: switch to a scenario to do so yourself")
            most = self._setup.guard.max_users
            users = min(max(1, self._users + users_delta), most)
            if users == self._users:
                bound = "at least 1" if users_delta < 0 else f"at most {most} ([guard] max_users)"
                raise UsageError(f"{bound}: still {users} users")
            text = f"{step.scenario.name}: {self._users} → {users} users at {step.spawn_rate:g}/s"
            await self._apply(step, users, EventKind.ADJUST, text, by_key=True)

    async def silence(self) -> str:
        """The most pressing guard shall end nothing any more; returns what it says."""
        self._must_run()
        guard = next((guard for guard in self._recorded().run.guards.view() if guard.stops), None)
        if guard is None:
            raise UsageError("no guard is about to end this run")
        text = f"the {guard.name} guard is silenced: {guard.text}"
        self._recorded().event(self._clock_s(), EventKind.SILENCE, text, guard=guard.name)
        self._changed()
        return text

    async def stop(self, reason: str, by_guard: bool = False, hurry: bool = False) -> None:
        """Stop the load and end the run; a second call finds nothing to do."""
        self._wish()
        if self._scout.call_off() and self._state is State.STARTING:
            return
        async with self._one_at_a_time:
            if self._state is State.RUNNING:
                await self._end(reason, by_guard, hurry)

    async def crash(self, error: BaseException) -> None:
        """End the run at once, as something of ours has failed; what was measured is kept."""
        async with self._one_at_a_time:
            if self._state not in (State.RUNNING, State.STOPPING):
                return
            self._end_clock()
            if self._probe is not None:
                self._probe.cancel()
            with suppress(Exception):  # it may be the engine that failed
                await asyncio.wait_for(asyncio.wrap_future(self._engine.stop()), LONGEST_CRASH_S)
            with suppress(Exception):  # or the fold; the journal ends before that
                self._recorded().end(self._clock_s(), CRASH)
            self._set(State.ENDED, f"unexpected failure: {type(error).__name__}: {error}; the log says more")

    async def snapshot(self, picture: str | None) -> Path:
        """Save how things stand; returns the snapshot's path."""
        recording = self._recorded()
        at_s = recording.run.elapsed_s if recording.run.end else self._clock_s()
        self._saved = recording.snapshot(at_s, picture)
        self._changed()
        return self._saved

    async def summary(self) -> bytes:
        """The summary of the run as it stands, as JSON."""
        return self._recorded().summary()

    async def save_picture(self, picture: str, folder: Path) -> Path:
        """Keep the latest picture of the screen with the run in that folder."""
        path = folder / "screen.svg"
        store.write_final(path, picture.encode())
        return path

    def note(self, kind: EventKind, text: str) -> None:
        """Record that something happened; where no run goes on it is only shown."""
        if self._state in (State.RUNNING, State.STOPPING):
            self._recorded().event(self._clock_s(), kind, text)
        else:
            self._notice = safe(hide(text))
            self._changed()

    def take(self, interval: Interval) -> None:
        """Take in what the engine measured."""
        if self._state not in (State.RUNNING, State.STOPPING):
            return
        recording = self._recorded()
        news = recording.take(interval)
        self._pulse.told()
        if self._state is State.RUNNING:
            self._pulse.heard()
            for kind, text in news:
                self.note(kind, text)
            self._look()
            self._seek()
        self._spawn(asyncio.to_thread(recording.sync))
        self._changed()

    def _fall_silent(self) -> None:
        """The engine is kept from its work, by a user's own file or by others on this machine."""
        text = f"the generator has not answered for {LONGEST_SILENCE_S:g} s: this phase cannot be judged"
        self.note(EventKind.STALL, text)
        self._changed()

    def _take_sample(self, sample: TargetSample) -> None:
        if self._state is State.RUNNING:
            for text in self._recorded().take_sample(sample):
                self.note(EventKind.WARNING, text)
            self._look()

    def _look(self) -> None:
        """See whether a guard has tripped, and end the run where it is to end."""
        guards = self._recorded().run.guards.view()
        for guard in self._watch.news(guards):
            self._recorded().event(self._clock_s(), EventKind.BREACH, guard.text, guard=guard.name)
        fatal = stopping(guards)
        broken = self._recorded().run.fatal_breach()
        if self._is_ending or (fatal is None and broken is None):
            return
        self._is_ending = True
        if fatal is not None:
            self._spawn(self.stop(fatal.text, by_guard=True))
        elif broken is not None:
            self._spawn(self.stop(f"limit broken: {broken.subject} {broken.rule.text}"))

    def _seek(self) -> None:
        """Let the search go on, where the load that is held has told enough."""
        step, seeker, run = self._plan.step, self._seeker, self._recorded().run
        if step is not None and seeker is not None and not self._is_ending and seeker.has_told_enough(run):
            move = seeker.move(run, self._plan.end_s)
            self._spawn(self._time_is_over(step) if move is None else self._try(step, seeker, move))

    async def _try(self, step: Step, seeker: Seeker, move: Move) -> None:
        async with self._one_at_a_time:
            if self._state is State.RUNNING and self._seeker is seeker:
                await self._apply(step, move.users, EventKind.SWITCH, move.text, by_key=False, search=move.step)

    async def _begin(self, ahead: list[Step], by_key: bool = False) -> None:
        if self._must_confirm:
            host = host_of(self._setup.target.host)
            raise UsageError(f"{host} is not this machine: nothing is sent there before its name is typed")
        if self.is_stuck:
            raise UsageError("a task of the last run never gives way and keeps the generator: quit, and start anew")
        self._recording, self._saved, self._plan = None, None, Plan(self._setup.scenarios)
        self._baseline = None
        try:
            look = self._scout.look(ahead, lambda text: self._set(State.STARTING, text))
            survey = await look
            self._baseline, doubt = await baseline_of(self._setup)
            await self._open(ahead, survey, by_key)
            if doubt:
                self.note(EventKind.WARNING, doubt)
        except asyncio.CancelledError:
            self._set(State.IDLE, "stopped before the load began")
        except Exception as error:
            self._set(State.IDLE, str(error) or type(error).__name__)
            raise

    async def _open(self, ahead: list[Step], survey: Survey, by_key: bool) -> None:
        """Begin the run; what has begun is not called off half-way, but stopped like any run."""
        self._recording = self._new_recording(ahead[0].scenario.name)
        self._began_s = monotonic()
        self._phase, self._key_s = 0, float("-inf")
        self._watch, self._is_ending = Watch(), False
        await asyncio.wrap_future(self._engine.begin(self._began_s))
        target = self._setup.target
        probe = MemoryProbe(
            target.host,
            clock=self._clock_s,
            on_sample=self._take_sample,
            ca_file=target.ca_file,
            addresses=target.addresses,
        )
        self._probe = asyncio.ensure_future(probe.run())
        self._set(State.RUNNING)
        self._pulse.heard()
        if target.is_remote:
            self.note(EventKind.NOTE, f"the target is not this machine: {target.host} at {', '.join(target.addresses)}")
        self._longest = self._loop.call_later(self._setup.guard.max_duration_s, self._last_too_long)
        for text in survey.notes:
            self.note(EventKind.NOTE, text)
        self._plan.replace(ahead)
        await self._next_step(by_key)

    def _new_recording(self, scenario: str) -> Recording:
        started_at = utc_now()
        folder = store.create_folder(self._setup.runs_dir, started_at, scenario)
        header = Header(
            schema=SCHEMA,
            run=folder.name,
            host=self._setup.target.host,
            started_at=started_at.isoformat(timespec="seconds"),
            versions=self._setup.versions,
            user_classes=sorted(self._setup.classes),
            guards=self._setup.guard.limits,
            config=self._setup.config,
        )
        return Recording(folder, header)

    async def _next_step(self, by_key: bool = False) -> bool:
        """Begin the next step of the plan; false where nothing follows."""
        coming = self._plan.coming()
        if not coming:
            return False
        if self._scout.needs_warm_up(coming[0]):
            self._spawn(self._warm_up(coming[0], self._wishes, by_key))
            return True
        before, step = self._plan.step, self._plan.advance(self._clock_s())
        self._seeker = None if step.scenario.search is None else Seeker(step.scenario)
        name, pace = step.scenario.name, f"users at {step.spawn_rate:g}/s"
        if step.requests_per_second is not None:
            pace += f", {step.requests_per_second:g} requests/s"
        if before is None:
            text = f"{name}: {step.users} {pace}"
        else:
            text = f"{before.scenario.name} → {name}, {self._users} → {step.users} {pace}"
        search = None
        if self._seeker is not None:
            search = self._seeker.first()
            text += f", the first of a search up to {step.scenario.users}"
        await self._apply(step, step.users, EventKind.SWITCH, text, by_key, search)
        self._disarm()
        if step.duration_s is not None:
            self._timer = self._loop.call_later(step.duration_s, lambda: self._spawn(self._time_is_over(step)))
        return True

    async def _warm_up(self, step: Step, wish: int, by_key: bool) -> None:
        """Warm the target up for a step, then begin it; meanwhile the load goes on and takes every command."""
        if wish != self._wishes or self._scout.is_looking:
            return
        self.note(EventKind.NOTE, f"{WARMING_UP}; {step.scenario.name} follows")
        self._changed()
        await self._scout.warm_up()
        async with self._one_at_a_time:
            if self._state is State.RUNNING and wish == self._wishes:
                await self._next_step(by_key)

    async def _apply(
        self, step: Step, users: int, kind: EventKind, text: str, by_key: bool, search: SearchStep | None = None
    ) -> None:
        now_s = self._clock_s()
        if not (by_key and now_s - self._key_s <= ONE_CHANGE_S):
            self._phase += 1
        if by_key:
            self._key_s = now_s
        start = replace(
            step.phase_start(self._phase, users, now_s),
            scenario_start_s=self._plan.start_s,
            scenario_end_s=self._plan.end_s,
            search=search,
            lead_s=0.0 if search is None else search.lead_s,
        )
        # Recorded before it is applied, so that the phase is known when its first asks come in.
        self._recorded().event(now_s, kind, text, start)
        self._users = users
        try:
            await self._pulse.answer(self._engine.apply(start))
        except Stuck:
            await self._end("the generator does not answer")
        self._changed()

    async def _time_is_over(self, step: Step) -> None:
        async with self._one_at_a_time:
            if self._state is not State.RUNNING or self._plan.step is not step:
                return
            self._seeker = None
            if not (await self._next_step() or self._plan.hold()):
                await self._end("finished")

    async def _end(self, reason: str, by_guard: bool = False, hurry: bool = False) -> None:
        recording = self._recorded()
        self._end_clock()
        self._seeker = None
        self._pulse.end()
        recording.event(self._clock_s(), EventKind.STOP, reason)
        self._set(State.STOPPING)
        try:
            files_left = await self._pulse.answer(self._engine.stop(hurry))
        except Stuck:
            self.note(EventKind.WARNING, "the users could not be stopped: a task never gives way")
        else:
            if files_left:
                self.note(EventKind.WARNING, f"{files_left} uploaded files are left on the target")
        if self._probe is not None:
            self._probe.cancel()
            await asyncio.wait([self._probe])
        recording.end(self._clock_s(), reason, by_guard)
        self._set(State.ENDED)

    def _wish(self) -> int:
        """The number of a new wish."""
        self._wishes += 1
        return self._wishes

    def _spawn(self, work: Coroutine[Any, Any, Any]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._over)

    def _over(self, task: asyncio.Future[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self._loop.call_exception_handler({"message": "a part of the session failed", "exception": error})

    def _last_too_long(self) -> None:
        longest = words.duration(self._setup.guard.max_duration_s)
        self._spawn(self.stop(f"a run lasts at most {longest} ([guard] max_duration)", by_guard=True))

    def _end_clock(self) -> None:
        self._disarm()
        if self._longest is not None:
            self._longest.cancel()
            self._longest = None

    def _disarm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _must_run(self) -> Step:
        if self._state is not State.RUNNING or self._plan.step is None:
            raise UsageError("no load is running: press a scenario's number to start one")
        return self._plan.step

    def _recorded(self) -> Recording:
        if self._recording is None:
            raise UsageError("there is no run yet: press a scenario's number to start one")
        return self._recording

    def _clock_s(self) -> float:
        """Seconds since the run began."""
        return monotonic() - self._began_s

    def _set(self, state: State, notice: str = "") -> None:
        self._state, self._notice = state, safe(hide(notice))
        self._changed()
