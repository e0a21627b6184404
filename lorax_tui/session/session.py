"""The session as others see it: every method may be called from any thread.

Its own thread turns an asyncio loop in which the probe polls, the records are folded and written, and the scenarios'
time runs out. It never waits for whoever watches: after every interval it publishes one frozen view.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import Future
from contextlib import suppress
from pathlib import Path
from time import monotonic
from typing import Any, TypeVar

from lorax_tui.engine.thread import Engine
from lorax_tui.model.records import EventKind, Interval
from lorax_tui.model.scenario import Scenario
from lorax_tui.session.plan import steps
from lorax_tui.session.screen import ScreenCost
from lorax_tui.session.setup import Setup
from lorax_tui.session.steering import Steering
from lorax_tui.session.view import SessionView

T = TypeVar("T")

_log = logging.getLogger(__name__)


class Session:
    """Start, switch, adjust, stop, snapshot, close. Nothing is sent anywhere before a run starts."""

    def __init__(self, setup: Setup) -> None:
        classes = list(setup.classes.values())
        self._engine = Engine(setup.target, classes, self._on_interval, self._on_failure, setup.crew, self.note)
        self._setup = setup
        target = setup.target
        self._view = SessionView(
            host=target.host,
            addresses=target.addresses,
            is_remote=target.is_remote,
            must_confirm=target.is_remote and not setup.is_confirmed,
            scenarios=setup.scenarios,
        )
        self._screen = ScreenCost()
        self._published = threading.Condition()
        self._ready = threading.Event()
        self._failing: set[asyncio.Task[None]] = set()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), name="session", daemon=True)

    def open(self) -> None:
        """Start the engine's thread, its crew and the session's own thread; call it in the main one.

        Raises:
            UsageError: the crew cannot be listened for.
        """
        self._engine.start()
        self._thread.start()
        self._ready.wait()

    @property
    def view(self) -> SessionView:
        """The newest picture."""
        return self._view

    def wait(self, seen: SessionView, timeout_s: float) -> SessionView:
        """The newest picture, as soon as it is another than `seen`, or after `timeout_s`."""
        with self._published:
            self._published.wait_for(lambda: self._view is not seen, timeout_s)
        return self._view

    def run(self, scenarios: Sequence[Scenario]) -> Future[None]:
        """Start a run of scenarios that follow each other; done when the first one's load begins.

        Raises (through the future):
            TargetError: the target is not usable.
            RunError: the run's folder cannot be made.
            UsageError: a run goes on already.
        """
        return self._submit(lambda: self._steering.run(steps(scenarios)))

    def confirm(self, name: str) -> Future[None]:
        """The target is not this machine, and is meant all the same: this is its name.

        Raises (through the future):
            UsageError: it is not.
        """
        return self._submit(lambda: self._steering.confirm(name))

    def switch(self, name: str) -> Future[None]:
        """Go over to a scenario, or start a run with it where none goes on."""
        return self._submit(lambda: self._steering.switch(name))

    def adjust(self, users_delta: int) -> Future[None]:
        """Want more users, or fewer."""
        return self._submit(lambda: self._steering.adjust(users_delta))

    def stop(self, reason: str = "stopped", by_guard: bool = False, hurry: bool = False) -> Future[None]:
        """Stop the load and end the run; done when it is whole on disk. In a hurry, asks that hang are cut short."""
        return self._submit(lambda: self._steering.stop(reason, by_guard, hurry))

    def silence(self) -> Future[str]:
        """The guard that is about to end the run shall not; done with what was silenced."""
        return self._submit(lambda: self._steering.silence())

    def snapshot(self, picture: str | None = None) -> Future[Path]:
        """Save how things stand, with a picture (SVG) where there is one."""
        return self._submit(lambda: self._steering.snapshot(picture))

    def summary(self) -> Future[bytes]:
        """The summary of the run as it stands, as JSON; on disk or not."""
        return self._submit(lambda: self._steering.summary())

    def save_picture(self, picture: str, folder: Path) -> Future[Path]:
        """Keep the latest picture (SVG) of the screen with the run in that folder."""
        return self._submit(lambda: self._steering.save_picture(picture, folder))

    @property
    def is_stuck(self) -> bool:
        """Whether a task keeps the engine's thread for itself, so that it can end with the process alone."""
        return self._steering.is_stuck

    def note(self, kind: EventKind, text: str) -> None:
        """Record that something happened; never blocks."""
        self._soon(lambda: self._steering.note(kind, text))

    def drawn(self, cpu_ms: float) -> None:
        """Tell what the screen's thread has cost since its last tick."""
        self._screen = ScreenCost(cpu_ms, monotonic())

    def close(self, reason: str = "quit") -> None:
        """Stop whatever goes on and end both threads; a second call does nothing."""
        if self._thread.is_alive():
            with suppress(RuntimeError):
                asyncio.run_coroutine_threadsafe(self._close(reason), self._loop)
            self._thread.join()
        if not self.is_stuck:
            self._engine.close()

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._loop.set_exception_handler(lambda _, context: self._fail(context.get("exception"), context["message"]))
        self._over = asyncio.Event()
        self._steering = Steering(self._setup, self._engine, self._publish)
        self._ready.set()
        await self._over.wait()

    async def _close(self, reason: str) -> None:
        try:
            await self._steering.stop(reason)
        except Exception as error:
            _log.exception("a run could not be ended in good order")
            await self._steering.crash(error)
        finally:
            self._over.set()

    def _on_failure(self, error: BaseException) -> None:
        self._soon(lambda: self._fail(error, "the engine cannot measure any more"))

    def _fail(self, error: BaseException | None, where: str) -> None:
        """Something of ours failed that nobody waits for: the run cannot be trusted to go on."""
        _log.error("%s", where, exc_info=error)
        task = self._loop.create_task(self._steering.crash(error or RuntimeError(where)))
        self._failing.add(task)
        task.add_done_callback(self._failing.discard)

    def _submit(self, work: Callable[[], Coroutine[Any, Any, T]]) -> Future[T]:
        return asyncio.run_coroutine_threadsafe(work(), self._loop)

    def _soon(self, work: Callable[[], None]) -> None:
        with suppress(AttributeError, RuntimeError):  # before it opened or after it closed nobody listens
            self._loop.call_soon_threadsafe(work)

    def _on_interval(self, interval: Interval) -> None:
        self._soon(lambda: self._steering.take(self._screen.add_to(interval)))

    def _publish(self) -> None:
        view = self._steering.view()
        with self._published:
            self._view = view
            self._published.notify_all()
