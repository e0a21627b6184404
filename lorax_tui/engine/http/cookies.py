"""A session's cookies, by the standard library's rules, made cheap.

The rules cost more than a whole request. They are asked only when something changed: the line to send is kept until
the cookies change or one of them expires, and a `Set-Cookie` that was just followed is not followed again.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from http.cookiejar import Cookie, CookieJar
from math import inf
from urllib.request import Request as UrlRequest

from lorax_tui.engine.http.headers import encoded_field
from lorax_tui.model.learned import learn
from lorax_tui.model.sent import is_secret_cookie, learn_cookie, learn_set_cookie

MOST_COOKIES = 180
"""As many as browsers keep of one site: a target that gives every answer another cookie fills no memory."""

_MOST_LINES = 256
_RENEWAL_SHARE = 0.1
"""A cookie set again to the same value is renewed after this share of its life, not at every answer."""

_RENEWAL_S = 60.0


class Cookies(CookieJar):
    """The standard library's jar, with names as keys as in `session.cookies["sid"]`."""

    def __init__(self) -> None:
        super().__init__()
        self._lines: dict[tuple[str, str], tuple[bytes, float, tuple[str, ...]]] = {}
        self._followed: dict[tuple[str, str, tuple[bytes, ...]], float] = {}
        self._is_following = False

    def line(self, origin: str, path: str) -> bytes:
        """The `Cookie` line for a request, or nothing.

        Args:
            origin: scheme, host and port, as a URL.
            path: of the request, without a query.
        """
        if not self._cookies:  # type: ignore[attr-defined]
            return b""
        key = (origin, path)
        known = self._lines.get(key)
        if known is not None and time.time() < known[1]:
            for secret in known[2]:
                learn(secret, theirs=True)  # again, lest it be forgotten
            return known[0]
        request = UrlRequest(origin + path)  # noqa: S310  (nothing is opened: it only says where a cookie is for)
        self.add_cookie_header(request)
        value = request.get_header("Cookie")
        line = encoded_field("Cookie", value) if value else b""
        expires = min((cookie.expires for cookie in self if cookie.expires is not None), default=inf)
        if len(self._lines) >= _MOST_LINES:
            self._lines.clear()
        given = ((cookie.name, cookie.value) for cookie in self)
        secrets = tuple(value for name, value in given if value and is_secret_cookie(name, value))
        self._lines[key] = (line, expires, secrets)
        return line

    def follow(self, origin: str, path: str, set_cookies: Sequence[bytes]) -> tuple[str, ...]:
        """Take the values of an answer's `Set-Cookie` fields; returns the names of those that replaced others."""
        key = (origin, path, tuple(set_cookies))
        now = time.time()
        if now < self._followed.get(key, 0.0):
            return ()
        before = {cookie.name: cookie.value for cookie in self if not cookie.is_expired(int(now))}
        answer = _SetCookies([value.decode("latin-1") for value in set_cookies])
        self._is_following = True
        self.extract_cookies(answer, UrlRequest(origin + path))  # type: ignore[arg-type]  # noqa: S310  (likewise)
        self._is_following = False
        self._learn(set_cookies)
        if len(self._followed) >= _MOST_LINES:
            self._followed.clear()
        soonest = min((cookie.expires for cookie in self if cookie.expires is not None), default=inf)
        self._followed[key] = now + min((soonest - now) * _RENEWAL_SHARE, _RENEWAL_S)
        return tuple(cookie.name for cookie in self if before.get(cookie.name, cookie.value) != cookie.value)

    def set_cookie(self, cookie: Cookie) -> None:
        """Put one in, or in the place of its namesake; one too many is left out, as no browser keeps any number."""
        if self._namesake(cookie) is None and len(self) >= MOST_COOKIES:
            self.clear_expired_cookies()
            if len(self) >= MOST_COOKIES:
                return
        if not self._is_following:
            learn_cookie(cookie.name, cookie.value)
        if self._would_change(cookie):
            self._changed()
        super().set_cookie(cookie)

    def clear(self, domain: str | None = None, path: str | None = None, name: str | None = None) -> None:
        """Take out one, those of a path or a domain, or all."""
        self._changed()
        super().clear(domain, path, name)

    def _learn(self, set_cookies: Iterable[bytes]) -> None:
        """Learn what the target gives, also what is not taken; and what is here once more, lest it be forgotten."""
        for value in set_cookies:
            learn_set_cookie(value.decode("latin-1"))
        for cookie in self:
            learn_cookie(cookie.name, cookie.value, theirs=True)

    def _namesake(self, cookie: Cookie) -> Cookie | None:
        known: Mapping[str, Mapping[str, Mapping[str, Cookie]]] = self._cookies  # type: ignore[attr-defined]
        return known.get(cookie.domain, {}).get(cookie.path, {}).get(cookie.name)

    def _would_change(self, cookie: Cookie) -> bool:
        before = self._namesake(cookie)
        return before is None or (before.value, before.secure, before.port) != (
            cookie.value,
            cookie.secure,
            cookie.port,
        )

    def _changed(self) -> None:
        self._lines.clear()
        self._followed.clear()

    def set(self, name: str, value: str, domain: str = "", path: str = "/") -> None:
        """Put a cookie in by hand; without a domain it goes to every host of the session."""
        cookie_pairs({name: value})
        self.set_cookie(_by_hand(name, value, domain, path))

    def get(self, name: str, default: str | None = None) -> str | None:
        """Value of the first cookie of that name."""
        return next((cookie.value for cookie in self if cookie.name == name), default)

    def get_dict(self) -> dict[str, str]:
        """All values by name."""
        return {cookie.name: cookie.value or "" for cookie in self}

    def update(self, cookies: Mapping[str, str] | Iterable[Cookie]) -> None:
        """Put several in."""
        if isinstance(cookies, Mapping):
            for name, value in cookies.items():
                self.set(name, value)
        else:
            for cookie in cookies:
                self.set_cookie(cookie)

    def __getitem__(self, name: str) -> str:
        value = self.get(name)
        if value is None:
            raise KeyError(name)
        return value

    def __setitem__(self, name: str, value: str) -> None:
        self.set(name, value)

    def __contains__(self, name: object) -> bool:
        return any(cookie.name == name for cookie in self)


class _SetCookies:
    """What the jar wants to see of an answer."""

    def __init__(self, values: list[str]) -> None:
        self._values = values

    def info(self) -> _SetCookies:
        return self

    def get_all(self, name: str, default: list[str]) -> list[str]:
        return self._values if name.lower() == "set-cookie" else default


def cookie_pairs(cookies: Mapping[str, str]) -> list[bytes]:
    """Each as it stands in a `Cookie` line; what is secret of them is learned.

    Raises:
        ValueError: one would begin another line, or another cookie.
    """
    if any(";" in text for cookie in cookies.items() for text in cookie):
        raise ValueError("a cookie with a semicolon in it")
    for name, value in cookies.items():
        learn_cookie(name, value)
    prefix = len(b"Cookie: ")
    return [encoded_field("Cookie", f"{name}={value}")[prefix:-2] for name, value in cookies.items()]


def _by_hand(name: str, value: str, domain: str, path: str) -> Cookie:
    return Cookie(
        version=0,
        name=name,
        value=value,
        port=None,
        port_specified=False,
        domain=domain,
        domain_specified=bool(domain),
        domain_initial_dot=domain.startswith("."),
        path=path,
        path_specified=True,
        secure=False,
        expires=None,
        discard=True,
        comment=None,
        comment_url=None,
        rest={},
    )
