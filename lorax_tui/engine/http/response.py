"""The answer as a user's task sees it, under the names that Locust gives its parts. Books nothing."""

from __future__ import annotations

import json
from codecs import lookup
from collections.abc import Sequence
from datetime import timedelta
from email.message import Message
from types import TracebackType
from typing import Any

from locust.exception import LocustError

from lorax_tui.engine.http.cookies import Cookies
from lorax_tui.engine.http.failure import HttpError
from lorax_tui.engine.http.headers import Headers
from lorax_tui.engine.http.reader import Fields
from lorax_tui.engine.http.request import Request


class Response:
    """An answer, or why there is none (`status_code` 0 and `error` set)."""

    __slots__ = (
        "_encoding",
        "_failure",
        "_fields",
        "_headers",
        "content",
        "elapsed_ms",
        "history",
        "replaced_cookies",
        "request",
        "status_code",
    )

    def __init__(
        self,
        request: Request,
        status_code: int,
        fields: Fields,
        content: bytes,
        elapsed_ms: float,
        failure: HttpError | None = None,
    ) -> None:
        self.request = request
        self.status_code = status_code
        self.content = content
        self.elapsed_ms = elapsed_ms
        """From the start of the operation to the last byte of the body, redirects included."""
        self.history: Sequence[Response] = ()
        self.replaced_cookies: tuple[str, ...] = ()
        """Names of the cookies of ours in whose place the answer put others."""
        self._fields = fields
        self._headers: Headers | None = None
        self._encoding: str | None = None
        self._failure = failure

    @property
    def error(self) -> HttpError | None:
        """Why this counts as failed, unless the task says otherwise."""
        if self._failure is None and self.status_code >= 400:
            return HttpError("status", f"HTTP {self.status_code}")
        return self._failure

    @property
    def ok(self) -> bool:
        """Whether the status is below 400."""
        return self._failure is None and self.status_code < 400

    @property
    def url(self) -> str:
        """Where the answer came from, after redirects."""
        return self.request.url

    @property
    def headers(self) -> Headers:
        """Header fields, whatever the case of their names."""
        if self._headers is None:
            self._headers = Headers.received(self._fields)
        return self._headers

    @property
    def cookies(self) -> Cookies:
        """The cookies that this answer set."""
        jar = Cookies()
        jar.follow(self.request.site, self.request.path, self.fields(b"set-cookie"))
        return jar

    @property
    def elapsed(self) -> timedelta:
        """`elapsed_ms` as Locust gives it."""
        return timedelta(milliseconds=self.elapsed_ms)

    @property
    def encoding(self) -> str:
        """The charset that the header names, else UTF-8."""
        if self._encoding is None:
            content_type = Message()
            content_type["Content-Type"] = self.headers.get("content-type", "")
            self._encoding = _known(content_type.get_content_charset("utf-8"))
        return self._encoding

    @encoding.setter
    def encoding(self, name: str) -> None:
        self._encoding = name

    @property
    def text(self) -> str:
        """The body as text; bytes that are none are shown as such."""
        return self.content.decode(self.encoding, "replace")

    def json(self) -> Any:
        """The body as JSON.

        Raises:
            ValueError: it is none.
        """
        return json.loads(self.content)

    def fields(self, name: bytes) -> list[bytes]:
        """Raw values of a header field, by its lower-case name."""
        return [value for field, value in self._fields if field.lower() == name]

    def raise_for_status(self) -> None:
        """Raise `error`, if there is one."""
        error = self.error
        if error is not None:
            raise error

    def success(self) -> None:
        """Only with `catch_response=True`."""
        raise LocustError("to judge an answer, ask with catch_response=True and use a with-block")

    def failure(self, reason: object, kind: str = "application") -> None:
        """Only with `catch_response=True`."""
        self.success()

    def __enter__(self) -> Response:
        raise LocustError("a with-block needs catch_response=True")

    def __exit__(
        self,
        kind: type[BaseException] | None = None,
        error: BaseException | None = None,
        traceback: TracebackType | None = None,
    ) -> bool | None:
        """Only with `catch_response=True`."""

    def __repr__(self) -> str:
        return f"<Response [{self.status_code}]>"


def _known(charset: str) -> str:
    try:
        return lookup(charset).name
    except (LookupError, ValueError):
        return "utf-8"
