"""Reads the answers of one connection out of its bytes. Knows nothing of sockets, time or what an answer means."""

from __future__ import annotations

from math import inf

from httptools import HttpParserError, HttpParserUpgrade, HttpResponseParser

from lorax_tui.engine.http.failure import HttpError
from lorax_tui.engine.http.intake import WORTH_COUNTING_BYTES, Intake
from lorax_tui.engine.http.limits import HttpLimits

Fields = list[tuple[bytes, bytes]]
"""Header fields as they came, in their order."""


class Reader:
    """One answer at a time; `begin` before each."""

    __slots__ = (
        "_body_bytes",
        "_counted_parts",
        "_fed_bytes",
        "_headers_complete",
        "_intake",
        "_limits",
        "_parser",
        "_parts",
        "_quiet_bytes",
        "_without_body",
        "complete",
        "fields",
        "on_body",
        "reusable",
    )

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._intake = Intake(most_bytes=inf)  # of each body, the limits tell
        self.on_body = self._parts.append
        self._without_body = False
        self._parser = HttpResponseParser(self)
        self.begin(HttpLimits(), without_body=False)

    def begin(self, limits: HttpLimits, without_body: bool) -> None:
        """Expect an answer; one to HEAD comes without the body that its header announces."""
        if self._without_body:  # the parser still waits for that body
            self._parser = HttpResponseParser(self)
        self._limits = limits
        self._without_body = without_body
        self._parts.clear()
        self._fed_bytes = self._quiet_bytes = self._body_bytes = self._counted_parts = 0
        self._headers_complete = self.complete = self.reusable = False
        self.fields: Fields = []

    @property
    def status(self) -> int:
        """Status of the answer whose header is complete."""
        status: int = self._parser.get_status_code()
        return status

    @property
    def body(self) -> bytes:
        """The body as sent, once."""
        parts = self._parts
        body = parts[0] if len(parts) == 1 else b"".join(parts)
        parts.clear()
        if self._counted_parts:
            self._intake.end()
        return body

    def feed(self, data: bytes) -> bool:
        """Take what came; whether the answer is complete."""
        try:
            self._parser.feed_data(data)
        except HttpParserUpgrade:
            raise HttpError("garbage", "the target changes to a protocol nobody asked for") from None
        except HttpParserError as error:
            if not self.complete:
                raise HttpError("garbage", f"not an HTTP answer: {error}") from None
            self.reusable = False  # there is more than the answer
        if self._without_body and self._parts:  # it sent a body all the same
            self._parts.clear()
            self.reusable = False
            return True
        limits = self._limits
        if not self.complete or self._fed_bytes or not limits.header_bytes >= len(data) <= limits.body_bytes:
            self._check_size(len(data))
        return self.complete

    def finish(self) -> None:
        """The stream has ended: that is the end of an answer that tells no length, or it was cut short."""
        if not self._headers_complete or self.status < 200:  # an interim answer is none yet
            if self._fed_bytes:
                raise HttpError("truncated", "the connection was closed within the header")
            raise HttpError("reset", "the connection was closed without an answer")
        for name, value in self.fields:
            field = name.lower()
            if field == b"content-length" or (field == b"transfer-encoding" and b"chunked" in value.lower()):
                raise HttpError("truncated", "the connection was closed within the body")
        self.complete = True

    def close(self) -> None:
        """Break the circle of parser and reader, and keep nothing of an answer that nobody will have."""
        self._parser = None
        self._parts.clear()
        self._intake.end()

    def _check_size(self, fed_bytes: int) -> None:
        """Whatever is not body counts as header: trailers, interim answers and chunk extensions have no end either."""
        self._fed_bytes += fed_bytes
        parts, limits, body_before = self._parts, self._limits, self._body_bytes
        self._body_bytes += sum(map(len, parts[self._counted_parts :]))
        self._counted_parts = len(parts)
        if max(self._body_bytes, 0 if body_before or self.complete else self._announced_bytes) > limits.body_bytes:
            raise HttpError("oversize", f"body over {limits.body_bytes} bytes")
        if self._body_bytes > WORTH_COUNTING_BYTES:
            self._intake.grow_to(self._body_bytes)
        self._quiet_bytes = self._quiet_bytes + fed_bytes if self._body_bytes == body_before else 0
        header_bytes = self._quiet_bytes
        if not body_before:
            header_bytes = max(header_bytes, sum(len(name) + len(value) + 4 for name, value in self.fields))
        if header_bytes > limits.header_bytes:
            raise HttpError("oversize", f"header over {limits.header_bytes} bytes")

    @property
    def _announced_bytes(self) -> int:
        """Length of the body by the header: of one that is too long, nothing is waited for."""
        if self._headers_complete:
            for name, value in self.fields:
                if len(name) == 14 and name.lower() == b"content-length":
                    return int(value)
        return 0

    def on_message_begin(self) -> None:
        if self.complete:
            raise ValueError("a second answer")
        self.fields.clear()
        self._headers_complete = False

    def on_header(self, name: bytes, value: bytes) -> None:
        if not self._headers_complete:
            self.fields.append((name, value))

    def on_headers_complete(self) -> None:
        self._headers_complete = True
        if self._without_body and self._parser.get_status_code() >= 200:
            self.complete = True
            self.reusable = self._parser.should_keep_alive()

    def on_message_complete(self) -> None:
        parser = self._parser
        if not self.complete and parser.get_status_code() >= 200:
            self.complete = True
            self.reusable = parser.should_keep_alive()
