"""The connections of one session: who is idle, who may be used again, how many are open."""

from __future__ import annotations

from collections.abc import Callable
from ssl import SSLContext

from lorax_tui.engine.context import Context
from lorax_tui.engine.http.connection import Answer, Connection, Origin
from lorax_tui.engine.http.failure import HttpError
from lorax_tui.engine.http.limits import HttpLimits
from lorax_tui.model.hosts import host_of, plain


class Pool:
    """Connections by origin. One in use belongs to its request; it comes back only after a whole answer."""

    def __init__(self, tls: Callable[[], SSLContext], context: Context | None) -> None:
        self._tls = tls
        self._context = context
        self._open: set[Connection] = set()
        self._idle: dict[Origin, list[Connection]] = {}

    def __len__(self) -> int:
        return len(self._open)

    @property
    def in_use(self) -> int:
        """How many belong to a request at this moment."""
        return len(self._open) - sum(map(len, self._idle.values()))

    def exchange(self, origin: Origin, wire: bytes, limits: HttpLimits, ends_at: float, without_body: bool) -> Answer:
        """Send a request over an idle connection or a new one, and wait for its answer."""
        idle = self._idle.get(origin)
        if idle is None:
            idle = self._idle[origin] = []
        while idle:
            connection = idle.pop()
            if connection.is_fresh(limits.idle_s):
                break
            connection.close()
        else:
            connection = self._opened(origin, limits, ends_at)
        answer = connection.exchange(wire, limits, ends_at, without_body)
        if answer.reusable:
            idle.append(connection)
        return answer

    def close(self) -> None:
        """Close all, also those in use."""
        for connection in list(self._open):
            connection.abort()
        self._idle.clear()

    def _opened(self, origin: Origin, limits: HttpLimits, ends_at: float) -> Connection:
        addresses = self._addresses(origin)
        connection = Connection(self._forget)
        self._open.add(connection)
        if self._context is not None:
            self._context.http_connections += 1
        connection.open(origin, self._tls, limits, ends_at, addresses)
        return connection

    def _addresses(self, origin: Origin) -> tuple[str, ...]:
        """Where the target's name was found to lead before the run; no other host gets a connection."""
        if self._context is None or not self._context.target.addresses:
            return ()
        target = self._context.target
        if plain(origin.host) != host_of(target.host):
            raise HttpError("guard", "load goes to the target alone, and to no other host")
        return target.addresses

    def _forget(self, connection: Connection) -> None:
        if connection in self._open:
            self._open.discard(connection)
            if self._context is not None:
                self._context.http_connections -= 1
