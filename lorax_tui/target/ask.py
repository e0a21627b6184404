"""One HTTP request by hand, for the probe and the preflight: bounded in time and size, on a connection of its own.

    Unanswered           kind: refused dns tls timeout reset oversize connection

Makes no load and keeps no figures. Whatever the target said is untouched in `Answer`; messages are safe to show.
"""

from __future__ import annotations

import asyncio
import errno
import json
import logging
import os
import socket
import ssl
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from time import perf_counter
from urllib.parse import urlsplit

import httpx

from lorax_tui.errors import TargetError
from lorax_tui.model.hidden import hide
from lorax_tui.model.sent import learn_set_cookie
from lorax_tui.model.text import safe
from lorax_tui.target.pinned import Pinned

LARGEST_BODY_BYTES = 1 << 20

_STEP_SHARE = 0.95
"""Of the time for all, for connecting or waiting: the client closes what it gives up itself, not what is cancelled."""

# It would write a line for every poll, which tells nobody anything.
logging.getLogger("httpx").setLevel(logging.WARNING)


class Unanswered(Exception):
    """There is no answer; `kind` is one word, the message one line."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


@dataclass(frozen=True, slots=True)
class Answer:
    """What the target said."""

    status: int
    headers: httpx.Headers
    body: bytes
    round_trip_ms: float
    """From before connecting until the last byte."""

    @property
    def is_page(self) -> bool:
        """Whether it is made for people."""
        return "html" in self.headers.get("content-type", "").lower() or self.body.lstrip()[:1] == b"<"

    def json(self) -> object:
        """The body's content; ValueError, with a message that is safe to show, where it is no JSON."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError) as error:
            raise ValueError(f"the answer is no JSON: {self.glimpse()}") from error

    def glimpse(self) -> str:
        """The beginning of the body, in a few words."""
        return safe(hide(b" ".join(self.body[:10_000].split())), 80) or "nothing"


def open_client(
    base_url: str,
    ca_file: str | None = None,
    transport: httpx.AsyncBaseTransport | None = None,
    addresses: Sequence[str] = (),
) -> httpx.AsyncClient:
    """A client that opens a connection for each request, so that every worker of a target gets its turn.

    Args:
        addresses: where connections go, whatever the name may mean by then.

    Raises:
        TargetError: the file of certificates cannot be read.
    """
    trust: ssl.SSLContext | bool = False
    if urlsplit(base_url).scheme == "https":
        try:
            trust = ssl.create_default_context(cafile=ca_file)
        except OSError as error:
            raise TargetError(f"ca_file {ca_file} holds no certificates that can be read: {error}") from error
    limits = httpx.Limits(max_keepalive_connections=0)
    if transport is None and addresses:
        transport = Pinned(addresses, httpx.AsyncHTTPTransport(verify=trust, trust_env=False, limits=limits))
    return httpx.AsyncClient(
        verify=trust,
        trust_env=False,
        timeout=None,  # noqa: S113  (each request brings its own)
        limits=limits,
        headers={"Connection": "close", "Accept": "application/json", "Accept-Encoding": "identity"},
        transport=transport,
    )


async def ask(client: httpx.AsyncClient, method: str, url: str, timeout_s: float) -> Answer:
    """The target's answer, whatever it is.

    Raises:
        Unanswered: there is none within the time, or one that is too large.
    """
    began_s = perf_counter()
    try:
        async with (
            asyncio.timeout(timeout_s),
            client.stream(method, url, timeout=timeout_s * _STEP_SHARE) as response,
        ):
            for cookie in response.headers.get_list("set-cookie"):
                learn_set_cookie(cookie)
            body = await _read(response)
            return Answer(response.status_code, response.headers, body, (perf_counter() - began_s) * 1000)
    except (TimeoutError, httpx.TimeoutException) as error:
        raise Unanswered("timeout", f"no answer within {timeout_s:g} s") from error
    except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, OSError, ValueError) as error:
        raise _unanswered(error) from error


async def _read(response: httpx.Response) -> bytes:
    """The body as it was sent; a compressed one was not asked for and may be a bomb."""
    body = bytearray()
    async for chunk in response.aiter_raw():
        body += chunk
        if len(body) > LARGEST_BODY_BYTES:
            raise Unanswered("oversize", f"the answer is larger than {LARGEST_BODY_BYTES >> 20} MiB")
    return bytes(body)


def _unanswered(error: Exception) -> Unanswered:
    """What really happened, which is often at the bottom of a pile of errors."""
    for cause in _causes(error):
        if isinstance(cause, ssl.SSLCertVerificationError):
            return Unanswered("tls", f"certificate refused: {_shown(cause.verify_message)}")
        if isinstance(cause, ssl.SSLError):
            return Unanswered("tls", f"TLS failed: {_shown(cause.reason or cause)}")
        if isinstance(cause, socket.gaierror):
            return Unanswered("dns", _shown(cause.strerror or "the name cannot be resolved"))
        if isinstance(cause, OSError) and cause.errno is not None:
            kind = {errno.ECONNREFUSED: "refused", errno.ECONNRESET: "reset"}.get(cause.errno, "connection")
            return Unanswered(kind, os.strerror(cause.errno).lower())
    kind = "reset" if isinstance(error, httpx.RemoteProtocolError | httpx.ReadError) else "connection"
    return Unanswered(kind, _shown(str(error) or type(error).__name__))


def _shown(text: object) -> str:
    return safe(hide(text))


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error and all that led to it."""
    waiting, seen = [error], set[int]()
    while waiting:
        current = waiting.pop(0)
        if id(current) in seen:
            continue
        seen.add(id(current))
        yield current
        if isinstance(current, BaseExceptionGroup):
            waiting.extend(current.exceptions)
        waiting.extend(cause for cause in (current.__cause__, current.__context__) if cause is not None)
