"""How an answer is booked: by its status, unless its task judges it in a with-block."""

from __future__ import annotations

from types import TracebackType

from locust.exception import (
    CatchResponseError,
    InterruptTaskSet,
    LocustError,
    RescheduleTask,
    RescheduleTaskImmediately,
    ResponseError,
    StopUser,
)

from lorax_tui.engine.http.failure import HttpAborted, HttpError, HttpTimeout
from lorax_tui.engine.http.response import Response
from lorax_tui.engine.recorder import Ask

TURNS = (InterruptTaskSet, RescheduleTask, RescheduleTaskImmediately, StopUser)
"""Exceptions by which a task says what comes next; they are no judgement of the answer."""


class CaughtResponse(Response):
    """An answer that its task judges, in a with-block; without a word from it, the status does."""

    __slots__ = ("_ask", "_entered", "_judged", "_verdict")

    def __init__(self, response: Response, ask: Ask) -> None:
        super().__init__(
            response.request,
            response.status_code,
            response._fields,
            response.content,
            response.elapsed_ms,
            response._failure,
        )
        self.history = response.history
        self.replaced_cookies = response.replaced_cookies
        self._ask = ask
        self._entered = False
        self._judged = False
        self._verdict: HttpError | None = None

    def success(self) -> None:
        """Book it as ok, whatever the status."""
        self._judge(None)

    def failure(self, reason: object, kind: str = "application") -> None:
        """Book it as failed.

        Args:
            reason: message or exception.
            kind: one word to group it by.
        """
        self._judge(reason if isinstance(reason, HttpError) else HttpError(kind, str(reason)))

    def raise_for_status(self) -> None:
        """Raise what the task or else the status says against it."""
        if not self._judged:
            super().raise_for_status()
        elif self._verdict is not None:
            raise self._verdict

    def _judge(self, verdict: HttpError | None) -> None:
        if not self._entered:
            raise LocustError("judge an answer inside its with-block")
        self._judged = True
        self._verdict = verdict

    def __enter__(self) -> CaughtResponse:
        self._entered = True
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None = None,
        error: BaseException | None = None,
        traceback: TracebackType | None = None,
    ) -> bool | None:
        if self._ask.ended:
            return False
        if self._judged:
            book(self._ask, self._verdict, self.elapsed_ms)
        elif error is None or isinstance(error, TURNS):
            book(self._ask, self.error, self.elapsed_ms)
        elif isinstance(error, HttpError):
            book(self._ask, error, self.elapsed_ms)
        elif isinstance(error, Exception):
            reason = str(error) or type(error).__name__
            book(self._ask, HttpError("application", reason), self.elapsed_ms)
            return isinstance(error, ResponseError | CatchResponseError)
        else:
            self._ask.interrupted()
        return False

    def __del__(self) -> None:  # a task that never entered the with-block still made a request
        if not self._ask.ended:
            book(self._ask, self.error, self.elapsed_ms)


def book(ask: Ask, verdict: HttpError | None, elapsed_ms: float) -> None:
    """End an ask: ok where there is nothing against it."""
    if verdict is None:
        ask.ok(elapsed_ms)
    elif isinstance(verdict, HttpTimeout):
        ask.timeout(str(verdict), elapsed_ms)
    elif isinstance(verdict, HttpAborted):
        ask.interrupted()
    else:
        ask.failed(verdict.kind, str(verdict), elapsed_ms)
