"""One connection to the target: sends a request, waits for its answer within the limits, tells what went wrong.

It is either idle and good for another request, or closed; a request that ends any other way than with a whole answer
closes it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from ssl import SSLContext
from time import perf_counter
from typing import NamedTuple

from lorax_tui.engine.http.deadline import Deadline, TimeIsUp
from lorax_tui.engine.http.failure import HttpAborted, HttpError, HttpTimeout, failure_of
from lorax_tui.engine.http.limits import HttpLimits
from lorax_tui.engine.http.reader import Fields, Reader
from lorax_tui.engine.http.stream import Stream, connect


class Origin(NamedTuple):
    """Where requests go; connections are never shared between two of these."""

    scheme: str
    host: str
    port: int

    def __str__(self) -> str:
        return f"{self.scheme}://{self.netloc}"

    @property
    def netloc(self) -> str:
        """Host and, where it is not the scheme's own, port; as in a `Host` field."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        default = 443 if self.scheme == "https" else 80
        return host if self.port == default else f"{host}:{self.port}"


class Answer(NamedTuple):
    """What the target sent."""

    status: int
    fields: Fields
    body: bytes
    """As sent: still compressed."""
    ended: float
    """When the last byte was there, on the clock of `perf_counter`."""
    reusable: bool
    """Whether the connection is good for another request."""


class Connection:
    """Open after `open`, until `close`."""

    __slots__ = ("_deadline", "_on_close", "_reader", "_stream", "idle_since")

    def __init__(self, on_close: Callable[[Connection], None]) -> None:
        self._on_close = on_close
        self._deadline = Deadline()
        self._reader = Reader()
        self._stream: Stream | None = None
        self.idle_since = 0.0

    def open(
        self,
        origin: Origin,
        tls: Callable[[], SSLContext],
        limits: HttpLimits,
        ends_at: float,
        addresses: Sequence[str] = (),
    ) -> None:
        """Connect, shake hands and verify, within the limits; to `addresses` alone where there are any."""
        at = perf_counter() + limits.connect_s
        try:
            self._deadline.arm(min(at, ends_at))
            self._stream = connect(origin.host, origin.port, tls if origin.scheme == "https" else None, addresses)
            self._deadline.disarm()
        except TimeIsUp:
            self.close()
            raise HttpTimeout(f"no connection within {min(limits.connect_s, limits.total_s):g} s") from None
        except OSError as error:
            self.close()
            raise failure_of(error) from error
        except BaseException:
            self.close()
            raise

    def exchange(self, wire: bytes, limits: HttpLimits, ends_at: float, without_body: bool) -> Answer:
        """Send a request as it goes over the wire, and wait for its answer.

        Args:
            ends_at: when the whole operation must be over, on the clock of `perf_counter`.
            without_body: the answer to HEAD.
        """
        try:
            ended = self._exchange(wire, limits, ends_at, without_body)
        except TimeIsUp:
            self.close()
            raise self._timeout(limits, ends_at) from None
        except OSError as error:
            self.close()
            raise failure_of(error) from error
        except BaseException:
            self.close()
            raise
        reader = self._reader
        answer = Answer(reader.status, reader.fields, reader.body, ended, reader.reusable)
        if not answer.reusable:
            self.close()
        else:
            self.idle_since = ended
        return answer

    def _exchange(self, wire: bytes, limits: HttpLimits, ends_at: float, without_body: bool) -> float:
        reader, stream, deadline = self._reader, self._stream, self._deadline
        assert stream is not None
        reader.begin(limits, without_body)
        deadline.arm(min(perf_counter() + limits.read_s, ends_at))
        try:  # noqa: SIM105, a with-block costs more
            stream.send(wire)
        except BrokenPipeError:
            pass  # it may have answered before it stopped listening
        while data := stream.receive():
            if reader.feed(data):
                break
            deadline.arm(min(perf_counter() + limits.read_s, ends_at))
        else:
            reader.finish()
        deadline.disarm()
        return perf_counter()

    def is_fresh(self, idle_s: float) -> bool:
        """Whether it may be used again: not idle for too long, not closed by the target."""
        stream = self._stream
        return stream is not None and perf_counter() - self.idle_since < idle_s and stream.is_quiet()

    def abort(self) -> None:
        """Close it under whoever uses it."""
        if self._deadline.interrupt(HttpAborted()):
            self._close_stream()
        else:
            self.close()

    def close(self) -> None:
        """Close it; once is enough."""
        self._deadline.close()
        self._reader.close()
        self._close_stream()

    def _close_stream(self) -> None:
        stream, self._stream = self._stream, None
        if stream is not None:
            stream.close()
        self._on_close(self)

    @staticmethod
    def _timeout(limits: HttpLimits, ends_at: float) -> HttpError:
        if perf_counter() >= ends_at:
            return HttpTimeout(f"no answer within {limits.total_s:g} s")
        return HttpTimeout(f"not a byte for {limits.read_s:g} s")
