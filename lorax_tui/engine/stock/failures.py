"""What the errors of requests, urllib3 and geventhttpclient mean for an ask, in the words of the load's own client."""

from __future__ import annotations

import socket
import ssl
import zlib
from http.client import HTTPException, IncompleteRead, RemoteDisconnected

import requests
from gevent.timeout import Timeout
from geventhttpclient._parser import HTTPParseError
from geventhttpclient.response import HTTPConnectionClosed
from geventhttpclient.useragent import ConnectionError as AgentError
from urllib3 import exceptions as urllib3

from lorax_tui.engine.http.failure import HttpError, HttpTimeout, causes
from lorax_tui.engine.http.failure import failure_of as failure_of_system

_TIMEOUTS = (TimeoutError, Timeout, requests.Timeout, urllib3.TimeoutError)
_CLOSED = (RemoteDisconnected, HTTPConnectionClosed)
_CUT = (IncompleteRead, urllib3.IncompleteRead)
_GARBAGE = (HTTPException, HTTPParseError, zlib.error, urllib3.DecodeError, requests.exceptions.ContentDecodingError)


class LedAstray(OSError):
    """A redirect to another host than the target."""


class RequestLedAstray(LedAstray, requests.RequestException):
    """The same, as requests knows its own errors."""


def failure_of(error: BaseException, status: int) -> HttpError:
    """What an answer is booked with.

    Args:
        status: of the answer; 0: there is none.
    """
    if status >= 400 and isinstance(error, requests.HTTPError | AgentError):
        return HttpError("status", f"HTTP {status}")
    for cause in causes(error):
        failure = _known(cause)
        if failure is not None:
            return failure
    if isinstance(error, requests.RequestException | AgentError):
        return HttpError("connection", type(error).__name__)
    return HttpError("application", str(error) or type(error).__name__)


def _known(cause: BaseException) -> HttpError | None:
    match cause:
        case LedAstray():
            return HttpError("redirect", str(cause))
        case requests.TooManyRedirects():
            return HttpError("redirect", "more redirects than are followed")
        case _ if isinstance(cause, _TIMEOUTS):
            return HttpTimeout("no answer in time")
        case _ if isinstance(cause, _CLOSED):
            return HttpError("reset", "the connection was closed without an answer")
        case _ if isinstance(cause, _CUT):
            return HttpError("truncated", "the connection was closed within the body")
        case ssl.SSLError() | socket.gaierror():
            return failure_of_system(cause)
        case OSError() if cause.errno:
            return failure_of_system(cause)
        case _ if isinstance(cause, _GARBAGE):
            return HttpError("garbage", f"not an HTTP answer: {type(cause).__name__}")
    return None
