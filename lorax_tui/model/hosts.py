"""Names of hosts, as they are compared."""

from __future__ import annotations

from urllib.parse import urlsplit


def plain(name: str) -> str:
    """A host's name or address without what makes no difference: case, brackets, a dot at its end."""
    return name.strip().strip("[]").rstrip(".").lower()


def host_of(url: str) -> str:
    """The host of a sound URL, plain."""
    return plain(urlsplit(url).hostname or "")
