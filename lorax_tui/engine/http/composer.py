"""Makes whole requests of what a task says: under the base URL, with headers, password, body, and a name to count by.

Knows the one host that load goes to; sends nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote, urlsplit

from lorax_tui import __version__
from lorax_tui.engine.http.body import encoded_body
from lorax_tui.engine.http.request import Auth, Request, basic, default_headers, located, merged
from lorax_tui.model.learned import learn
from lorax_tui.model.sent import learn_fields, learn_from, learn_written, secrets_of

_MOST_KEPT = 256
"""Requests that are kept to be sent again."""


class Composer:
    """What all requests of a session have in common."""

    def __init__(self, base_url: str) -> None:
        self.headers = default_headers(f"lorax-tui/{__version__}")
        self._kept: dict[tuple[str, str], tuple[Request, str]] = {}
        self._headers_version = self.headers.version
        self._secrets: tuple[str | bytes, ...] = ()
        """Of the fields that every request has."""
        self.auth = None
        self.base_url = base_url

    @property
    def base_url(self) -> str:
        """What comes before every path that is no URL itself."""
        return self._base_url

    @base_url.setter
    def base_url(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.username is not None:
            self.auth = (unquote(parts.username), unquote(parts.password or ""))
            url = parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
        self._origin, _ = located(url)
        self._base_url = url
        self._kept.clear()

    @property
    def is_secure(self) -> bool:
        """Whether requests go through TLS."""
        return self._origin.scheme == "https"

    @property
    def auth(self) -> Auth | None:
        """User and password of every request that has none of its own."""
        return self._auth

    @auth.setter
    def auth(self, auth: Auth | None) -> None:
        self._auth = auth
        if auth is not None:
            learn(auth[1])
        self._kept.clear()

    def plain(self, method: str, url: str) -> tuple[Request, str]:
        """A request that says no more than where it goes, and the operation that it is; composed once."""
        if self._headers_version != self.headers.version:
            self._headers_version = self.headers.version
            self._kept.clear()
        known = self._kept.get((method, url))
        if known is not None:
            for secret in self._secrets:
                learn(secret)  # again, lest it be forgotten
        else:
            if len(self._kept) >= _MOST_KEPT:
                self._kept.clear()
            known = self._kept[method, url] = self.composed(method, url)
            self._secrets = secrets_of(known[0].headers.items()) or self._secrets
        return known

    def composed(
        self,
        method: str,
        url: str,
        params: Any = None,
        data: Any = None,
        json: Any = None,
        headers: Mapping[str, str | bytes | None] | None = None,
        files: Any = None,
        auth: Auth | None = None,
    ) -> tuple[Request, str]:
        """A request and the operation that it is, method and path.

        Raises:
            ValueError: it cannot be encoded, or would go to another host.
        """
        method = method.upper()
        learn_written(url)
        absolute = url.lower().startswith(("http://", "https://"))
        whole = url if absolute else self._under_base(url)
        origin, target = located(whole, params)
        if origin.host != self._origin.host:
            raise ValueError(f"{url}: load goes to {self._origin.host} alone, and to no other host")
        body, content_type = encoded_body(data, json, files)
        if auth is None and origin == self._origin:  # a password is for nobody else
            auth = self._auth
        fields = merged(
            self.headers,
            {"Content-Type": content_type} if content_type else None,
            headers,
            {"Authorization": basic(auth)} if auth else None,
        )
        learn_fields(fields.items())
        learn_written(target)
        for content in (json, data, files):
            learn_from(content)
        operation = f"{method} {located(url)[1] if absolute else url or '/'}"
        return Request(method, origin, target, fields, body), operation

    def _under_base(self, path: str) -> str:
        if path.startswith("?"):
            return self._base_url + path
        return f"{self._base_url.rstrip('/')}/{path.removeprefix('/')}"
