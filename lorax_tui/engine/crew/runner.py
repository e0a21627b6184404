"""Locust's master, for workers that come, go and return while the load is changed.

Of stock Locust it keeps the wire and the interface. What it does otherwise: a ramp runs in a greenlet of its own, which
a newer one replaces (stock's blocks whoever begins it, heartbeats with it, and a second one fails); who is lost is told
by silence or by the end of his process; and nothing that a worker sends ends this process.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from time import monotonic
from typing import Any

import gevent
import zmq.green as zmq
from locust.exception import RPCError, RPCReceiveError
from locust.rpc.protocol import Message
from locust.runners import MasterRunner, WorkerNode

from lorax_tui.engine.crew import messages
from lorax_tui.engine.crew.messages import FromWorker, ToWorker, Users, encode
from lorax_tui.engine.crew.seat import Roster, Seat
from lorax_tui.engine.dispatch import Plan
from lorax_tui.engine.runner import unheard
from lorax_tui.errors import UsageError

WATCH_S = 0.2
"""How often it is seen to who is lost."""

LATE_S = 0.5
"""When this loop itself wakes up so late, nobody's silence means anything."""

LINGER_MS = 300
"""What the last messages have to leave in."""

log = logging.getLogger(__name__)


class CrewRunner(MasterRunner):
    """The wire to all workers, and the way from any users to any others."""

    def __init__(
        self,
        environment: Any,
        plan: Plan,
        roster: Roster,
        address: tuple[str, int],
        on_message: Callable[[str, FromWorker], None],
        on_watch: Callable[[float], None],
    ) -> None:
        """
        Args:
            on_message: told what a worker says, with its id.
            on_watch: called a few times a second with what nobody's silence may be counted for.

        Raises:
            UsageError: nobody can listen at that address.
        """
        self._roster = roster
        self._on_message = on_message
        self._on_watch = on_watch
        self.on_ramped: Callable[[], None] = lambda: None
        """Called when the last user of a ramp was asked for."""
        self.quiet_s: Callable[[], float] = lambda: 0.0
        """How long a step of a ramp has to wait."""
        host, port = address
        try:
            with unheard(environment):
                super().__init__(environment, host, port)
        except (RPCError, SystemExit, zmq.ZMQError, OSError) as error:
            is_taken = isinstance(error, SystemExit) or "in use" in str(error)
            reason = "another program listens there" if is_taken else str(error)
            raise UsageError(f"cannot listen for workers at {host}:{port}: {reason}") from error
        self.master_bind_port = self.server.port
        self.server.socket.setsockopt(zmq.ROUTER_HANDOVER, 1)
        plan.actual = roster.posts

    def send(self, seat: Seat, message: ToWorker) -> None:
        """Say something to a worker; what cannot be sent is lost, as the worker then is."""
        self.send_to(seat.id, message)

    def send_to(self, worker_id: str, message: ToWorker) -> None:
        """Say something to whoever has that id."""
        payload = Message(messages.TYPE, encode(message), worker_id).serialize()
        try:  # and not by the wire's own method, which sleeps for seconds where it fails, and this thread with it
            self.server.socket.send_multipart([worker_id.encode(), payload], zmq.NOBLOCK)
        except zmq.ZMQError as error:
            log.warning("a message to %s was not sent: %s", worker_id, error)

    def start(self, user_count: int, spawn_rate: float, wait: bool = False, user_classes: Any = None) -> None:
        """Go to so many users of the plan's mix, in place of any ramp under way; returns at once."""
        self.halt()
        self.target_user_count, self.spawn_rate = user_count, spawn_rate
        self.spawning_greenlet = self.greenlet.spawn(self._ramp, user_count, spawn_rate)

    def halt(self) -> None:
        """End the ramp under way; users stay as they are."""
        if self.spawning_greenlet is not None:
            self.spawning_greenlet.kill(block=True)
            self.spawning_greenlet = None

    def quit(self) -> None:
        """End the wire."""
        self.greenlet.kill(block=True, timeout=1)
        context = self.server.socket.context
        self.server.close(linger=LINGER_MS)
        context.term()

    def _ramp(self, users: int, spawn_rate: float) -> None:
        seats = {seat.id: seat for seat in self._roster.live()}
        if not seats:
            return
        nodes = [WorkerNode(worker_id) for worker_id in seats]
        dispatcher = self.environment.dispatcher_class(worker_nodes=nodes, user_classes=self.user_classes)
        dispatcher.new_dispatch(users, spawn_rate)
        for counts in dispatcher:
            if (quiet_s := self.quiet_s()) > 0:
                gevent.sleep(quiet_s)
            for worker_id, seat in seats.items():
                self._place(seat, {name: count for name, count in counts[worker_id].items() if count})
        self.on_ramped()

    def _place(self, seat: Seat, counts: dict[str, int]) -> None:
        if counts != {name: count for name, count in seat.users.items() if count}:
            seat.step += 1
            seat.sent = counts
            self.send(seat, Users(seat.step, counts))

    def client_listener(self) -> None:
        """Hear what workers say; whoever says something else is not heard."""
        while True:
            try:
                worker_id, message = self.server.recv_from_client()
                ours = messages.from_worker(message.data) if message.type == messages.TYPE else None
            except RPCReceiveError as error:
                log.info("not a message: %s", error)
            except RPCError as error:
                log.warning("the wire to the workers is broken: %s", error)
                gevent.sleep(1)
                self.reset_connection()
            except Exception as error:  # there is no end to what bytes can do to a decoder
                log.info("not a message of ours: %s", error)
            else:
                if ours is not None:
                    self._hear(worker_id, ours)

    def _hear(self, worker_id: str, message: FromWorker) -> None:
        try:
            self._on_message(worker_id, message)
        except Exception:
            log.exception("what %s said could not be dealt with", worker_id)

    def heartbeat_worker(self) -> None:
        """See to who is lost, again and again."""
        while True:
            due_s = monotonic() + WATCH_S
            gevent.sleep(WATCH_S)
            late_s = monotonic() - due_s
            self._on_watch(late_s if late_s > LATE_S else 0.0)

    def monitor_cpu_and_memory(self) -> None:
        """The engine measures its own health."""

    def check_stopped(self) -> None:
        """A crew without workers goes on: they may come back."""
