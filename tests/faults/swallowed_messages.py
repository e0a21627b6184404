"""Has users ask for messages that are too large, in a process of its own, and prints what that has cost in memory.

    python -m tests.faults.swallowed_messages http://127.0.0.1:PORT websocket 6

The kinds of the failures, then how much more memory the process held at the worst moment, in MB.
"""

from __future__ import annotations

import sys

import gevent

from lorax_tui.engine.context import Context
from lorax_tui.engine.sockets import LoraxSocket
from lorax_tui.model.scenario import Target, Transport
from tests.faults.swallowed import count_anew, memory_mb, worst_mb

HUGE_BYTES = 40_000_000


def main(url: str, transport: str, users: str) -> None:
    """Ask, all of them at the same time."""
    context = Context(Target(host=url, transport=Transport(transport)))
    sockets = [LoraxSocket(context) for _ in range(int(users))]
    assert all(socket.connect("some-sid") for socket in sockets)
    assert all(socket.ask("get_much", {"bytes": 100_000}) for socket in sockets)
    context.recorder.cut()
    count_anew()
    before_mb = memory_mb()
    gevent.joinall([gevent.spawn(socket.ask, "get_much", {"bytes": HUGE_BYTES}) for socket in sockets])
    tallies = [tally for tally in context.recorder.cut() if tally.name == "get_much"]
    print(*(f"{kind}:{count}" for tally in tallies for kind, count in tally.kinds.items()), worst_mb() - before_mb)
    for socket in sockets:
        socket.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
