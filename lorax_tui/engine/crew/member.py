"""Locust's worker, as a member of a crew: the wire to the engine, and users that come and go as they are told to.

Of stock Locust it keeps the wire and the way in which users are started. It reports no statistics, for the recorder
counts everything; and it stops its users when it hears nothing of the engine, which has given them to others by then.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Mapping
from time import monotonic
from typing import Any

import gevent
import zmq.green as zmq
from gevent.pool import Group
from locust.rpc.protocol import Message
from locust.runners import STATE_INIT, STATE_STOPPED, WorkerRunner

from lorax_tui.engine.crew import messages as say
from lorax_tui.engine.crew.clock import ClockOffset
from lorax_tui.engine.crew.messages import FromWorker, ToWorker, encode
from lorax_tui.engine.crew.seat import ALONE_S
from lorax_tui.engine.runner import Draining, unheard

ALIVE_S = 0.5
"""How often a worker tells that it lives."""

DEAF_S = 2.0
"""When it has heard nothing for so long, what it says may reach nobody."""

SECOND_LOOK_S = 0.1
"""A user that dies as it starts is dead by then, and the engine must not take it for one that is there."""

LINGER_MS = 200
"""What the last message has to leave in."""

log = logging.getLogger(__name__)


class CrewMember(Draining, WorkerRunner):
    """The wire to the engine, and the users of this process."""

    def __init__(self, environment: Any, host: str, port: int, on_message: Callable[[ToWorker], None]) -> None:
        self.draining = Group()
        self.target_user_classes_count: dict[str, int] = {}
        self.clock = ClockOffset()
        self.heard_s = monotonic()
        """When anything was last heard of the engine."""
        self._was_alone = False
        """Whether it has stopped its users by itself, and the engine may not know."""
        self._on_message = on_message
        with unheard(environment):
            super().__init__(environment, host, port)

    @property
    def wanted(self) -> Mapping[str, int]:
        """Users by class, as the engine last said."""
        return self.target_user_classes_count

    @property
    def is_deaf(self) -> bool:
        """Whether nothing was heard of the engine for a while."""
        return monotonic() - self.heard_s > DEAF_S

    def send(self, message: FromWorker) -> None:
        """Say something to the engine, whether it is heard or not."""
        payload = Message(say.TYPE, encode(message), self.client_id).serialize()
        try:  # and not by the wire's own method, which tries again for seconds
            self.client.socket.send(payload, zmq.NOBLOCK)
        except zmq.ZMQError as error:
            log.warning("%s was not sent: %s", type(message).__name__, error)

    def say_alive(self) -> None:
        """Tell that it lives, and ask for the time."""
        best = self.clock.best
        ahead_s, error_s = (None, None) if best is None else (best.ahead_s, best.error_s)
        self.send(say.Alive(monotonic(), self._counts(), ahead_s, error_s))

    def place(self, order: say.Users) -> None:
        """Start and stop users until there are as many as were asked for; returns at once."""
        if self.state in (STATE_INIT, STATE_STOPPED):
            self.environment._filter_tasks_by_tags()
            self.environment.events.test_start.fire(environment=self.environment)
        counts = dict.fromkeys(self.user_classes_by_name, 0)
        self.start_worker(counts | {name: count for name, count in order.counts.items() if name in counts})
        self.send(say.Placed(order.step, self._counts()))
        gevent.spawn_later(SECOND_LOOK_S, self.say_alive)

    def stop(self) -> None:
        """Stop all users and return when the last has ended."""
        super().stop()
        self.target_user_count, self.target_user_classes_count = 0, {}
        self.await_drained()

    def reconnect(self) -> None:
        """Begin the wire anew: one that was cut may take minutes to find out."""
        self.client.close(linger=0)
        self.reset_connection()

    def take_leave(self) -> None:
        """Say that all is told, and end the wire."""
        self.send(say.Left())
        context = self.client.socket.context
        self.greenlet.kill(block=False)
        self.client.close(linger=LINGER_MS)
        context.term()

    def handle_message(self, msg: Message) -> None:
        """Hear what the engine says; nothing that it says ends the wire."""
        self.heard_s = monotonic()
        if self._was_alone:
            self._was_alone = False
            self._on_message(say.Who())
        try:
            message = say.to_worker(msg.data) if msg.type == say.TYPE else None
        except Exception as error:
            log.info("not a message of ours: %s", error)
            return
        if isinstance(message, say.Heard):
            self.clock.heard(message.asked_s, message.now_s, self.heard_s)
        elif message is not None:
            try:
                self._on_message(message)
            except Exception:
                log.exception("%s could not be dealt with", type(message).__name__)

    def heartbeat(self) -> None:
        """Tell again and again that it lives."""
        while True:
            self.say_alive()
            gevent.sleep(ALIVE_S)

    def heartbeat_timeout_checker(self) -> None:
        """See that the engine is there; where it is not, its users have no business here."""
        while True:
            gevent.sleep(ALIVE_S)
            if monotonic() - self.heard_s > ALONE_S:
                if self.user_count:
                    log.warning("nothing was heard of the engine for %g s: stopping all users", ALONE_S)
                    self._was_alone = True
                    self.stop()
                self.reconnect()
                gevent.sleep(ALONE_S)

    def worker(self) -> None:
        """Listen."""
        while True:
            try:
                self.handle_message(self.client.recv())
            except Exception as error:
                log.debug("nothing could be heard: %s", error)
                gevent.sleep(ALIVE_S)

    def connect_to_master(self) -> None:
        """Saying hello is another's business."""

    def spawning_complete(self, user_count: int) -> None:
        """The engine is told with the number of its order."""

    def stats_reporter(self) -> None:
        """There are none."""

    def logs_reporter(self) -> None:
        """They are in a file of this process."""

    def _counts(self) -> dict[str, int]:
        return dict(+Counter(self.user_classes_count))
