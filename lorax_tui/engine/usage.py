"""What the users of a run hold open at a moment, and what they want to hold."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from lorax_tui.engine.context import Context


@dataclass(frozen=True, slots=True)
class Usage:
    """Connections, as the pools and the sockets of all users add up."""

    http_connections: int = 0
    """Open."""
    http_in_use: int = 0
    """Those of them on which an answer is awaited."""
    sockets_connected: int = 0
    sockets_wanted: int = 0
    """Users that want one."""


def usage(context: Context, users: Iterable[Any]) -> Usage:
    """Counted now, so that no request pays for it."""
    in_use = wanted = 0
    for user in users:
        in_use += user.client.connections_in_use
        wanted += user.wants_socket
    return Usage(context.http_connections, in_use, context.sockets_connected, wanted)
