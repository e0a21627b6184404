"""A request as it goes over the wire, made once and sent often."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote, urlencode, urljoin, urlsplit

from lorax_tui.engine.http.body import pairs
from lorax_tui.engine.http.connection import Origin
from lorax_tui.engine.http.headers import Headers, encoded_field
from lorax_tui.model.sent import learn_written

Auth = tuple[str | bytes, str | bytes]
"""User and password."""

_METHOD = re.compile(r"[A-Z][A-Z0-9_-]*")
_PLAIN = re.compile(r"[!-~]*")
_LINE_BREAK = re.compile(r"[\r\n\0]")
_KEPT = "!#$%&'()*+,/:;=?@[]~"
"""Characters of a URL that mean something; everything else that is not a letter or digit is escaped."""

_BODILESS = ("GET", "HEAD")
_OF_BODY = ("content-length", "content-type", "transfer-encoding")


class Request:
    """One method, one place, one header, one body; without the cookies, which change."""

    __slots__ = ("body", "head", "headers", "method", "origin", "path", "sends_cookies", "site", "target")

    def __init__(
        self, method: str, origin: Origin, target: str, headers: Mapping[str, str | bytes], body: bytes
    ) -> None:
        if not _METHOD.fullmatch(method):
            raise ValueError(f"not an HTTP method: {method!r}")
        self.method = method
        self.origin = origin
        self.site = str(origin)
        self.target = target
        """Path and query, as sent."""
        self.path = target.partition("?")[0]
        self.headers = headers
        self.body = body
        names = {name.lower() for name in headers}
        self.sends_cookies = "cookie" not in names
        lines = [f"{method} {target} HTTP/1.1\r\n".encode("ascii")]
        if "host" not in names:
            lines.append(encoded_field("Host", origin.netloc))
        lines.extend(encoded_field(name, value) for name, value in headers.items() if value is not None)
        if "content-length" not in names and (body or method not in _BODILESS):
            lines.append(encoded_field("Content-Length", str(len(body))))
        self.head = b"".join(lines)

    @property
    def url(self) -> str:
        """Where it goes, in full."""
        return self.site + self.target

    def wire(self, cookie_line: bytes) -> bytes:
        """All of it in one piece."""
        return self.head + cookie_line + b"\r\n" + self.body

    def redirected(self, status: int, origin: Origin, target: str) -> Request:
        """The request that follows a redirect: the same again, or a GET where clients have always made it one."""
        method = self.method
        if (status in (302, 303) and method != "HEAD") or (status == 301 and method == "POST"):
            method = "GET"
        if status in (307, 308):
            return Request(method, origin, target, self.headers, self.body)
        headers = {name: value for name, value in self.headers.items() if name.lower() not in _OF_BODY}
        return Request(method, origin, target, headers, b"")


def located(url: str, params: Any = None) -> tuple[Origin, str]:
    """Origin and target of an absolute URL.

    Args:
        params: more for the query: text, a mapping or pairs.

    Raises:
        ValueError: no HTTP URL, or one with a line break in it.
    """
    if _LINE_BREAK.search(url):
        raise ValueError(f"line break in the URL {url!r}")
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"not an HTTP URL: {url!r}")
    host = parts.hostname if parts.hostname.isascii() else parts.hostname.encode("idna").decode("ascii")
    try:
        port = parts.port
    except ValueError:  # whose words are a part of the URL, which may be one of a password
        raise ValueError(f"not an HTTP URL: {url!r}: no port is a number there") from None
    origin = Origin(parts.scheme, host, port or (443 if parts.scheme == "https" else 80))
    query = parts.query
    if params:
        added = params if isinstance(params, str) else urlencode(pairs(params))
        query = f"{query}&{added}" if query else added
    target = (parts.path or "/") + (f"?{query}" if query else "")
    if not _PLAIN.fullmatch(target):
        target = quote(target, safe=_KEPT, errors="surrogateescape")
    return origin, target


def relocated(base: Request, location: bytes) -> tuple[Origin, str]:
    """Where an answer's `Location` leads.

    Raises:
        ValueError: to no place that HTTP can reach.
    """
    url = urljoin(base.url, location.decode("utf-8", "surrogateescape"))
    learn_written(url)
    return located(url)


def basic(auth: Auth) -> str:
    """Value of `Authorization` for a user and a password."""
    user, password = (part.encode() if isinstance(part, str) else part for part in auth)
    return "Basic " + b64encode(user + b":" + password).decode("ascii")


def merged(*layers: Mapping[str, str | bytes | None] | Iterable[tuple[str, str]] | None) -> dict[str, Any]:
    """Header fields of several layers: the later one wins, `None` takes a field out."""
    fields: dict[str, tuple[str, Any]] = {}
    for layer in layers:
        for name, value in dict(layer or {}).items():
            text = name.decode("latin-1") if isinstance(name, bytes) else name
            if value is None:
                fields.pop(text.lower(), None)
            else:
                fields[text.lower()] = (text, value)
    return dict(fields.values())


def default_headers(agent: str) -> Headers:
    """What every request says unless its session says otherwise."""
    return Headers(
        {"User-Agent": agent, "Accept-Encoding": "gzip, deflate", "Accept": "*/*", "Connection": "keep-alive"}
    )
