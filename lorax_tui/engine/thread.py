"""The engine: Locust in one native thread with a gevent hub of its own, steered from other threads.

    in:   every method here may be called from any thread; it runs in the hub and answers through a Future
    out:  `on_interval`, called in the engine's thread with each finished Interval; `on_failure`, if none can follow;
          `on_news`, with what became of a worker

Nothing else crosses: a runner's method called from another thread would run its users there.
"""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from typing import Any, ParamSpec, TypeVar

import gevent
import locust
from gevent.event import Event

from lorax_tui.engine import THREAD
from lorax_tui.engine.abode import Abode, OwnProcess
from lorax_tui.engine.context import Context
from lorax_tui.engine.crew.abode import Crew
from lorax_tui.engine.crew.processes import Processes
from lorax_tui.engine.home import STOP_TIMEOUT_S
from lorax_tui.engine.survey import Survey, survey, warm_up
from lorax_tui.model.crew import CrewPlan
from lorax_tui.model.records import EventKind, Interval, PhaseStart
from lorax_tui.model.scenario import Target

P = ParamSpec("P")
T = TypeVar("T")

HURRIED_STOP_S = 0.3
"""The same where somebody waits who does not wait long, as one who sends signals."""

SWITCH_INTERVAL_S = 0.0001
"""How long the screen's thread may hold the interpreter while the engine waits: it lands in the latencies, once for
each of the three or four calls of the system that a request makes."""

log = logging.getLogger(__name__)


class Engine:
    """Owns the thread, the hub, and the place where users live: this process, or a crew of workers."""

    def __init__(
        self,
        target: Target,
        user_classes: Sequence[type[locust.User]],
        on_interval: Callable[[Interval], None],
        on_failure: Callable[[BaseException], None] = lambda error: None,
        crew: CrewPlan | None = None,
        on_news: Callable[[EventKind, str], None] = lambda kind, text: None,
    ) -> None:
        """
        Args:
            crew: the workers that users live in; `None`: they live in the engine's thread.
        """
        self.context = Context(target)
        self._user_classes = list(user_classes)
        self._on_interval = on_interval
        self._on_failure = on_failure
        self._on_news = on_news
        self._plan = crew
        self._processes = None if crew is None else Processes(crew)
        self._errand: gevent.Greenlet | None = None
        self._ready = threading.Event()
        self._failure: BaseException | None = None
        self._thread = threading.Thread(target=self._main, name=THREAD, daemon=True)

    def start(self) -> None:
        """Start the thread and wait until it takes commands; call it in the main thread, which outlives all others.

        Raises:
            UsageError: the crew cannot be listened for at that address.
        """
        if self._processes is None:
            sys.setswitchinterval(SWITCH_INTERVAL_S)
        self._thread.start()
        self._ready.wait()
        if self._failure is not None:
            raise self._failure
        if self._processes is not None:
            # Here and not in the engine's thread: the kernel ends a worker with the thread that started it.
            self._processes.start(self._port)

    def muster(self) -> Future[None]:
        """Wait until all workers that the run wants are here; at once where there are none."""
        return self._call(self._on_errand, self._abode.muster)

    def survey(self) -> Future[Survey]:
        """Find out over Socket.IO what can be measured at the target, before there is any load."""
        return self._call(self._on_errand, survey, self.context)

    def warm_up(self) -> Future[None]:
        """One discarded load and layout, so that the target's first-time costs are in no figure."""
        return self._call(self._on_errand, warm_up, self.context)

    def give_up(self) -> Future[None]:
        """End a survey or a warm-up that is under way: nobody waits for it any more."""
        return self._call(self._give_up)

    def begin(self, began_s: float) -> Future[None]:
        """Begin a run whose clock counts from `began_s` (monotonic); intervals come from now on."""
        return self._call(self._abode.begin, began_s)

    def apply(self, start: PhaseStart) -> Future[None]:
        """Begin a phase: go to its users and mix at its spawn rate, in place of any ramp under way."""
        return self._call(self._abode.apply, start)

    def stop(self, hurry: bool = False) -> Future[int]:
        """Stop all users; done when the last has ended and the last interval was handed out.

        Args:
            hurry: whether users get next to no time to finish their asks.

        Returns:
            How many uploaded files the run leaves behind on the target.
        """
        return self._call(self._abode.stop, HURRIED_STOP_S if hurry else STOP_TIMEOUT_S)

    def users(self) -> Future[Mapping[str, int]]:
        """The users that run now, by class."""
        return self._call(self._abode.users)

    def close(self) -> None:
        """Stop whatever runs and end the thread; a second call does nothing."""
        if not self._thread.is_alive():
            return
        self._call(self._quit)
        self._thread.join(timeout=2 * STOP_TIMEOUT_S + 2)
        if self._processes is not None:
            self._processes.end()

    def _call(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        future: Future[T] = Future()

        def run() -> None:
            if not future.set_running_or_notify_cancel():
                return
            try:
                future.set_result(function(*args, **kwargs))
            except Exception as error:
                future.set_exception(error)
            except gevent.GreenletExit as error:
                future.set_exception(error)

        self._hub.loop.run_callback_threadsafe(gevent.spawn, run)
        return future

    def _main(self) -> None:
        try:
            self._set_up()
        except BaseException as error:
            self._failure = error
            return
        finally:
            self._ready.set()
        self._over.wait()
        self._abode.close()
        self._hub.destroy(destroy_loop=True)

    def _set_up(self) -> None:
        self._hub = gevent.get_hub()
        self._hub.print_exception = _log_exception
        self._over = Event()
        self._abode: Abode
        if self._plan is None or self._processes is None:
            self._abode = OwnProcess(self.context, self._user_classes, self._on_interval, self._on_failure)
        else:
            crew = Crew(
                self.context,
                self._user_classes,
                self._plan,
                self._processes,
                self._on_interval,
                self._on_failure,
                self._on_news,
            )
            self._abode, self._port = crew, crew.port

    def _on_errand(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        self._errand = gevent.getcurrent()
        try:
            return function(*args, **kwargs)
        finally:
            if self._errand is gevent.getcurrent():  # and not the one that follows an errand that was given up
                self._errand = None

    def _give_up(self) -> None:
        if self._errand is not None:
            self._errand.kill(block=False)

    def _quit(self) -> None:
        try:
            self._abode.stop(STOP_TIMEOUT_S)
        finally:
            self._over.set()


def _log_exception(context: object, kind: type[BaseException], value: BaseException, traceback: Any) -> None:
    """What gevent would print onto the screen goes to the log."""
    log.error("%s in %s", value or kind.__name__, context, exc_info=(kind, value, traceback))
