"""Engine.IO and websocket on greenlets, without monkey patching.

python-engineio brings the protocol; this module brings what it must not do here: no thread, no native lock, no
blocking good-bye, no proxy of the environment, no redirect to another host, no word on stderr. It knows nothing of
Socket.IO, of Lorax, of asks or of outcomes.
"""

from __future__ import annotations

import errno
import logging
import os
from collections.abc import Callable, Sequence
from functools import lru_cache, partial
from typing import Any
from urllib.parse import urlsplit

import engineio
import gevent
from engineio import base_client, packet
from gevent import socket as gsocket
from gevent import ssl as gssl
from gevent.event import Event
from gevent.queue import Empty, Queue
from websocket import WebSocketConnectionClosedException
from websocket._abnf import ABNF

from lorax_tui.engine.http.intake import Intake
from lorax_tui.engine.http.stream import resolve
from lorax_tui.engine.sockets.failures import bare
from lorax_tui.engine.sockets.websocket import GeventWebSocket

LAST_MOMENT_S = 0.2
"""How long greenlets are waited for that have been told to end."""

log = logging.getLogger("lorax_tui.engine.sockets")
log.addHandler(logging.NullHandler())


@lru_cache(maxsize=8)
def _tls_context(ca_file: str | None) -> gssl.SSLContext:
    """Verifying context; one for all connections, because reading the trusted certificates takes milliseconds.

    Made by hand, because what `create_default_context` makes wraps a socket into one that blocks the thread.
    """
    context = gssl.SSLContext(gssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = gssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    if ca_file is None:
        context.load_default_certs()
    else:
        context.load_verify_locations(ca_file)
    return context


class GeventEngine(engineio.Client):
    """Engine.IO over one websocket, read by one greenlet and written by another."""

    state: str

    def __init__(self, *args: Any, ca_file: str | None = None, addresses: Sequence[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.ca_file = ca_file
        self.addresses = addresses
        self.intake = Intake()
        self.tasks: list[gevent.Greenlet] = []
        self.tcp: gsocket.socket | None = None
        self.broken: Exception | None = None
        """What ended the connection, where it was not the server's good-bye."""

    def start_background_task(self, target: Callable[..., object], *args: Any, **kwargs: Any) -> gevent.Greenlet:
        """Run in a greenlet of ours, whose errors break the connection instead of reaching stderr."""
        task = gevent.spawn(self._guarded, target, *args, **kwargs)
        self.tasks.append(task)
        return task

    def sleep(self, seconds: float = 0) -> None:
        """Let other greenlets run."""
        gevent.sleep(seconds)

    def create_queue(self, *args: Any, **kwargs: Any) -> Queue:
        """Queue between asking greenlets and the writer."""
        return Queue(*args, **kwargs)

    def get_queue_empty_exception(self) -> type[Exception]:
        """What that queue raises when it is empty."""
        empty: type[Exception] = Empty
        return empty

    def create_event(self, *args: Any, **kwargs: Any) -> Event:
        """Event that greenlets can wait for."""
        return Event(*args, **kwargs)

    def disconnect(self, abort: bool = False, reason: str | None = None) -> None:
        """Say good-bye without waiting for anybody; `close` does the waiting, within bounds."""
        if self.state == "connected":
            self._send_packet(packet.Packet(packet.CLOSE))
            self.queue.put(None)
            self.state = "disconnecting"
            self._trigger_event("disconnect", reason or self.reason.CLIENT_DISCONNECT)

    def close(self, grace_s: float) -> None:
        """Say good-bye for at most `grace_s`, then end greenlets and connection, whatever state they are in."""
        try:
            writer = self.write_loop_task
            self.disconnect()
            if writer is not None and self.broken is None:
                writer.join(timeout=grace_s)
        finally:
            self.state = "disconnected"
            self._hang_up()
            with gevent.Timeout(LAST_MOMENT_S, False):  # they are told; a busy loop may take longer to run them
                gevent.killall([task for task in self.tasks if not task.dead])

    def _hang_up(self) -> None:
        """Close the connection under everybody who still reads or writes, and be forgotten by the library."""
        if self in base_client.connected_clients:
            base_client.connected_clients.remove(self)
        if self.ws is not None:
            self.ws.deadline.close()
        self.intake.end()
        tcp, self.tcp = self.tcp, None
        if tcp is not None:
            try:
                tcp.shutdown(gsocket.SHUT_RDWR)
            except OSError as error:
                log.debug("the connection was down already: %s", error)
            tcp.close()

    def _guarded(self, target: Callable[..., object], *args: Any, **kwargs: Any) -> None:
        try:
            target(*args, **kwargs)
        except Exception as error:
            log.debug("a background task ended badly", exc_info=True)
            self._lose(error)

    def _connect_websocket(self, url: str, headers: dict[str, str], engineio_path: str) -> bool:
        parts = urlsplit(url)
        secure = parts.scheme in ("https", "wss")
        port = parts.port or (443 if secure else 80)
        self._dial(parts.hostname or "", port)
        if secure:
            self.tcp = _tls_context(self.ca_file).wrap_socket(self.tcp, server_hostname=parts.hostname)
        self.websocket_extra_options |= {
            "socket": self.tcp,
            "class_": partial(GeventWebSocket, self.intake),
            "redirect_limit": 0,
            "suppress_origin": True,
        }
        return bool(super()._connect_websocket(url, headers, engineio_path))

    def _dial(self, host: str, port: int) -> None:
        """Connect to the first of the host's addresses that lets us in; of those that are pinned, if any are."""
        failure = OSError(errno.EADDRNOTAVAIL, os.strerror(errno.EADDRNOTAVAIL))
        for family, address in resolve(host, port, self.addresses):
            self.tcp = gsocket.socket(family, gsocket.SOCK_STREAM)
            self.tcp.settimeout(self.request_timeout)
            self.tcp.setsockopt(gsocket.IPPROTO_TCP, gsocket.TCP_NODELAY, 1)
            try:
                self.tcp.connect(address)
                return
            except OSError as error:
                self.tcp.close()
                failure = error
        raise failure

    def _trigger_event(self, event: str, *args: Any, **kwargs: Any) -> Any:
        """Call the handler here and now, so that a message is handled when it arrives and in its order."""
        handler = self.handlers.get(event)
        return handler(*args) if handler is not None else None

    def _send_packet(self, pkt: packet.Packet) -> None:
        """Send a message here and now where nothing is in its way, else have the writer send it in its turn."""
        if pkt.packet_type == packet.MESSAGE and self.state == "connected" and self.ws is not None:
            rest = self.ws.send_now(pkt.encode(), _opcode(pkt)) if self.queue.empty() else None
            if rest:
                self.start_background_task(self.ws.send_rest, rest)
            if rest is not None:
                return
        super()._send_packet(pkt)

    def _write_loop(self) -> None:
        while self.state == "connected" and (pkt := self.queue.get()) is not None:
            self.ws.send(pkt.encode(), _opcode(pkt))

    def _read_loop_websocket(self) -> None:
        error: Exception | None = None
        try:
            while self.state == "connected":
                message = self.ws.recv()
                if not message:
                    raise WebSocketConnectionClosedException("the server closed the connection")
                self._receive_packet(packet.Packet(encoded_packet=message))
                del message  # it may be long, and the next may not come for long
                self.intake.end()
        except Exception as raised:
            log.debug("reading ended", exc_info=True)
            error = bare(raised)
        self._lose(error)

    def _lose(self, error: Exception | None) -> None:
        """The connection is gone: tell it at once, and end the writer wherever it is."""
        if self.state == "connected":
            self.broken = error
            self.state = "disconnected"
            self.queue.put(None)
            self._trigger_event("disconnect", self.reason.TRANSPORT_ERROR)
        self._hang_up()


def _opcode(pkt: packet.Packet) -> int:
    return int(ABNF.OPCODE_BINARY if pkt.binary else ABNF.OPCODE_TEXT)
