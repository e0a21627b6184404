"""Why an HTTP operation failed, in one word and one sentence.

    HttpError            kind: refused reset dns tls status truncated garbage oversize redirect
    │                          application json content-type connection, session lost
    ├── HttpTimeout      no answer within the limit
    └── HttpAborted      we closed the connection under the operation

Messages name no ports, paths or addresses of ours: equal failures must read the same, so that they group.
"""

from __future__ import annotations

import errno
import os
import socket
import ssl
from collections.abc import Iterator


class HttpError(Exception):
    """The operation failed; `kind` is one word."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


class HttpTimeout(HttpError):
    """No answer within the limit."""

    def __init__(self, message: str) -> None:
        super().__init__("timeout", message)


class HttpAborted(HttpError):
    """The session was closed while the operation was under way."""

    def __init__(self) -> None:
        super().__init__("interrupted", "the session was closed")


_KINDS = {
    errno.ECONNREFUSED: "refused",
    errno.ECONNRESET: "reset",
    errno.ECONNABORTED: "reset",
    errno.EPIPE: "reset",
}


def failure_of(error: OSError) -> HttpError:
    """What an error of the operating system, the resolver or TLS means for the operation."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return HttpError("tls", f"certificate refused: {error.verify_message}")
    if isinstance(error, ssl.SSLError):
        return HttpError("tls", f"TLS failed: {error.reason or error}")
    if isinstance(error, socket.gaierror):
        return HttpError("dns", error.strerror or "the name cannot be resolved")
    if error.errno == errno.ETIMEDOUT:
        return HttpTimeout("the network gave up waiting for the target")
    kind = _KINDS.get(error.errno or 0, "connection")
    return HttpError(kind, os.strerror(error.errno) if error.errno else str(error))


def causes(error: BaseException) -> Iterator[BaseException]:
    """The error, what caused it, what caused that; geventhttpclient keeps it as `original`."""
    seen: set[int] = set()
    cause: BaseException | None = error
    while cause is not None and id(cause) not in seen:
        seen.add(id(cause))
        yield cause
        cause = getattr(cause, "original", None) or cause.__cause__ or cause.__context__
