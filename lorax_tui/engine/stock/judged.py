"""The answers of Locust's own clients, each with its ask: booked once, by its task or else by its status.

Locust tells of no answer whose with-block is left by an exception, and of none that is never used in one; here each
ends with an outcome.
"""

from __future__ import annotations

from functools import lru_cache
from types import TracebackType
from typing import Any

from lorax_tui.engine.http.verdict import TURNS, book
from lorax_tui.engine.recorder import Ask
from lorax_tui.engine.stock.failures import failure_of


def judged(answer: Any, ask: Ask, may_judge: bool) -> Any:
    """An answer of Locust's client that nobody has told of yet, from here on with its ask.

    Args:
        may_judge: whether its task does, in a with-block.
    """
    answer.__class__ = _judged(answer.__class__)
    answer._ask, answer._catch_response = ask, may_judge
    answer._request_event = _Booking(ask, answer.status_code or 0)
    answer.request_meta["response"] = None  # a circle: what nobody uses is to be booked at once, not by the collector
    if not may_judge:
        answer.tell()
    return answer


class _Booking:
    """What Locust takes for its event of requests."""

    def __init__(self, ask: Ask, status: int) -> None:
        self._ask = ask
        self._status = status

    def fire(self, response_time: float, exception: BaseException | None, **_: Any) -> None:
        """Book the outcome of one answer."""
        if not self._ask.ended:
            book(self._ask, None if exception is None else failure_of(exception, self._status), response_time)


class _Judged:
    """Comes before either class of an answer."""

    _ask: Ask

    def tell(self) -> None:
        """Book it by its status, or by what its task has said."""
        super().__exit__(None, None, None)  # type: ignore[misc]

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> bool | None:
        is_handled: bool | None = super().__exit__(kind, error, traceback)  # type: ignore[misc]
        if self._ask.ended:
            return is_handled
        if error is None or isinstance(error, TURNS):
            self.tell()
        elif isinstance(error, Exception):
            self._ask.failed("application", str(error) or type(error).__name__)
        else:
            self._ask.interrupted()
        return is_handled

    def __del__(self) -> None:  # a task that never entered the with-block still made a request
        if not self._ask.ended:
            self.tell()


@lru_cache(maxsize=64)
def _judged(kind: type) -> type:
    return type(kind.__name__, (_Judged, kind), {})
