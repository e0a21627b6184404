"""Users that speak Socket.IO to a Lorax backend."""

from __future__ import annotations

from typing import Any

from locust import between, task

from lorax_tui.engine.sockets import LoraxSocket, requests
from lorax_tui.engine.sockets.answers import Judge
from lorax_tui.engine.sockets.socket import ASK_LIMIT_S
from lorax_tui.engine.users.data_set import DataSet
from lorax_tui.engine.users.http import HttpUser
from lorax_tui.model.records import SOCKET_IO


class SocketUser(HttpUser):
    """A user with a session, a Socket.IO connection and a loaded file, and no tasks yet: a base for your own class.

    A connection that was lost is made again before the next ask, and a session that the target has forgotten is
    begun anew.
    """

    abstract = True

    wants_socket = True

    file_required = False
    """Whether the tasks make no sense before a file is loaded."""

    def __init__(self, environment: Any) -> None:
        super().__init__(environment)
        self.socket = LoraxSocket(self.lorax, self.turnstile)
        self.data_set: DataSet | None = None
        """The file that the session looks at."""
        self._file_asked = False

    def is_ready(self) -> bool:
        """Whether there is a session the target knows, a connection, and a file where one is required."""
        return super().is_ready() and self._joined() and self._has_file()

    def prepare(self) -> bool:
        """Ask for whatever is missing of session, connection and file, in this order."""
        if self.socket.session_lost and self.socket.sid == self.sid:
            self.forget_session()
        if not self.sid:
            self.socket.close()
            if not super().prepare():
                return False
        if not self._joined():
            if self.socket.sid != self.sid:
                self.data_set, self._file_asked = None, False
            if not self.socket.connect(self.sid):
                return False
        if not self._file_asked or not self._has_file():
            self._load()
        return self.is_ready()

    def data_file(self) -> tuple[str, str] | None:
        """Project and file that this user loads; `None`: there is none."""
        return self.lorax.data_file

    def ask(
        self,
        event: str,
        payload: dict[str, Any] | None = None,
        *,
        reply: str | None = None,
        judge: Judge | None = None,
        timeout_s: float = ASK_LIMIT_S,
    ) -> Any:
        """Ask over Socket.IO, reconnecting first where that is needed; see `LoraxSocket.ask`."""
        return self.connection().ask(event, payload, reply=reply, judge=judge, timeout_s=timeout_s)

    def connection(self) -> LoraxSocket:
        """The socket, connected."""
        self.make_ready()
        return self.socket

    def ping(self) -> None:
        """The cheapest question: `ping`, or `get_cache_stats` where the target answers no ping."""
        if self.lorax.answers_ping:
            requests.ping(self.connection())
        else:
            requests.cache_stats(self.connection())

    def load_file(self) -> None:
        """Load the file of the run; the cheapest question where the target has none."""
        self.make_ready()
        if self.data_file() is None:
            self.ping()
        else:
            self._load()

    def ready_for(self, protocol: str) -> None:
        """Connect again before an ask over a socket that was lost while it waited for its turn."""
        if protocol == SOCKET_IO:
            self.make_ready()

    def close(self) -> None:
        """Close the socket, then the HTTP client."""
        try:
            self.socket.close()
        finally:
            super().close()

    def _joined(self) -> bool:
        return self.socket.connected and not self.socket.session_lost and self.socket.sid == self.sid

    def _has_file(self) -> bool:
        return not self.file_required or self.data_set is not None or self.data_file() is None

    def _load(self) -> None:
        data_file = self.data_file()
        if data_file is None:
            return
        self._file_asked = True
        project, file = data_file
        answer = requests.load_file(self.socket, project, file)
        if answer is not None:
            self.data_set = DataSet.of(file, answer["config"])


class LoraxSocketUser(SocketUser):
    """Sends pings over a connection that stays open, and loads a file now and then."""

    wait_time = between(1, 3)

    @task(10)
    def send_ping(self) -> None:
        """The `ping` event."""
        self.ping()

    @task(1)
    def ask_load_file(self) -> None:
        """The `load_file` event."""
        self.load_file()
