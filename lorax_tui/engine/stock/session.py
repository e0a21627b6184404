"""The clients of Locust's own user classes, made over: every request is one ask, and goes to the target alone."""

from __future__ import annotations

from functools import lru_cache
from socket import SOCK_STREAM
from typing import Any

from locust.clients import HttpSession
from locust.contrib.fasthttp import FastHttpSession

from lorax_tui.engine.context import Context
from lorax_tui.engine.http.request import located
from lorax_tui.engine.http.stream import resolve
from lorax_tui.engine.recorder import Entrance
from lorax_tui.engine.stock.failures import LedAstray, RequestLedAstray
from lorax_tui.engine.stock.judged import judged
from lorax_tui.engine.stock.pinned import pools
from lorax_tui.model.hosts import host_of, plain
from lorax_tui.model.sent import learn_cookie, learn_fields, learn_from, learn_set_cookie, learn_written


def counted(session: Any, entrance: Entrance, context: Context) -> Any:
    """A session of one of Locust's clients, whose requests are counted from here on; anything else is left alone."""
    if isinstance(session, HttpSession):
        session.__class__ = _made_over(session.__class__, _Requests)
        if context.target.ca_file is not None:
            session.verify = context.target.ca_file
        for adapter in session.adapters.values() if context.target.addresses else ():
            adapter.poolmanager.pool_classes_by_scheme = pools(context.target.addresses)
    elif isinstance(session, FastHttpSession):
        session.__class__ = _made_over(session.__class__, _Asks)
        session.client.__class__ = _made_over(session.client.__class__, _Agent)
        session.client.home = context.target
    else:
        return session
    session.entrance, session.home, session.connections_in_use = entrance, context.target, 0
    return session


class _Asks:
    """Comes before the class of either session."""

    entrance: Entrance
    home: Any
    connections_in_use: int
    request_name: str | None

    def request(self, method: str, url: str, name: str | None = None, **options: Any) -> Any:
        """As Locust's own; raises ValueError for a URL that leads elsewhere."""
        may_judge = options.pop("catch_response", False)
        method = method.upper()
        operation = f"{method} {name or self.request_name or self._path(url)}"
        for content in ("json", "data", "files"):
            learn_from(options.get(content))
        ask = self.entrance.begin("HTTP", operation)
        self.connections_in_use += 1
        try:
            answer = super().request(method, url, name=name, catch_response=True, **options)  # type: ignore[misc]
        except Exception as error:
            ask.failed("internal", f"{type(error).__name__}: {error}")
            raise
        except BaseException:
            ask.interrupted()
            raise
        finally:
            self.connections_in_use -= 1
        return judged(answer, ask, may_judge)

    def _path(self, url: str) -> str:
        """What a request is named by that has no name of its own."""
        if not url.lower().startswith(("http://", "https://")):
            return url or "/"
        origin, target = located(url)
        if plain(origin.host) != host_of(self.home.host):
            raise ValueError(f"{url}: load goes to {host_of(self.home.host)} alone, and to no other host")
        return target


class _Requests(_Asks):
    """The session of `HttpUser`."""

    def send(self, request: Any, **options: Any) -> Any:
        """Send one request, a redirected one too."""
        host = host_of(request.url)
        if host != host_of(self.home.host):
            raise RequestLedAstray(f"redirected to another host: {host}", request=request)
        _learn_sent(request.url, request.headers, request.body)
        answer = super().send(request, **options)  # type: ignore[misc]
        for name, value in answer.cookies.items():
            learn_cookie(name, value, theirs=True)
        return answer


class _Agent:
    """What sends the requests of `FastHttpUser`."""

    home: Any
    clientpool: Any

    def _urlopen(self, request: Any) -> Any:
        host = plain(request.url_split.host)
        if host != host_of(self.home.host):
            raise LedAstray(f"redirected to another host: {host}")
        pool = self.clientpool.get_client(request.url_split)._connection_pool
        if self.home.addresses and "_resolve" not in vars(pool):
            port = pool._connection_port
            found = resolve("", port, self.home.addresses)
            pool._resolve = lambda: [(family, SOCK_STREAM, 0, "", address) for family, address in found]
        _learn_sent(request.url_split.quoted_uri, request.headers, request.payload)
        answer = super()._urlopen(request)  # type: ignore[misc]
        for cookie in answer.headers.getlist("set-cookie"):
            learn_set_cookie(cookie)
        return answer


def _learn_sent(url: str, headers: Any, body: Any) -> None:
    """Learn the secrets of a request, in which all that its session adds is there."""
    learn_written(url)
    learn_fields(headers.items())
    learn_from(body)


@lru_cache(maxsize=64)
def _made_over(kind: type, mixin: type) -> type:
    return kind if issubclass(kind, mixin) else type(kind.__name__, (mixin, kind), {})
