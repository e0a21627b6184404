"""The HTTP client of a simulated user, with Locust's interface: what a task calls `self.client`.

Every request is one ask and ends in exactly one outcome, whatever happens to it. Where a request fails, the task gets
a response that says so; only mistakes of the task itself (a header with a line break in it) are raised.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from lorax_tui.engine.context import Context
from lorax_tui.engine.http.client import Client
from lorax_tui.engine.http.composer import Composer
from lorax_tui.engine.http.cookies import Cookies, cookie_pairs
from lorax_tui.engine.http.failure import HttpError
from lorax_tui.engine.http.headers import Headers
from lorax_tui.engine.http.limits import HttpLimits, Timeout
from lorax_tui.engine.http.request import Auth, Request
from lorax_tui.engine.http.response import Response
from lorax_tui.engine.http.stream import trust
from lorax_tui.engine.http.verdict import CaughtResponse, book
from lorax_tui.engine.recorder import Ask, Entrance


class HttpSession:
    """One user's requests to one target, and the cookies and connections between them."""

    def __init__(
        self,
        base_url: str,
        recorder: Entrance,
        limits: HttpLimits | None = None,
        ca_file: str | None = None,
        context: Context | None = None,
    ) -> None:
        """Prepare; nothing is connected yet.

        Args:
            base_url: what comes before every path; a user and a password in it become `auth`.
            ca_file: certificates to trust instead of the system's.
            context: told how many connections are open.

        Raises:
            ValueError: no HTTP URL.
            OSError: the certificates cannot be read.
        """
        self.request_name: str | None = None
        """Name of all requests that have none of their own."""
        self._recorder = recorder
        self._limits = limits or HttpLimits()
        self._composer = Composer(base_url)
        if ca_file or self._composer.is_secure:  # reading the certificates belongs to no request
            trust(ca_file)
        self._client = Client(ca_file, context)

    @property
    def headers(self) -> Headers:
        """Sent with every request; change them as a mapping."""
        return self._composer.headers

    @property
    def base_url(self) -> str:
        """What comes before every path that is no URL itself; a user and a password in it become `auth`."""
        return self._composer.base_url

    @base_url.setter
    def base_url(self, url: str) -> None:
        self._composer.base_url = url

    @property
    def auth(self) -> Auth | None:
        """User and password of every request that has none of its own."""
        return self._composer.auth

    @auth.setter
    def auth(self, auth: Auth | None) -> None:
        self._composer.auth = auth

    @property
    def cookies(self) -> Cookies:
        """The jar of this user."""
        return self._client.cookies

    @property
    def connections(self) -> int:
        """How many are open."""
        return self._client.connections

    @property
    def connections_in_use(self) -> int:
        """On how many an answer is awaited."""
        return self._client.connections_in_use

    @contextmanager
    def rename_request(self, name: str) -> Iterator[None]:
        """Within the with-block, requests without a name of their own get this one."""
        self.request_name = name
        try:
            yield
        finally:
            self.request_name = None

    def get(self, url: str, **options: Any) -> Response:
        """Send a GET; options as in `request`."""
        return self.request("GET", url, **options)

    def options(self, url: str, **options: Any) -> Response:
        """Send an OPTIONS; options as in `request`."""
        return self.request("OPTIONS", url, **options)

    def head(self, url: str, **options: Any) -> Response:
        """Send a HEAD; redirects are not followed unless asked for."""
        options.setdefault("allow_redirects", False)
        return self.request("HEAD", url, **options)

    def post(self, url: str, data: Any = None, json: Any = None, **options: Any) -> Response:
        """Send a POST; options as in `request`."""
        return self.request("POST", url, data=data, json=json, **options)

    def put(self, url: str, data: Any = None, **options: Any) -> Response:
        """Send a PUT; options as in `request`."""
        return self.request("PUT", url, data=data, **options)

    def patch(self, url: str, data: Any = None, **options: Any) -> Response:
        """Send a PATCH; options as in `request`."""
        return self.request("PATCH", url, data=data, **options)

    def delete(self, url: str, **options: Any) -> Response:
        """Send a DELETE; options as in `request`."""
        return self.request("DELETE", url, **options)

    def request(
        self,
        method: str,
        url: str,
        name: str | None = None,
        *,
        params: Any = None,
        data: Any = None,
        json: Any = None,
        headers: Mapping[str, str | bytes | None] | None = None,
        files: Any = None,
        cookies: Mapping[str, str] | None = None,
        auth: Auth | None = None,
        timeout: Timeout = None,
        allow_redirects: bool = True,
        catch_response: bool = False,
        context: object = None,
        stream: bool = False,
    ) -> Response:
        """Send a request and book its outcome, or leave that to a with-block.

        Args:
            url: path after `base_url`, or a whole URL.
            name: what the operation is called, with the method before it; the path where it has none.
            params: for the query: text, a mapping or pairs.
            data: body: bytes, text, a file, or a mapping or pairs for a form.
            json: body, as JSON.
            headers: besides the session's; `None` takes one of those out.
            files: for a multipart upload, as Locust takes them.
            cookies: for this request only.
            timeout: seconds, or (seconds to connect, seconds between bytes).
            catch_response: the result is used in a with-block and judged there by `success()` or `failure()`.
            context: accepted for Locust's sake, and not used.
            stream: accepted for Locust's sake; the body is always read.

        Raises:
            ValueError: the request cannot be encoded.
        """
        if params is data is json is headers is files is auth is None:
            request, operation = self._composer.plain(method, url)
        else:
            request, operation = self._composer.composed(method, url, params, data, json, headers, files, auth)
        if cookies:
            cookie_pairs(cookies)
        name = name or self.request_name
        if name:
            operation = f"{request.method} {name}"
        ask, response = self._asked(request, operation, timeout, allow_redirects, cookies)
        if catch_response:
            return CaughtResponse(response, ask)
        book(ask, response.error, response.elapsed_ms)
        return response

    def close(self) -> None:
        """Close all connections; an ask that waits on one is interrupted."""
        self._client.close()

    def _asked(
        self,
        request: Request,
        operation: str,
        timeout: Timeout,
        allow_redirects: bool,
        cookies: Mapping[str, str] | None,
    ) -> tuple[Ask, Response]:
        """Send it; the response may say that this failed, and nothing of that is booked yet."""
        limits = self._limits if timeout is None else self._limits.within(timeout)
        ask = self._recorder.begin("HTTP", operation)
        try:
            return ask, self._client.fetch(request, limits, ask.began, allow_redirects, cookies)
        except HttpError as failure:
            # Else the answer holds the failure, that all that was read, and that the answer: garbage in a circle.
            return ask, Response(request, 0, [], b"", ask.elapsed_ms, failure.with_traceback(None))
        except Exception as error:
            ask.failed("internal", f"{type(error).__name__}: {error}")
            raise
        except BaseException:
            ask.interrupted()
            raise
