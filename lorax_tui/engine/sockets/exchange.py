"""Which answer belongs to which ask, on one connection.

    A   emit ──────────────► ack(payload)                 the ack is the answer
    E   emit ─► event(payload) ─► ack(null)                the event is the answer, the ack its end
        emit ─► error(payload) ─► ack                      either of them refused

Acks carry their number. Most events carry nothing, so they go to the oldest ask that waits for one, and an ask that
has run out of time keeps its place in the queue: its answer may still come, and must not be taken for the answer
of a newer ask. Knows nothing of sockets, of time limits or of what a right answer is.
"""

from __future__ import annotations

from gevent.event import Event

from lorax_tui.engine.recorder import Ask


class Missing:
    """The type of `MISSING`, the answer that has not come."""


MISSING = Missing()


class Exchange:
    """One ask on its way, and what came back for it."""

    __slots__ = ("answer", "answered_ms", "ask", "done", "error", "lost", "reply", "request_id")

    def __init__(self, ask: Ask, reply: str | None, request_id: object) -> None:
        self.ask = ask
        self.reply = reply
        """Event that answers; `None`: the ack does."""
        self.request_id = request_id
        self.answer: object = MISSING
        self.answered_ms = 0.0
        """Emit to the answer."""
        self.error: object = MISSING
        """Payload of an `error` event that came before the ack."""
        self.lost: tuple[str, Exception | None] | None = None
        """Why the connection ended under the ask."""
        self.done = Event()

    def answered(self, payload: object) -> None:
        """Keep the answer and stamp its arrival."""
        self.answer = payload
        self.answered_ms = self.ask.elapsed_ms


MOST_OPEN = 100
"""Asks that are remembered of a peer that never acknowledges; all but the newest have run out of time."""


class Exchanges:
    """The asks of one connection whose ack has not come, oldest first."""

    def __init__(self) -> None:
        self._open: list[Exchange] = []

    def begin(self, ask: Ask, reply: str | None, request_id: object) -> Exchange:
        """Take in an ask that is about to be sent."""
        exchange = Exchange(ask, reply, request_id)
        if len(self._open) >= MOST_OPEN:
            del self._open[0]
        self._open.append(exchange)
        return exchange

    def drop(self, exchange: Exchange) -> None:
        """Forget an ask that never left."""
        if exchange in self._open:
            self._open.remove(exchange)

    def event(self, name: str, payload: object) -> None:
        """An event came: give it to the ask it answers, if there is one."""
        if name == "error":
            self._error(payload)
            return
        request_id = payload.get("request_id") if isinstance(payload, dict) else None
        for exchange in self._open:
            if exchange.reply != name or exchange.answer is not MISSING:
                continue
            if request_id is None or exchange.request_id is None or request_id == exchange.request_id:
                exchange.answered(payload)
                return

    def ack(self, exchange: Exchange, payload: object) -> None:
        """The ack of an ask came: the exchange is over."""
        if exchange not in self._open:
            return
        self._open.remove(exchange)
        if exchange.answer is MISSING and exchange.error is MISSING:
            if exchange.reply is None or payload is not None:
                exchange.answered(payload)
            else:
                self._take_back(exchange)
        if exchange.ask.ended:
            exchange.ask.late()
        exchange.done.set()

    def lose(self, reason: str, error: Exception | None) -> None:
        """The connection is gone, and no answer comes any more."""
        lost, self._open = self._open, []
        for exchange in lost:
            if exchange.ask.ended and exchange.answer is not MISSING:
                exchange.ask.late()
            exchange.lost = (reason, error)
            exchange.done.set()

    def _error(self, payload: object) -> None:
        for exchange in self._open:
            if exchange.answer is MISSING and exchange.error is MISSING:
                exchange.error = payload
                return

    def _take_back(self, exchange: Exchange) -> None:
        """An ack without an answer: an older ask, never acked and so lost, has got it."""
        for older in self._open:
            if older.reply == exchange.reply and older.answer is not MISSING:
                exchange.answered(older.answer)
                self._open.remove(older)
                return
