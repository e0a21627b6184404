"""What to do about an error: one sentence for the person who sees it at two in the morning."""

from __future__ import annotations

from lorax_tui.model.records import SOCKET_IO
from lorax_tui.model.tally import EXCEPTION, SESSION_LOST

_BY_KIND = {
    "refused": "nothing listens there: is the backend up, and on this port?",
    "reset": "the target cut the connection: look for a crash, a restart or a freeze in its log",
    "truncated": "the target cut its answer short: look for a crash or restart in its log",
    "dns": "the target's name cannot be resolved: check --host",
    "tls": "the certificate is not trusted: check the name, or set ca_file under [target]",
    "status": "the target refused or failed: its log tells why",
    "application": "the target answered with an error of its own: its message is above",
    "content-type": "this is no Lorax answer: is the base URL right (/api behind a proxy)?",
    "json": "this is no Lorax answer: is the base URL right (/api behind a proxy)?",
    "oversize": "the answer is larger than this client takes",
    "redirect": "the target points elsewhere: name the final URL with --host",
    "timeout": "no answer in time: the target hangs or is overloaded",
    "busy": "the load queue is full: 9 at a time for each worker",
    EXCEPTION: "the task itself failed, not the target: the log has the traceback",
    SESSION_LOST: "it was restarted, the session expired, or another worker answered (no sticky sessions)",
    "disconnected": "the socket was dropped: look for a crash or restart in the target's log",
}

_THE_SAME_FOR_ALL = ("refused", "dns", "tls", SESSION_LOST)
"""Kinds that say why a connection cannot be made, whatever it is for."""

_CONNECT = "Socket.IO does not connect: check socketio_path, the proxy's upgrade headers, and sticky sessions"


def hint(protocol: str, name: str, kind: str) -> str:
    """Advice for an error, or an empty string where none can be given."""
    if protocol == SOCKET_IO and name == "connect" and kind not in _THE_SAME_FOR_ALL:
        return _CONNECT
    return _BY_KIND.get(kind, "")
