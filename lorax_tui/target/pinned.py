"""Connects to addresses that were found before, and asks no resolver again: a name may come to mean another machine."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote

import httpx


class Pinned(httpx.AsyncBaseTransport):
    """Sends each request to the first of the addresses that lets it in; certificates are still those of the name."""

    def __init__(self, addresses: Sequence[str], transport: httpx.AsyncBaseTransport) -> None:
        self._addresses = tuple(addresses)
        self._transport = transport

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """The answer, as the transport below gives it."""
        name, url, refused = request.url.host, request.url, None
        if request.url.scheme == "https":
            request.extensions = {**request.extensions, "sni_hostname": name}
        for address in self._addresses:
            request.url = url.copy_with(host=quote(address, safe=":"))
            try:
                return await self._transport.handle_async_request(request)
            except httpx.ConnectError as error:
                refused = error
        assert refused is not None, "there is an address"
        raise refused

    async def aclose(self) -> None:
        """Close what is below."""
        await self._transport.aclose()
