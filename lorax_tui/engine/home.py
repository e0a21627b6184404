"""The process in which users live: Locust's environment for them, and what counts that which they do.

The same in the engine's own process and in a worker's. Lives in one thread only; knows nothing of who steers.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Sequence
from traceback import walk_tb
from types import TracebackType
from typing import Any

import locust
from locust.env import Environment
from locust.stats import RequestStats

from lorax_tui.engine.context import Context
from lorax_tui.engine.pacing import Pacer
from lorax_tui.engine.recorder import Ask, Recorder
from lorax_tui.model.tally import Outcome

STOP_TIMEOUT_S = 2.0
"""What a user that is told to stop has to finish its ask."""


class Home:
    """An environment, and the context that its users share."""

    def __init__(
        self, context: Context, user_classes: Sequence[type[locust.User]], dispatcher: Callable[..., Any] | None = None
    ) -> None:
        self.context = context
        self.environment = Environment(
            user_classes=list(user_classes),
            events=locust.events,
            host=context.target.host,
            stop_timeout=STOP_TIMEOUT_S,
        )
        if dispatcher is not None:
            self.environment.dispatcher_class = dispatcher
        self.environment.lorax = context
        self.environment.stats = RequestStats(use_response_times_cache=False)
        self.environment.events.user_error.add_listener(self._count_exception)

    def begin(self, began_s: float) -> None:
        """A run begins, whose clock counts from `began_s` (monotonic): nothing is counted yet."""
        self.context.recorder, self.context.pacer = Recorder(), Pacer(began_s)
        if self.environment.events.request._handlers:
            self.context.recorder.on_end = self._tell_listeners
        self.context.files_left = 0

    def stop(self, timeout_s: float) -> None:
        """Stop all users, who have so long to finish their asks."""
        self.context.pacer.end()
        self.environment.stop_timeout = timeout_s
        try:
            self.environment.runner.stop()
        finally:
            self.environment.stop_timeout = STOP_TIMEOUT_S

    def _count_exception(
        self, user_instance: locust.TaskSet, exception: Exception, tb: TracebackType, **_: Any
    ) -> None:
        """A task raised; Locust logs it and goes on with the next. What it calls a user is the set of tasks."""
        user = user_instance.user
        if user.environment is self.environment:
            self.context.recorder.raised(f"{type(user).__name__}.{_task_of(tb)}", exception)

    def _tell_listeners(self, ask: Ask, outcome: Outcome, elapsed_ms: float, message: str) -> None:
        """What a user's own file listens to with `@events.request.add_listener`."""
        self.environment.events.request.fire(
            request_type=ask.key[2],
            name=ask.key[3],
            response_time=elapsed_ms,
            response_length=0,
            exception=None if outcome is Outcome.OK else RuntimeError(message or outcome),
            context={},
        )


def set_aside() -> None:
    """Have no collection of garbage look through what is there by now: it would hold up all users for some 100 ms."""
    gc.unfreeze()
    gc.collect()
    gc.freeze()


def _task_of(traceback: TracebackType) -> str:
    """The function that Locust called as a task; of what is raised elsewhere, that."""
    functions = [frame.f_code.co_name for frame, _ in walk_tb(traceback)]
    inside = functions[functions.index("execute_task") + 1 :] if "execute_task" in functions else []
    return (inside or functions[-1:])[0]
