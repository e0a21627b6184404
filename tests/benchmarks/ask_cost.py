"""What one Socket.IO ask costs the generator in CPU: a socket user here beside `locust.contrib.socketio`.

    python -m tests.benchmarks.ask_cost [rounds]

Both ask for `get_cache_stats` over one websocket each and look at the answer in the ack. Each measurement is a
process of its own, in turn, against a bare-bones server. Not a test: it asserts nothing.
"""

from __future__ import annotations

import sys

from tests.benchmarks.measured import Cost, measured, table

USERS = 20


def ours(host: str) -> Cost:
    """A `SocketUser` whose target answers no ping, as most do not."""
    import lorax_tui.engine  # noqa: F401  (before locust, which would patch the standard library)
    from lorax_tui.users import SocketUser, constant, task
    from tests.benchmarks.engine_load import cost_of

    class Asking(SocketUser):
        wait_time = constant(0)

        def on_start(self) -> None:
            self.lorax.answers_ping = False
            super().on_start()

        @task(10)
        def ask_for_stats(self) -> None:
            self.ping()

    return cost_of(Asking, host, USERS)


def stock(host: str) -> Cost:
    """The same on Locust's own Socket.IO user."""
    from tests.benchmarks.stock_load import cost_of, locust
    from locust.contrib.socketio import SocketIOUser  # isort: skip

    class Same(SocketIOUser):
        wait_time = locust.constant(0)

        def on_start(self) -> None:
            self.sio.connect(self.host, transports=["websocket"])

        @locust.task(10)
        def ask_for_stats(self) -> None:
            answer = self.sio.call("get_cache_stats", {"lorax_sid": ""})
            if not isinstance(answer, dict) or answer.get("error"):
                raise ValueError("refused")
            if any(key not in answer for key in ("session_trees", "stats")):
                raise ValueError("the answer lacks a key")

    return cost_of(Same, host, USERS, ["WSC"])


def main(rounds: int) -> None:
    from tests.benchmarks.socket_server import socket_server  # not where Locust has to be imported first

    names = ["contrib.socketio", "LoraxSocketUser"]
    costs: dict[str, list[Cost]] = {name: [] for name in names}
    with socket_server() as host:
        for _ in range(rounds):
            for name in names:
                costs[name].append(measured(__spec__.name, name, host))
    table(costs, "asks")


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["LoraxSocketUser", host]:
            ours(host).tell()
        case [_, host]:
            stock(host).tell()
        case arguments:
            main(*map(int, arguments or ["3"]))
