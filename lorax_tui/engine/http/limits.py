"""How long one HTTP operation may take and how much it may bring. Knows nothing of sockets."""

from __future__ import annotations

from dataclasses import dataclass, replace

Timeout = float | tuple[float | None, float | None] | None
"""As a caller gives it: seconds, or (seconds to connect, seconds between bytes)."""


@dataclass(frozen=True, slots=True)
class HttpLimits:
    """Bounds of one operation, all redirects included."""

    connect_s: float = 5.0
    """Resolving the name, connecting and the TLS handshake together."""
    read_s: float = 30.0
    """Longest silence between two bytes of the answer."""
    total_s: float = 30.0
    """The whole operation."""
    header_bytes: int = 64 * 1024
    """Status line and header fields; also whatever else comes without a byte of body in it."""
    body_bytes: int = 8 * 1024 * 1024
    """The body, as sent and as decompressed: each of a thousand users may hold one, twice while it is put together."""
    redirects: int = 10
    """Redirects that are followed in one operation."""
    idle_s: float = 4.0
    """A connection idle for longer is not used again: many servers close after 5 s, and to lose that race would be
    booked as the target's failure."""

    def within(self, timeout: Timeout) -> HttpLimits:
        """These limits with a caller's own time-out; one beyond `total_s` moves that too."""
        if timeout is None:
            return self
        connect_s, read_s = timeout if isinstance(timeout, tuple) else (timeout, timeout)
        connect_s = self.connect_s if connect_s is None else connect_s
        read_s = self.read_s if read_s is None else read_s
        return replace(self, connect_s=connect_s, read_s=read_s, total_s=max(self.total_s, read_s))
