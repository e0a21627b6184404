"""Socket.IO over whichever transport, telling every end of a connection exactly once.

Knows nothing of Lorax, of asks or of outcomes.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

import socketio

from lorax_tui.engine.http.client import Client
from lorax_tui.engine.http.intake import Intake
from lorax_tui.engine.sockets import codec
from lorax_tui.engine.sockets.exchange import MOST_OPEN
from lorax_tui.engine.sockets.polling import PollingEngine
from lorax_tui.engine.sockets.transport import GeventEngine

_library_log = logging.getLogger("lorax_tui.engine.sockets.library")
_library_log.setLevel(logging.ERROR)


class GeventClient(socketio.Client):
    """One connection."""

    def __init__(
        self,
        on_lost: Callable[[str, Exception | None], None],
        ca_file: str | None,
        timeout_s: float,
        addresses: Sequence[str] = (),
        http: Client | None = None,
    ) -> None:
        """
        Args:
            on_lost: told how a connection ended.
            http: what polls; `None`: the transport is a websocket.
        """
        self._on_lost = on_lost
        self._polls = http is not None
        self._pieces = Intake()
        self._pieces_bytes = 0
        options = {"ca_file": ca_file, "addresses": addresses} if http is None else {"http": http}
        super().__init__(
            reconnection=False,
            handle_sigint=False,
            json=codec,
            logger=_library_log,
            engineio_logger=_library_log,
            request_timeout=timeout_s,
            **options,
        )

    def open(self, url: str, socketio_path: str, headers: dict[str, str]) -> None:
        """Connect the transport; the namespace follows, and is told by the `connect` event."""
        self.connect(
            url,
            headers=headers,
            transports=["polling" if self._polls else "websocket"],
            namespaces=["/"],
            socketio_path=socketio_path,
            wait=False,
        )

    def _generate_ack_id(self, namespace: str, callback: Callable[..., object]) -> int:
        """The library remembers every callback until its ack comes: for ever, of a peer that never acknowledges."""
        number = int(super()._generate_ack_id(namespace, callback))
        if number > MOST_OPEN:
            self.callbacks[namespace].pop(number - MOST_OPEN, None)
        return number

    def close(self, grace_s: float) -> None:
        """End the connection within about `grace_s`; nothing of it is left."""
        self.eio.close(grace_s)
        self._let_pieces_go()  # some may have come with the good-bye

    def _handle_eio_message(self, data: str | bytes) -> None:
        """Handle a message, or keep it until the pieces of bytes that belong to it have come."""
        super()._handle_eio_message(data)
        if self._binary_packet is not None:
            self._pieces_bytes += len(data)
            self._pieces.grow_to(self._pieces_bytes)
        elif self._pieces_bytes:
            self._let_pieces_go()

    def _handle_eio_disconnect(self, reason: str) -> None:
        self._let_pieces_go()
        super()._handle_eio_disconnect(reason)
        self._on_lost(reason, self.eio.broken)

    def _let_pieces_go(self) -> None:
        self._pieces_bytes = 0
        self._pieces.end()

    def _engineio_client_class(self) -> type[GeventEngine]:
        return PollingEngine if self._polls else GeventEngine
