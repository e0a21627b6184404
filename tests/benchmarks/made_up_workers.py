"""Workers that make no load, and tell of one: `python -m tests.benchmarks.made_up_workers PORT FIRST WORKERS`.

They speak the crew's own messages over its own wire, so that the engine cannot tell them from real ones, and cost next
to nothing themselves. Each has as many operations, and as many answers of each, as `master_cost` has.
"""

from __future__ import annotations

import os
import sys
from random import Random
from time import monotonic

import gevent
from gevent.event import Event
from locust.rpc.protocol import Message
from locust.rpc.zmqrpc import Client
from msgspec.structs import replace

from lorax_tui.engine.crew import messages as say
from lorax_tui.engine.crew.door import hash_of, own_hello
from lorax_tui.engine.crew.member import ALIVE_S
from lorax_tui.model.records import UserCount
from lorax_tui.users import LoraxHttpUser
from tests.benchmarks.master_cost import HEALTH, made_up_part

HOST = "127.0.0.1"
CLASS = LoraxHttpUser.__name__
DIFFERENT_SECONDS = 4


class MadeUp:
    """One of them."""

    def __init__(self, port: int, number: int, classes: list[str]) -> None:
        random = Random(number)
        self.over = Event()
        self._parts = [made_up_part(random, second) for second in range(DIFFERENT_SECONDS)]
        self._hello = own_hello(hash_of(None), classes, f"box-{number}", os.getpid())
        self._id = f"made-up-{number}"
        self._client = Client(HOST, port, self._id)
        self._users: dict[str, int] = {}
        self._run, self._began_s, self._phase, self._settled_s = -1, 0.0, 0, None
        self._greenlets = [gevent.spawn(target) for target in (self._listen, self._live)]
        self._send(self._hello)

    def _send(self, message: say.FromWorker) -> None:
        self._client.send(Message(say.TYPE, say.encode(message), self._id))

    def _listen(self) -> None:
        while True:
            self._hear(say.to_worker(self._client.recv().data))

    def _live(self) -> None:
        while True:
            gevent.sleep(ALIVE_S)
            self._send(say.Alive(monotonic(), self._users, 0.0, 0.0))

    def _hear(self, message: say.ToWorker) -> None:
        match message:
            case say.Welcome():
                self._send(say.Ready())
            case say.Begin():
                self._run, self._began_s = message.run, message.began_s
                self._greenlets.append(gevent.spawn(self._tell))
            case say.Phase():
                self._phase, self._settled_s = message.start.phase, message.settled_s
                self._send(say.Acked(message.change))
            case say.Settle():
                self._settled_s = message.settled_s
            case say.Users():
                self._users = message.counts
                self._send(say.Placed(message.step, message.counts))
            case say.Stop():
                self._send(say.Stopped(self._run, 0))
            case say.Quit():
                self.over.set()

    def _tell(self) -> None:
        """A part at the end of each second of the run's clock, of the same load again and again."""
        while True:
            began_s = float(int(monotonic() - self._began_s))
            gevent.sleep(self._began_s + began_s + 1.0 - monotonic())
            made_up = self._parts[int(began_s) % DIFFERENT_SECONDS]
            is_settled = self._settled_s is not None
            tallies = [replace(tally, phase=self._phase, settled=is_settled) for tally in made_up.tallies]
            users = {name: UserCount(count, count) for name, count in self._users.items()}
            part = replace(
                made_up, began_s=began_s, phase=self._phase, settled_s=self._settled_s, tallies=tallies, users=users
            )
            self._send(say.Part(self._run, replace(part, health=HEALTH)))


def main(port: int, first: int, workers: int, *classes: str) -> None:
    """Be so many, until the engine sends the last home."""
    crew = [MadeUp(port, number, list(classes)) for number in range(first, first + workers)]
    for one in crew:
        one.over.wait()


if __name__ == "__main__":
    main(*map(int, sys.argv[1:4]), *sys.argv[4:])
