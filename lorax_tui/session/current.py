"""A run that goes on: its record, its load, the probe and the guards that watch over it, and what happens by itself.

Knows the engine, the target and the recording; not the operator, with whose commands it takes turns.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from time import monotonic

from lorax_tui.engine.thread import Engine
from lorax_tui.model import format as words
from lorax_tui.model.records import CRASH, EventKind, Interval, TargetSample
from lorax_tui.session.load import Change, Load
from lorax_tui.session.news import standstills
from lorax_tui.session.plan import Step
from lorax_tui.session.pulse import LONGEST_SILENCE_S, Pulse, Stuck
from lorax_tui.session.recording import Recording
from lorax_tui.session.scout import WARMING_UP, Scout
from lorax_tui.session.seeker import Move, Seeker
from lorax_tui.session.setup import Setup
from lorax_tui.session.turns import Turns
from lorax_tui.session.view import SessionView, State
from lorax_tui.session.watch import Watch
from lorax_tui.target.probe import MemoryProbe

LOOKS_AFTER_S = 1.5
"""What the target tells of itself is looked at only then: by that time, the engine has told of the same time."""

LONGEST_CRASH_S = 5.0
"""How long a run that must end at once waits for its users."""


class CurrentRun:
    """One run, from its first step to its end; `say` is told of each state, `changed` of whatever else can be seen.

    `begin`, `switch`, `adjust`, `end` and `crash` are called by whoever has the turn.
    """

    def __init__(
        self,
        setup: Setup,
        engine: Engine,
        scout: Scout,
        turns: Turns,
        recording: Recording,
        say: Callable[[State], None],
        changed: Callable[[], None],
    ) -> None:
        self._setup = setup
        self._engine = engine
        self._scout = scout
        self._turns = turns
        self._say = say
        self._changed = changed
        self._loop = asyncio.get_running_loop()
        self._began_s = monotonic()
        self.recording = recording
        self.load = Load(setup.scenarios, setup.guard.max_users)
        self.pulse = Pulse(self._fall_silent)
        self.watch = Watch(recording, self.clock_s)
        self._is_on = False
        """Whether users are at work, and nobody has begun to stop them."""
        self._probe: asyncio.Task[None] | None = None
        self._step_over: asyncio.TimerHandle | None = None
        self._longest: asyncio.TimerHandle | None = None

    def clock_s(self) -> float:
        """Seconds since the run began."""
        return monotonic() - self._began_s

    def shown_in(self, view: SessionView) -> SessionView:
        """The session's picture, with this run in it."""
        recording, plan = self.recording, self.load.plan
        return replace(
            view,
            scenario=None if plan.step is None else plan.step.scenario.name,
            scenario_start_s=plan.start_s,
            scenario_end_s=plan.end_s,
            elapsed_s=self.clock_s(),
            run=recording.run.view(),
            folder=recording.folder,
            trouble=recording.trouble,
        )

    async def begin(self, ahead: list[Step], notes: Sequence[str], by_key: bool) -> None:
        """Begin the first step; `notes` are what was found out about the target."""
        await asyncio.wrap_future(self._engine.begin(self._began_s))
        target = self._setup.target
        probe = MemoryProbe(
            target.host,
            clock=self.clock_s,
            on_sample=self._take_sample,
            ca_file=target.ca_file,
            addresses=target.addresses,
            quotes=self._setup.crew is None,
        )
        self._probe = asyncio.ensure_future(probe.run())
        self._is_on = True
        self._say(State.RUNNING)
        self.pulse.heard()
        if target.is_remote:
            self.note(EventKind.NOTE, f"the target is not this machine: {target.host} at {', '.join(target.addresses)}")
        self._longest = self._loop.call_later(self._setup.guard.max_duration_s, self._last_too_long)
        for text in notes:
            self.note(EventKind.NOTE, text)
        await self.switch(ahead, by_key)

    async def switch(self, ahead: list[Step], by_key: bool) -> None:
        """Go over to these steps, instead of what was to follow."""
        self.load.plan.replace(ahead)
        await self._next_step(by_key)

    async def adjust(self, users_delta: int) -> None:
        """Want more users, or fewer."""
        await self._apply(self.load.adjust(users_delta, self.clock_s()))

    async def end(self, reason: str, by_guard: bool = False, hurry: bool = False, told: str = "") -> None:
        """Stop the load, and close the record when the last user has ended; the events say `told`, or the reason."""
        self._be_off()
        self.note(EventKind.STOP, told or reason)
        self._say(State.STOPPING)
        try:
            files_left = await self.pulse.answer(self._engine.stop(hurry))
        except Stuck:
            self.note(EventKind.WARNING, "the users could not be stopped: a task never gives way")
        else:
            if files_left:
                self.note(EventKind.WARNING, f"{files_left} uploaded files are left on the target")
        if self._probe is not None:
            await asyncio.wait([self._probe])
        self.recording.end(self.clock_s(), reason, by_guard)
        self._say(State.ENDED)

    async def crash(self) -> None:
        """End at once, as something of ours has failed; what was measured is kept."""
        self._be_off()
        with suppress(Exception):  # it may be the engine that failed
            await asyncio.wait_for(asyncio.wrap_future(self._engine.stop()), LONGEST_CRASH_S)
        with suppress(Exception):  # or the fold; the journal ends before that
            self.recording.end(self.clock_s(), CRASH)

    def take(self, interval: Interval) -> None:
        """Take in what the engine measured."""
        news = self.recording.take(interval)
        for kind, text in standstills(interval):
            self.note(kind, text)
        self.pulse.told()
        if self._is_on:
            self.pulse.heard()
            for kind, text in news:
                self.note(kind, text)
            self._look()
            self._seek()
        self._turns.soon(asyncio.to_thread(self.recording.sync))

    def note(self, kind: EventKind, text: str) -> None:
        """Record that something happened."""
        self.recording.event(self.clock_s(), kind, text)

    async def _next_step(self, by_key: bool = False) -> bool:
        """Begin the next step of the plan; false where nothing follows."""
        coming = self.load.coming()
        if coming is None:
            return False
        if self._scout.needs_warm_up(coming):
            self._turns.soon(self._warm_up(coming, self._turns.latest_wish, by_key))
            return True
        step, change = self.load.go_on(self.clock_s(), by_key)
        await self._apply(change)
        if self._step_over is not None:
            self._step_over.cancel()
        if step.duration_s is not None:
            self._step_over = self._loop.call_later(step.duration_s, lambda: self._turns.soon(self._time_is_over(step)))
        return True

    async def _warm_up(self, step: Step, wish: int, by_key: bool) -> None:
        """Warm the target up for a step, then begin it; meanwhile the load goes on and takes every command."""
        if wish != self._turns.latest_wish or self._scout.is_looking:
            return
        self.note(EventKind.NOTE, f"{WARMING_UP}; {step.scenario.name} follows")
        self._changed()
        await self._scout.warm_up()
        async with self._turns:
            if self._is_on and wish == self._turns.latest_wish:
                await self._next_step(by_key)

    async def _apply(self, change: Change) -> None:
        # Recorded before it is applied, so that the phase is known when its first asks come in.
        self.recording.event(change.at_s, change.kind, change.text, change.start)
        try:
            await self.pulse.answer(self._engine.apply(change.start))
        except Stuck:
            await self.end("the generator does not answer")
        self._changed()

    async def _time_is_over(self, step: Step) -> None:
        async with self._turns:
            if not self._is_on or self.load.plan.step is not step:
                return
            self.load.seeker = None
            if not (await self._next_step() or self.load.plan.hold()):
                await self.end("finished")

    def _seek(self) -> None:
        """Let the search go on, where the load that is held has told enough."""
        step, seeker, run = self.load.plan.step, self.load.seeker, self.recording.run
        if step is not None and seeker is not None and not self.watch.is_ending and seeker.has_told_enough(run):
            move = seeker.move(run, self.load.plan.end_s)
            self._turns.soon(self._time_is_over(step) if move is None else self._try(step, seeker, move))

    async def _try(self, step: Step, seeker: Seeker, move: Move) -> None:
        async with self._turns:
            if self._is_on and self.load.seeker is seeker:
                await self._apply(self.load.try_out(step, move, self.clock_s()))

    def _look(self) -> None:
        """See whether the run is to end by itself."""
        ending = self.watch.look()
        if ending is not None:
            self._turns.soon(self._stop(ending.reason, ending.by_guard, ending.told))

    async def _stop(self, reason: str, by_guard: bool, told: str = "") -> None:
        """End it in its turn; nobody wishes for anything else any more."""
        self._turns.wish()
        self._scout.call_off()
        async with self._turns:
            if self._is_on:
                await self.end(reason, by_guard, told=told)

    def _take_sample(self, sample: TargetSample) -> None:
        if self._is_on:
            for text in self.recording.take_sample(sample):
                self.note(EventKind.WARNING, text)
            # Not at once: where this program was stopped for a while, its next interval tells so first.
            self._loop.call_later(LOOKS_AFTER_S, self._look_again)

    def _look_again(self) -> None:
        if self._is_on:
            self._look()

    def _fall_silent(self) -> None:
        """The engine is kept from its work, by a user's own file or by others on this machine."""
        text = f"the generator has not answered for {LONGEST_SILENCE_S:g} s: this phase cannot be judged"
        self.note(EventKind.STALL, text)
        self._changed()

    def _last_too_long(self) -> None:
        longest = words.duration(self._setup.guard.max_duration_s)
        self._turns.soon(self._stop(f"a run lasts at most {longest} ([guard] max_duration)", by_guard=True))

    def _be_off(self) -> None:
        """From now on nothing happens by itself."""
        self._is_on = False
        self.pulse.end()
        for expected in (self._probe, self._step_over, self._longest):
            if expected is not None:
                expected.cancel()
