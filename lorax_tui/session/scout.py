"""What is found out about the target before load goes there; its first-time costs are in no figure."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, TypeVar

from lorax_tui.engine.survey import Survey
from lorax_tui.engine.thread import Engine
from lorax_tui.session.plan import Step
from lorax_tui.session.setup import Setup
from lorax_tui.target.preflight import preflight

T = TypeVar("T")

WARMING_UP = "warming up: the first layout on a cold backend takes up to 20 s"


class Scout:
    """Looks at the target ahead of the load."""

    def __init__(self, setup: Setup, engine: Engine) -> None:
        self._setup = setup
        self._engine = engine
        self._is_warm = False
        self._looking: asyncio.Task[Any] | None = None

    @property
    def is_looking(self) -> bool:
        """Whether a look or a warm-up is under way."""
        return self._looking is not None

    async def look(self, ahead: Sequence[Step], say: Callable[[str], None]) -> Survey:
        """See that the target is usable and what can be measured there, and warm it up where that is needed.

        Raises:
            TargetError: it is not usable.
        """
        return await self._until_called_off(self._look(ahead, say))

    async def warm_up(self) -> None:
        """Ask once for what takes seconds the first time, and forget how long that took."""
        await self._until_called_off(self._warm_up())

    def call_off(self) -> bool:
        """End the look or the warm-up that is under way, at once; whether there was one."""
        looking, self._looking = self._looking, None
        if looking is None or not looking.cancel():
            return False
        self._engine.give_up()
        return True

    def needs_warm_up(self, step: Step) -> bool:
        """Whether the step's users ask for what takes seconds the first time, and nobody has asked for it yet."""
        return not self._is_warm and any(self._setup.classes[name].needs_warm_up for name in step.scenario.mix)

    async def _look(self, ahead: Sequence[Step], say: Callable[[str], None]) -> Survey:
        target = self._setup.target
        say(f"looking at {target.host}")
        await preflight(target)
        if self._setup.crew is not None:
            address = self._setup.crew.address
            say("waiting for workers" + (f" at {address}" if address else ""))
        await asyncio.wrap_future(self._engine.muster())
        say("looking at its Socket.IO side")
        survey = await asyncio.wrap_future(self._engine.survey())
        self._is_warm = False
        if any(map(self.needs_warm_up, ahead)):
            say(WARMING_UP)
            await self._warm_up()
        return survey

    async def _warm_up(self) -> None:
        await asyncio.wrap_future(self._engine.warm_up())
        self._is_warm = True

    async def _until_called_off(self, work: Coroutine[Any, Any, T]) -> T:
        looking: asyncio.Task[T] = asyncio.ensure_future(work)
        self._looking = looking
        try:
            return await looking
        finally:
            if self._looking is looking:
                self._looking = None
