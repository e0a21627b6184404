"""Sends a request and brings the answer home: cookies, redirects, decompression. Books nothing."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from lorax_tui.engine.context import Context
from lorax_tui.engine.http.content import decoded
from lorax_tui.engine.http.cookies import Cookies, cookie_pairs
from lorax_tui.engine.http.failure import HttpError
from lorax_tui.engine.http.limits import HttpLimits
from lorax_tui.engine.http.pool import Pool
from lorax_tui.engine.http.request import Request, relocated
from lorax_tui.engine.http.response import Response
from lorax_tui.engine.http.stream import trust

_REDIRECTS = frozenset((301, 302, 303, 307, 308))


class Client:
    """One visitor of the target: its cookies and its connections."""

    def __init__(self, ca_file: str | None, context: Context | None) -> None:
        self.cookies = Cookies()
        self._pool = Pool(partial(trust, ca_file), context)

    @property
    def connections(self) -> int:
        """How many are open."""
        return len(self._pool)

    @property
    def connections_in_use(self) -> int:
        """On how many an answer is awaited."""
        return self._pool.in_use

    def fetch(
        self,
        request: Request,
        limits: HttpLimits,
        began: float,
        follow: bool = True,
        cookies: Mapping[str, str] | None = None,
    ) -> Response:
        """The answer to a request, after redirects.

        Args:
            began: start of the operation, on the clock of `perf_counter`.
            follow: whether redirects are followed; to the same origin only.
            cookies: for this operation only, besides those of the client.

        Raises:
            HttpError: there is no whole answer, or it leads astray.
        """
        response = self._hop(request, limits, began, cookies)
        if response.status_code not in _REDIRECTS or not follow:
            return response
        history: list[Response] = []
        while response.status_code in _REDIRECTS and (locations := response.fields(b"location")):
            if len(history) == limits.redirects:
                raise HttpError("redirect", f"more than {limits.redirects} redirects")
            history.append(response)
            request = _redirected(request, response.status_code, locations[0])
            response = self._hop(request, limits, began, cookies)
        response.history = history
        return response

    def close(self) -> None:
        """Close all connections; whoever waits on one is told."""
        self._pool.close()

    def _hop(self, request: Request, limits: HttpLimits, began: float, cookies: Mapping[str, str] | None) -> Response:
        line = b""
        if request.sends_cookies:
            line = self.cookies.line(request.site, request.path)
            if cookies:
                line = _with_cookies(line, cookies)
        answer = self._pool.exchange(
            request.origin, request.wire(line), limits, began + limits.total_s, request.method == "HEAD"
        )
        body, set_cookies = answer.body, None
        for name, value in answer.fields:
            # most names are told apart by their length, at a fraction of the cost
            if len(name) == 10 and name.lower() == b"set-cookie":
                set_cookies = [*(set_cookies or ()), value]
            elif len(name) == 16 and body and name.lower() == b"content-encoding":
                body = decoded(body, value.decode("latin-1"), limits.body_bytes)
        response = Response(request, answer.status, answer.fields, body, (answer.ended - began) * 1e3)
        if set_cookies:
            response.replaced_cookies = self.cookies.follow(request.site, request.path, set_cookies)
        return response


def _redirected(request: Request, status: int, location: bytes) -> Request:
    try:
        origin, target = relocated(request, location)
    except ValueError:
        raise HttpError("redirect", "redirected to no HTTP address") from None
    if origin != request.origin:
        raise HttpError("redirect", f"redirected to another host: {origin}")
    return request.redirected(status, origin, target)


def _with_cookies(line: bytes, cookies: Mapping[str, str]) -> bytes:
    names = {name.encode("latin-1", "ignore") for name in cookies}
    before = line.removeprefix(b"Cookie: ").removesuffix(b"\r\n").split(b"; ")
    kept = [pair for pair in before if pair and pair.partition(b"=")[0] not in names]
    return b"Cookie: " + b"; ".join([*kept, *cookie_pairs(cookies)]) + b"\r\n"
