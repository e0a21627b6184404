"""Which answer belongs to which ask, on one connection.

    A   emit ──────────────► ack(payload)                 the ack is the answer
    E   emit ─► event(payload) ─► ack(null)                the event is the answer, the ack its end
        emit ─► error(payload) ─► ack                      either of them refused

Acks carry their number. Most events carry nothing, so they go to the oldest ask that waits for one, and an ask that
has run out of time keeps its place in the queue: its answer may still come, and must not be taken for the answer
of a newer ask. Where the ack tells that an event was meant for a newer one, it is given back, and the place is kept.
Knows nothing of sockets, of time limits or of what a right answer is.
"""

from __future__ import annotations

from time import perf_counter

from gevent.event import Event

from lorax_tui.engine.recorder import Ask


class Missing:
    """The type of `MISSING`, the answer that has not come."""


MISSING = Missing()


class Exchange:
    """One ask on its way, and what came back for it."""

    __slots__ = ("answer", "ask", "done", "error", "heard_at", "lost", "reply", "request_id")

    def __init__(self, ask: Ask, reply: str | None, request_id: object) -> None:
        self.ask = ask
        self.reply = reply
        """Event that answers; `None`: the ack does."""
        self.request_id = request_id
        self.answer: object = MISSING
        self.heard_at = 0.0
        """When the answer or the error came, on the clock of `perf_counter`."""
        self.error: object = MISSING
        """Payload of an `error` event that came before the ack."""
        self.lost: tuple[str, Exception | None] | None = None
        """Why the connection ended under the ask."""
        self.done = Event()

    @property
    def answered_ms(self) -> float:
        """Emit to the answer; 0 where there is none."""
        return 0.0 if self.answer is MISSING else (self.heard_at - self.ask.began) * 1e3

    def answered(self, payload: object) -> None:
        """Keep the answer and stamp its arrival."""
        self.answer, self.heard_at = payload, perf_counter()

    def take_over(self, other: Exchange) -> None:
        """What came for the other was meant for this one."""
        self.answer, self.error, self.heard_at = other.answer, other.error, other.heard_at
        other.answer = other.error = MISSING


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
            if payload is not None:
                exchange.answered(payload)
            elif not self._take_back(exchange) and exchange.reply is None:
                exchange.answered(None)
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
                exchange.error, exchange.heard_at = payload, perf_counter()
                return

    def _take_back(self, exchange: Exchange) -> bool:
        """An ack without an answer: what came last since the ask began may have gone to an older one."""
        astray = [
            older
            for older in self._open
            if older.heard_at >= exchange.ask.began
            and (older.error is not MISSING or (older.answer is not MISSING and older.reply == exchange.reply))
        ]
        if astray:
            exchange.take_over(max(astray, key=lambda older: older.heard_at))
        return bool(astray)
