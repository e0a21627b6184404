"""The load's own HTTP client: a non-blocking socket on gevent's loop and a C parser behind Locust's interface.

Locust's fast client costs five times as much of the generator's CPU, loses the sample of an error whose body is not
UTF-8, and does not verify certificates. Read from `session` downwards:

    session -> client -> pool -> connection -> stream, reader
"""

from lorax_tui.engine.http.failure import HttpError, HttpTimeout
from lorax_tui.engine.http.judgement import SESSION_COOKIE, ask_json
from lorax_tui.engine.http.limits import HttpLimits
from lorax_tui.engine.http.response import Response
from lorax_tui.engine.http.session import HttpSession
from lorax_tui.engine.http.verdict import CaughtResponse

__all__ = [
    "SESSION_COOKIE",
    "CaughtResponse",
    "HttpError",
    "HttpLimits",
    "HttpSession",
    "HttpTimeout",
    "Response",
    "ask_json",
]
