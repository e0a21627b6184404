"""One word and one line for what kept a connection from being made, or ended it.

The library wraps what really happened in errors of its own; here the cause is looked up again. What the operating
system, the resolver or TLS say reads exactly as it does for HTTP, so that equal failures group.
"""

from __future__ import annotations

from websocket import (
    WebSocketBadStatusException,
    WebSocketException,
    WebSocketPayloadException,
    WebSocketProtocolException,
    WebSocketTimeoutException,
)

from lorax_tui.engine.http.failure import HttpError, HttpTimeout, causes
from lorax_tui.engine.http.failure import failure_of as http_failure_of


def is_timeout(error: BaseException) -> bool:
    """Whether a time limit ran out somewhere below."""
    return any(isinstance(cause, TimeoutError | WebSocketTimeoutException | HttpTimeout) for cause in causes(error))


def bare(error: Exception) -> Exception:
    """The error without its frames, which hold all that was read."""
    for cause in causes(error):
        cause.with_traceback(None)
    return error


def violation(error: Exception | None) -> str | None:
    """The kind of failure, where a connection ended by what came: no Socket.IO, or too much; `None`: it was cut."""
    match error:
        case HttpError(kind="oversize"):
            return "oversize"
        case WebSocketProtocolException() | WebSocketPayloadException() | HttpError(kind="garbage"):
            return "protocol"
        case None | OSError() | WebSocketException() | HttpError():
            return None
    return "protocol"


def failure_of(error: BaseException) -> tuple[str, str]:
    """Kind and message, of the cause that says most."""
    found = list(causes(error))
    for cause in found:
        match cause:
            case HttpError():
                return cause.kind, str(cause)
            case WebSocketBadStatusException():
                return "status", f"the websocket was refused with status {cause.status_code}"
            case WebSocketException():
                return "protocol", str(cause) or type(cause).__name__
            case OSError() if cause.errno or not cause.__context__:
                failure = http_failure_of(cause)
                return failure.kind, str(failure)
    return "connection", str(found[-1]) or type(found[-1]).__name__
