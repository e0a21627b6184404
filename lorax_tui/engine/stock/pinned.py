"""Connections of urllib3 that go to addresses which were found before, whatever the name may mean by now."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import HTTPError


@lru_cache(maxsize=8)
def pools(addresses: tuple[str, ...]) -> dict[str, type]:
    """Kinds of pools by scheme, for a pool manager."""
    return {
        "http": _pinned(HTTPConnectionPool, HTTPConnection, addresses),
        "https": _pinned(HTTPSConnectionPool, HTTPSConnection, addresses),
    }


class _Pinned:
    """Connects to the first of the addresses that lets it in; certificates are still those of the name."""

    addresses: tuple[str, ...]
    _dns_host: str

    def _new_conn(self) -> Any:
        name, failure = self._dns_host, None
        try:
            for address in self.addresses:
                self._dns_host = address
                try:
                    return super()._new_conn()  # type: ignore[misc]
                except HTTPError as error:
                    failure = error
        finally:
            self._dns_host = name
        assert failure is not None
        raise failure


def _pinned(pool: type, connection: type, addresses: tuple[str, ...]) -> type:
    pinned = type(connection.__name__, (_Pinned, connection), {"addresses": addresses})
    return type(pool.__name__, (pool,), {"ConnectionCls": pinned})
