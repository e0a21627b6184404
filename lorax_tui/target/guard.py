"""Which hosts may be sent load: this machine, and those that were named. Sends nothing itself."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Collection
from urllib.parse import SplitResult, urlsplit

from lorax_tui.errors import UsageError
from lorax_tui.model.text import safe


def is_loopback(host: str) -> bool:
    """Whether a name or address means this machine and nothing else; a name that cannot be resolved does not."""
    if host.rstrip(".").lower() == "localhost":
        return True
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return False
    return bool(found) and all(_is_loopback_address(str(entry[4][0])) for entry in found)


def check_host(url: str, allowed: Collection[str] = (), loopback: Callable[[str], bool] = is_loopback) -> str:
    """The base URL of a target that may be sent load, in its plain form.

    Args:
        url: with or without scheme; `http` is meant where there is none.
        allowed: names of hosts that may be sent load though they are not this machine.
        loopback: tells whether a host is this machine.

    Returns:
        Scheme, host, port where there is one, and path without a slash at its end.

    Raises:
        UsageError: this is no base URL, or the host may not be sent load.
    """
    parts = _parts(url.strip())
    host = (parts.hostname or "").rstrip(".")
    if not loopback(host) and host not in {_plain(name) for name in allowed}:
        raise UsageError(f"{host} is not this machine: name it with --allow-host {host} to send load there")
    port = "" if parts.port is None else f":{parts.port}"
    return f"{parts.scheme}://{f'[{host}]' if ':' in host else host}{port}{parts.path.rstrip('/')}"


def _parts(url: str) -> SplitResult:
    """The parts of a URL, all of them sound."""
    if "@" in url.partition("://")[2].partition("/")[0] or "@" in url.partition("/")[0]:
        raise UsageError("a host with a user name or password in it is refused: they would end up in the records")
    if not (url.isascii() and url.isprintable()) or " " in url or "\\" in url:
        raise UsageError(f"{safe(url)!r} is no URL: only plain characters may be in it")
    try:
        parts = urlsplit(url if "://" in url else f"http://{url}")
        port = parts.port
    except ValueError as error:
        raise UsageError(f"{safe(url)!r} is no URL: {safe(error)}") from error
    if parts.scheme not in ("http", "https"):
        raise UsageError(f"{safe(url)!r}: only http and https are spoken, not {safe(parts.scheme)}")
    if not (parts.hostname or "").rstrip(".") or port == 0:
        raise UsageError(f"{safe(url)!r} names no host and port: give a URL such as http://127.0.0.1:8080")
    if parts.query or parts.fragment:
        raise UsageError(f"{safe(url)!r}: a base URL has nothing after ? or #")
    return parts


def _plain(name: str) -> str:
    return name.strip().strip("[]").rstrip(".").lower()


def _is_loopback_address(text: str) -> bool:
    address = ipaddress.ip_address(text.partition("%")[0])
    mapped = getattr(address, "ipv4_mapped", None)
    return bool((mapped or address).is_loopback)
