"""The engine: Locust in one native thread with a gevent hub of its own, steered from other threads.

    in:   every method here may be called from any thread; it runs in the hub and answers through a Future
    out:  `on_interval`, called in the engine's thread with each finished Interval; `on_failure`, if none can follow

Nothing else crosses: a runner's method called from another thread would run its users there.
"""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from traceback import walk_tb
from types import TracebackType
from typing import Any, ParamSpec, TypeVar

import gevent
import locust
from gevent.event import Event
from locust.env import Environment
from locust.stats import RequestStats

from lorax_tui.engine.beat import Beat
from lorax_tui.engine.context import Context
from lorax_tui.engine.dispatch import MixDispatcher, Plan
from lorax_tui.engine.pacing import Pacer
from lorax_tui.engine.recorder import Ask, Recorder
from lorax_tui.engine.runner import SteadyRunner
from lorax_tui.engine.survey import Survey, survey, warm_up
from lorax_tui.model.records import Interval, PhaseStart
from lorax_tui.model.scenario import Target
from lorax_tui.model.tally import Outcome

P = ParamSpec("P")
T = TypeVar("T")

THREAD = "engine"
"""Name of the engine's thread."""

STOP_TIMEOUT_S = 2.0
"""What a user that is told to stop has to finish its ask."""

HURRIED_STOP_S = 0.3
"""The same where somebody waits who does not wait long, as one who sends signals."""

SWITCH_INTERVAL_S = 0.0001
"""How long the screen's thread may hold the interpreter while the engine waits: it lands in the latencies, once for
each of the three or four calls of the system that a request makes."""

log = logging.getLogger(__name__)


class Engine:
    """Owns the thread, the hub, Locust's environment and runner, and the recorder."""

    def __init__(
        self,
        target: Target,
        user_classes: Sequence[type[locust.User]],
        on_interval: Callable[[Interval], None],
        on_failure: Callable[[BaseException], None] = lambda error: None,
    ) -> None:
        self.context = Context(target)
        self._user_classes = list(user_classes)
        self._on_interval = on_interval
        self._on_failure = on_failure
        self._plan = Plan()
        self._errand: gevent.Greenlet | None = None
        self._ready = threading.Event()
        self._failure: BaseException | None = None
        self._thread = threading.Thread(target=self._main, name=THREAD, daemon=True)

    def start(self) -> None:
        """Start the thread and wait until it takes commands."""
        sys.setswitchinterval(SWITCH_INTERVAL_S)
        self._thread.start()
        self._ready.wait()
        if self._failure is not None:
            raise self._failure

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
        return self._call(self._begin, began_s)

    def apply(self, start: PhaseStart) -> Future[None]:
        """Begin a phase: go to its users and mix at its spawn rate, in place of any ramp under way."""
        return self._call(self._apply, start)

    def stop(self, hurry: bool = False) -> Future[int]:
        """Stop all users; done when the last has ended and the last interval was handed out.

        Args:
            hurry: whether users get next to no time to finish their asks.

        Returns:
            How many uploaded files the run leaves behind on the target.
        """
        return self._call(self._stop, HURRIED_STOP_S if hurry else STOP_TIMEOUT_S)

    def close(self) -> None:
        """Stop whatever runs and end the thread; a second call does nothing."""
        if not self._thread.is_alive():
            return
        self._call(self._quit)
        self._thread.join(timeout=2 * STOP_TIMEOUT_S + 2)

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
        self._runner.greenlet.kill(block=True, timeout=1)
        self._beat.close()
        self._hub.destroy(destroy_loop=True)

    def _set_up(self) -> None:
        self._hub = gevent.get_hub()
        self._hub.print_exception = _log_exception
        self._over = Event()
        self._environment = Environment(
            user_classes=self._user_classes,
            events=locust.events,
            host=self.context.target.host,
            stop_timeout=STOP_TIMEOUT_S,
            dispatcher_class=lambda worker_nodes, user_classes: MixDispatcher(self._plan, worker_nodes, user_classes),
        )
        self._environment.lorax = self.context
        self._environment.stats = RequestStats(use_response_times_cache=False)
        self._runner: SteadyRunner = self._environment._create_runner(SteadyRunner, self._plan)
        self._beat = Beat(self.context, self._runner, self._on_interval, self._on_failure)
        self._environment.events.spawning_complete.add_listener(self._beat.on_spawning_complete)
        self._environment.events.user_error.add_listener(self._count_exception)

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

    def _begin(self, began_s: float) -> None:
        self.context.recorder, self.context.pacer = Recorder(), Pacer(began_s)
        if self._environment.events.request._handlers:
            self.context.recorder.on_end = self._tell_listeners
        self.context.files_left = 0
        self._beat.begin(began_s)

    def _apply(self, start: PhaseStart) -> None:
        self._beat.change(start)
        self._plan.mix = dict(start.mix)
        self._runner.start(start.users, start.spawn_rate)

    def _stop(self, timeout_s: float = STOP_TIMEOUT_S) -> int:
        self.context.pacer.end()
        self._environment.stop_timeout = timeout_s
        try:
            self._runner.stop()
        finally:
            self._environment.stop_timeout = STOP_TIMEOUT_S
        self._beat.end()
        return self.context.files_left

    def _quit(self) -> None:
        try:
            self._stop()
        finally:
            self._over.set()

    def _count_exception(
        self, user_instance: locust.TaskSet, exception: Exception, tb: TracebackType, **_: Any
    ) -> None:
        """A task raised; Locust logs it and goes on with the next. What it calls a user is the set of tasks."""
        user = user_instance.user
        if user.environment is self._environment:
            self.context.recorder.raised(f"{type(user).__name__}.{_task_of(tb)}", exception)

    def _tell_listeners(self, ask: Ask, outcome: Outcome, elapsed_ms: float, message: str) -> None:
        """What a user's own file listens to with `@events.request.add_listener`."""
        self._environment.events.request.fire(
            request_type=ask.key[2],
            name=ask.key[3],
            response_time=elapsed_ms,
            response_length=0,
            exception=None if outcome is Outcome.OK else RuntimeError(message or outcome),
            context={},
        )


def _task_of(traceback: TracebackType) -> str:
    """The function that Locust called as a task; of what is raised elsewhere, that."""
    functions = [frame.f_code.co_name for frame, _ in walk_tb(traceback)]
    inside = functions[functions.index("execute_task") + 1 :] if "execute_task" in functions else []
    return (inside or functions[-1:])[0]


def _log_exception(context: object, kind: type[BaseException], value: BaseException, traceback: Any) -> None:
    """What gevent would print onto the screen goes to the log."""
    log.error("%s in %s", value or kind.__name__, context, exc_info=(kind, value, traceback))
