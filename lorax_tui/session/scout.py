"""What is found out about the target before load goes there; its first-time costs are in no figure."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from lorax_tui.engine.survey import Survey
from lorax_tui.engine.thread import Engine
from lorax_tui.session.plan import Step
from lorax_tui.session.setup import Setup
from lorax_tui.target.preflight import preflight

WARMING_UP = "warming up: the first layout on a cold backend takes up to 20 s"


class Scout:
    """Looks at the target ahead of the load."""

    def __init__(self, setup: Setup, engine: Engine) -> None:
        self._setup = setup
        self._engine = engine
        self._is_warm = False

    async def look(self, ahead: Sequence[Step], say: Callable[[str], None]) -> Survey:
        """See that the target is usable and what can be measured there, and warm it up where that is needed.

        Raises:
            TargetError: it is not usable.
        """
        target = self._setup.target
        say(f"looking at {target.host}")
        await preflight(target)
        say("looking at its Socket.IO side")
        survey = await asyncio.wrap_future(self._engine.survey())
        self._is_warm = False
        if any(map(self.needs_warm_up, ahead)):
            say(WARMING_UP)
            await self.warm_up()
        return survey

    def needs_warm_up(self, step: Step) -> bool:
        """Whether the step's users ask for what takes seconds the first time, and nobody has asked for it yet."""
        return not self._is_warm and any(self._setup.classes[name].needs_warm_up for name in step.scenario.mix)

    async def warm_up(self) -> None:
        """Ask for it once, and forget how long that took."""
        await asyncio.wrap_future(self._engine.warm_up())
        self._is_warm = True
