"""One Socket.IO connection of one user: connect, ask, close; every ask booked with exactly one outcome.

Knows the Lorax hand-shake and which answers are refusals; knows nothing of users, tasks or sessions over HTTP.
Reconnecting is the user's business, because every try is an ask of its own.
"""

from __future__ import annotations

from time import perf_counter
from typing import Any
from urllib.parse import urlsplit

import gevent
from socketio.exceptions import BadNamespaceError

from lorax_tui.engine.context import Context
from lorax_tui.engine.http.client import Client
from lorax_tui.engine.http.deadline import Deadline, TimeIsUp
from lorax_tui.engine.recorder import Ask, Entrance
from lorax_tui.engine.sockets.answers import Judge, Refusal, holds, refusal_of
from lorax_tui.engine.sockets.client import GeventClient
from lorax_tui.engine.sockets.exchange import MISSING, Exchange, Exchanges
from lorax_tui.engine.sockets.failures import failure_of, is_timeout, violation
from lorax_tui.engine.sockets.welcome import Welcome
from lorax_tui.model.learned import learn
from lorax_tui.model.records import SOCKET_IO
from lorax_tui.model.scenario import Transport
from lorax_tui.model.sent import learn_from

CONNECT_LIMIT_S = 10.0
ASK_LIMIT_S = 30.0
GOOD_BYE_S = 0.5
"""How long the last packets may take to leave."""

_NO_ERROR = holds()


class LoraxSocket:
    """A Socket.IO connection that belongs to a Lorax session; used by one greenlet at a time."""

    def __init__(self, context: Context, recorder: Entrance | None = None) -> None:
        """
        Args:
            context: where the target is, and where open connections are counted.
            recorder: where asks are booked instead of the context's recorder.
        """
        self._context = context
        self._recorder: Entrance = recorder or context.recorder
        self._client: GeventClient | None = None
        self._exchanges = Exchanges()
        self._welcome = Welcome()
        self._asking = False
        self._deadline = Deadline()
        self._requests = 0
        self._last_words = ""
        self.sid = ""
        self.connected = False
        self.session_lost = False
        """The target said that it does not know the session any more; a new one is needed."""

    def connect(self, sid: str, timeout_s: float = CONNECT_LIMIT_S) -> bool:
        """Connect for a session; an ask of its own, right when the target has welcomed the session.

        Returns:
            Whether the socket is connected; where not, nothing of the try is left.
        """
        self.close()
        learn(sid, theirs=True)
        self.sid, self.session_lost, self._last_words = sid, False, ""
        self._welcome, self._exchanges = Welcome(), Exchanges()
        ask = self._recorder.begin(SOCKET_IO, "connect")
        limit = gevent.Timeout(timeout_s)
        try:
            with limit:
                self._open(timeout_s)
                refusal = self._welcome.wait()
        except gevent.Timeout as timeout:
            if timeout is not limit:
                ask.interrupted()
                raise
            ask.timeout(f"no welcome within {timeout_s:g} s")
        except Exception as error:
            _book_failure(ask, error)
        except BaseException:
            ask.interrupted()
            raise
        else:
            if refusal is None:
                ask.ok()
                self.connected = True
                self._context.sockets_connected += 1
                return True
            self.session_lost = refusal.session_lost
            ask.failed(refusal.kind, refusal.message)
        self.close()
        return False

    def ask(
        self,
        event: str,
        payload: dict[str, Any] | None = None,
        *,
        reply: str | None = None,
        judge: Judge | None = None,
        timeout_s: float = ASK_LIMIT_S,
    ) -> Any:
        """Ask the target for something and wait for the answer; one ask at a time.

        Args:
            event: what is asked; also the name of the operation.
            payload: joined with the session's id.
            reply: event that answers, where it is not the ack.
            judge: tells a right answer from a refusal; without one, every object without `error` is right.
            timeout_s: how long the answer may take.

        Returns:
            The right answer, or `None`; the outcome is booked either way.
        """
        if self._asking:
            raise RuntimeError(f"{event} was asked while the answer to another ask is awaited")
        ask = self._recorder.begin(SOCKET_IO, event)
        client = self._client
        if client is None or not self.connected:
            ask.disconnected(self._last_words or "not connected")
            return None
        learn(self.sid, theirs=True)  # again, lest it be forgotten
        learn_from(payload)
        message = {**(payload or {}), "lorax_sid": self.sid}
        exchange = self._exchanges.begin(ask, reply, message.get("request_id"))
        is_over = self._await(client, exchange, event, message, timeout_s)
        return self._settle(exchange, judge or _NO_ERROR) if is_over else None

    def next_request_id(self) -> str:
        """Number for a request whose answer repeats it."""
        self._requests += 1
        return str(self._requests)

    def close(self) -> None:
        """End the connection, in whatever state it is; within a second, any number of times."""
        client, self._client = self._client, None
        self._deadline.close()
        try:
            if client is not None:
                client.close(GOOD_BYE_S)
        finally:
            self._gone("closed by us", None)

    def _open(self, timeout_s: float) -> None:
        target = self._context.target
        http = Client(target.ca_file, self._context) if target.transport is Transport.POLLING else None
        client = GeventClient(self._gone, target.ca_file, timeout_s, target.addresses, http)
        self._client = client
        client.on("connect", self._welcome.in_namespace)
        client.on("*", self._heard)
        client.on("connect_error", self._welcome.refused)
        base_path = urlsplit(target.host).path.strip("/")
        path = f"{base_path}/{target.socketio_path.strip('/')}".strip("/")
        client.open(target.host, path, {"Cookie": f"lorax_sid={self.sid}"})

    def _heard(self, event: str, *args: Any) -> None:
        """An event came, in the reading greenlet."""
        payload = args[0] if args else None
        if not self._welcome.is_over:
            self._welcome.heard(event, payload)
            return
        if event == "connection-replaced":
            self._last_words = f"{event}: {refusal_of(payload).message}"
        elif event == "error" and refusal_of(payload).session_lost:
            self.session_lost = True
        self._exchanges.event(event, payload)

    def _gone(self, reason: str, error: Exception | None) -> None:
        """The connection ended, whoever ended it."""
        if self.connected:
            self.connected = False
            self._context.sockets_connected -= 1
        self._last_words = self._last_words or reason
        self._welcome.lost(error or ConnectionResetError(reason))
        self._exchanges.lose(self._last_words, error)

    def _await(
        self, client: GeventClient, exchange: Exchange, event: str, message: dict[str, Any], timeout_s: float
    ) -> bool:
        """Send it and wait until it is over; where it comes to nothing, that is booked."""
        ask, exchanges = exchange.ask, self._exchanges
        self._asking = True
        try:
            client.emit(event, message, callback=lambda *args: exchanges.ack(exchange, args[0] if args else None))
            self._deadline.arm(perf_counter() + timeout_s)
            exchange.done.wait()
        except TimeIsUp:
            ask.timeout(f"no answer within {timeout_s:g} s")
        except BadNamespaceError as error:
            exchanges.drop(exchange)
            ask.disconnected(error)
        except Exception as error:
            exchanges.drop(exchange)
            ask.failed("unsendable", f"{type(error).__name__}: {error}")
        except BaseException:
            ask.interrupted()
            raise
        else:
            return True
        finally:
            self._asking = False
            self._deadline.disarm()
        return False

    def _settle(self, exchange: Exchange, judge: Judge) -> Any:
        """Book the outcome of an exchange that is over."""
        ask = exchange.ask
        if exchange.lost is not None:
            reason, error = exchange.lost
            kind = violation(error)
            if kind is not None:
                ask.failed(kind, error)
            else:
                ask.disconnected(reason)
            return None
        refusal = _refusal(exchange, judge)
        if refusal is None:
            ask.ok(exchange.answered_ms)
            return exchange.answer
        self.session_lost = self.session_lost or refusal.session_lost
        if refusal.busy:
            ask.busy(refusal.message)
        else:
            ask.failed(refusal.kind, refusal.message, exchange.answered_ms or None)
        return None


def _refusal(exchange: Exchange, judge: Judge) -> Refusal | None:
    answer = exchange.answer
    if answer is MISSING:
        if exchange.error is MISSING:
            return Refusal(f"acknowledged without a {exchange.reply}")
        return refusal_of(exchange.error)
    if answer is None and exchange.error is not MISSING:
        return refusal_of(exchange.error)
    if exchange.request_id is not None and isinstance(answer, dict):
        answered_id = answer.get("request_id", exchange.request_id)
        if answered_id != exchange.request_id:
            return Refusal("the answer belongs to another request")
    return judge(answer)


def _book_failure(ask: Ask, error: Exception) -> None:
    if is_timeout(error):
        ask.timeout(failure_of(error)[1])
    else:
        ask.failed(*failure_of(error))
