"""Drives the dashboard without a terminal, and reads what it shows."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from textual.pilot import Pilot

from lorax_tui.session.view import SessionView
from lorax_tui.ui.app import LoraxApp
from lorax_tui.ui.widgets.panel import Panel
from tests.ui.fake import FakeSession

SIZES = [(120, 40), (80, 24), (60, 15), (59, 14), (200, 60)]


@dataclass
class Driven:
    """A running dashboard."""

    app: LoraxApp
    session: FakeSession
    pilot: Pilot[None]

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)

    async def show(self, view: SessionView) -> None:
        self.session.view = view
        self.app.tick()
        await self.pilot.pause()

    def text(self) -> str:
        """The whole screen."""
        strips = self.app.screen._compositor.render_strips()
        return "\n".join("".join(segment.text for segment in strip) for strip in strips)

    def panel(self, selector: str) -> Panel:
        return self.app.screen_stack[0].query_one(selector, Panel)

    def shown(self, selector: str) -> bool:
        panel = self.panel(selector)
        return panel.region.area > 0 and all(
            node.display for node in panel.ancestors_with_self if hasattr(node, "display")
        )

    async def until(self, holds: Callable[[], object], within_s: float = 5.0) -> None:
        """Wait for something to become true."""
        deadline = time.monotonic() + within_s
        while not holds():
            assert time.monotonic() < deadline, f"not within {within_s} s:\n{self.text()}"
            await self.pilot.pause()
            await asyncio.sleep(0.01)


@asynccontextmanager
async def dashboard(view: SessionView | None = None, size: tuple[int, int] = (120, 40)) -> AsyncIterator[Driven]:
    """The app on a fake session."""
    session = FakeSession(view)
    app = LoraxApp(session)
    async with app.run_test(size=size, notifications=True) as pilot:
        await pilot.pause()
        driven = Driven(app, session, pilot)
        await driven.until(lambda: app._drawn is session.view)
        yield driven
