"""How much the connections of this process may take in: each message, and all that is on its way at a time.

A frame tells its length before it comes: what is too much is refused before any of it is kept. What is polled may not.
"""

from __future__ import annotations

from lorax_tui.engine.http.failure import HttpError

MOST_BYTES = 16 * 1024 * 1024
"""Longest message of a socket that is taken in; the configuration of a million trees has 11 MB."""

MOST_AT_ONCE_BYTES = 512 * 1024 * 1024
"""Of all long messages and bodies that have begun to come and are not handled yet, whoever they are for."""

WORTH_COUNTING_BYTES = 64 * 1024
"""Shorter ones are as much as a socket holds anyway."""

_at_once_bytes = 0


class Intake:
    """One connection's share in what is taken in."""

    __slots__ = ("_bytes", "_most_bytes")

    def __init__(self, most_bytes: float = MOST_BYTES) -> None:
        self._bytes = 0
        self._most_bytes = most_bytes

    def grow_to(self, message_bytes: int) -> None:
        """Have room for a message that is known to be so long by now.

        Raises:
            HttpError: `oversize`; it is too long, or too much as well as that of others.
        """
        global _at_once_bytes
        if message_bytes > self._most_bytes:
            raise HttpError("oversize", f"a message over {self._most_bytes} bytes")
        more_bytes = max(0, message_bytes - self._bytes)
        if _at_once_bytes + more_bytes > MOST_AT_ONCE_BYTES:
            raise HttpError("oversize", f"answers over {MOST_AT_ONCE_BYTES} bytes at a time, all users together")
        self._bytes += more_bytes
        _at_once_bytes += more_bytes

    def end(self) -> None:
        """The message is handled, or will never come."""
        global _at_once_bytes
        _at_once_bytes -= self._bytes
        self._bytes = 0
