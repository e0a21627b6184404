"""Locust's runners where users live, with a ramp-down that waits for nobody.

Stock Locust stops users in step with the ramp: one that hangs in a request holds up all the others. Here a user
leaves the count when it is told to stop; it may finish its request while it *drains*, and is interrupted after
`stop_timeout`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import gevent
from gevent.pool import Group
from locust.runners import LocalRunner
from locust.user.users import User

from lorax_tui.engine.dispatch import Plan, class_counts

_LAST_WORDS_S = 1.5
"""What a killed user has to close its connections."""


class Draining:
    """What a runner of Locust's is with users that drain: mixed into the one of this process, and that of a worker."""

    draining: Group
    user_greenlets: Group
    greenlet: Group
    environment: Any

    @property
    def draining_classes_count(self) -> dict[str, int]:
        """Users by class that were told to stop and have not yet ended."""
        return Counter(type(greenlet.args[0]).__name__ for greenlet in self.draining if greenlet.args)

    def users(self) -> Iterator[User]:
        """Those that run, and those that drain."""
        for greenlet in (*self.user_greenlets, *self.draining):
            if greenlet.args:
                yield greenlet.args[0]

    def monitor_cpu_and_memory(self) -> None:
        """The engine measures its own health; Locust's monitor would measure it again and only log it."""

    def stop_users(self, user_classes_stop_count: dict[str, int]) -> None:
        """Tell users to stop, the newest first, and return at once."""
        leaving = [
            user for name, count in user_classes_stop_count.items() for user in self._newest(name, count) if count > 0
        ]
        for user in leaving:
            self._drain(user)
        hanging = [user.greenlet for user in leaving]
        if hanging:
            self.greenlet.spawn(self._interrupt, hanging)

    def await_drained(self) -> None:
        """Return when the last that drains has ended: at most `stop_timeout` and their last words."""
        self.draining.join(timeout=self.environment.stop_timeout + _LAST_WORDS_S)

    def _newest(self, name: str, count: int) -> list[User]:
        running = [greenlet for greenlet in self.user_greenlets if greenlet.args]
        running.sort(key=lambda greenlet: greenlet.minimal_ident, reverse=True)
        return [user for greenlet in running if type(user := greenlet.args[0]).__name__ == name][:count]

    def _drain(self, user: User) -> None:
        greenlet = user.greenlet
        self.user_greenlets.discard(greenlet)
        self.draining.add(greenlet)
        user._group = self.draining
        if user._state in (None, "waiting"):
            greenlet.kill(block=False)
        else:
            user._state = "stopping"

    def _interrupt(self, greenlets: list[gevent.Greenlet]) -> None:
        gevent.joinall(greenlets, timeout=self.environment.stop_timeout)
        gevent.killall([greenlet for greenlet in greenlets if not greenlet.dead], block=False)


@contextmanager
def unheard(environment: Any) -> Iterator[None]:
    """Let a runner that is made meanwhile listen to no request and no mistake of a user.

    The recorder counts everything; Locust's own statistics would cost time and memory that nobody reads.
    """
    hooks = (environment.events.request, environment.events.user_error)
    listeners = [list(hook._handlers) for hook in hooks]
    yield
    for hook, before in zip(hooks, listeners, strict=True):
        hook._handlers = before


class SteadyRunner(Draining, LocalRunner):
    """Goes from any mix to any other at the spawn rate, and never waits for a user that hangs."""

    def __init__(self, environment: Any, plan: Plan) -> None:
        self.draining = Group()
        self.plan = plan
        with unheard(environment):
            super().__init__(environment)
        node = self._local_worker_node.id
        plan.actual = lambda: {(node, name): count for name, count in self.user_classes_count.items()}

    @property
    def wanted(self) -> dict[str, int]:
        """Users by class when the ramp is over."""
        return class_counts(self.target_user_count, self.plan.mix) if self.target_user_count else {}

    def stop(self) -> None:
        """Stop all users and return when the last has ended: at most `stop_timeout` and their last words."""
        if self.spawning_greenlet is not None:  # stock forgets a ramp whose first user is still to come
            self.spawning_greenlet.kill(block=True)
        super().stop()
        self.target_user_count = 0
        self.await_drained()
