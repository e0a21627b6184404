"""Names that become shorter where there is no room for them."""

from __future__ import annotations

from lorax_tui.model.records import SOCKET_IO


def protocol(name: str, cells: int) -> str:
    """A protocol in at most `cells` cells."""
    return "S.IO" if name == SOCKET_IO and cells < len(SOCKET_IO) else name
