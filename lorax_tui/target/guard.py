"""Which hosts may be sent load: this machine, and those that the file names. Sends nothing itself.

a name ──resolved once──► addresses ──all of them this machine──► free
                             └──otherwise: in [guard] allow, and confirmed by whoever is there──► pinned
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Collection
from re import fullmatch, sub
from urllib.parse import SplitResult, urlsplit

from msgspec.structs import replace

from lorax_tui.errors import TargetError, UsageError
from lorax_tui.model.hosts import plain
from lorax_tui.model.scenario import Target
from lorax_tui.model.text import safe

_HOST_AND_PORT = r"(\[[^\[\]]+\]|[^\[\]:]+)(:\d*)?"
"""Python's own reading of a URL takes what follows a bracket for nothing."""

_LONGEST_HOST = 253
"""Characters of a name, as DNS has it."""


def is_loopback(address: str) -> bool:
    """Whether an address is this machine's own."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    return (getattr(found, "ipv4_mapped", None) or found).is_loopback


def resolve(host: str) -> tuple[str, ...]:
    """The addresses of a host, each once; none where its name cannot be resolved."""
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return ("127.0.0.1",) if host == "localhost" else ()
    return tuple(dict.fromkeys(str(entry[4][0]) for entry in found))


def admit(
    target: Target,
    url: str,
    allowed: Collection[str] = (),
    file: object = "scenarios.toml",
    is_here: Callable[[str], bool] = is_loopback,
) -> Target:
    """The target at a URL, with the addresses that its name means now.

    Args:
        url: with or without scheme; `http` is meant where there is none.
        allowed: plain names of hosts that may be sent load though they are not this machine.
        file: where those are written, for whoever must write one more.
        is_here: tells whether an address is this machine's.

    Raises:
        UsageError: this is no base URL, or the host may not be sent load.
        TargetError: its name cannot be resolved.
    """
    parts = _parts(url.strip())
    host = plain(parts.hostname or "")
    addresses = resolve(host)
    is_remote = not (addresses and all(map(is_here, addresses)))
    if is_remote and host not in allowed:
        raise UsageError(
            f"{host} is not this machine: to send load there, write allow = [{_quoted(host)}] under [guard] in {file}, "
            f"and confirm it in the dashboard or with --allow-host {host}"
        )
    if not addresses:
        raise TargetError(f"the name {host} cannot be resolved: check --host")
    port = "" if parts.port is None else f":{parts.port}"
    base_url = f"{parts.scheme}://{f'[{host}]' if ':' in host else host}{port}{parts.path.rstrip('/')}"
    return replace(target, host=base_url, addresses=addresses, is_remote=is_remote)


def _quoted(host: str) -> str:
    return f'"{host}"'


def _parts(url: str) -> SplitResult:
    """The parts of a URL, all of them sound."""
    if "@" in url:
        raise UsageError("a host with a user name or password in it is refused: they would end up in the records")
    told = repr(safe(sub("(?s)[?#].*", "", url)))
    if not (url.isascii() and url.isprintable()) or " " in url or "\\" in url:
        raise UsageError(f"{told} is no URL: only plain characters may be in it")
    try:
        parts = urlsplit(url if "://" in url else f"http://{url}")
        port = parts.port
    except ValueError as error:
        raise UsageError(f"{told} is no URL: {error}") from error
    if parts.scheme not in ("http", "https"):
        raise UsageError(f"{told}: only http and https are spoken, not {parts.scheme}")
    if (
        not 0 < len(plain(parts.hostname or "")) <= _LONGEST_HOST
        or port == 0
        or not fullmatch(_HOST_AND_PORT, parts.netloc)
    ):
        raise UsageError(f"{told} names no host and port: give a URL such as http://127.0.0.1:8080")
    if parts.query or parts.fragment:
        raise UsageError(f"{parts.scheme}://{parts.netloc}: a base URL has nothing after ? or #")
    return parts
