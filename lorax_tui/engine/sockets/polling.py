"""Engine.IO by long polling, over the load's own HTTP client: for targets whose proxy lets no websocket through.

    reading    GET ──── held until there is something ────► packets; and again
    writing    POST packets ─► ok; the next

The good-bye is the last thing that is written; the GET that is still held then is cut, and nobody waits for its end.
"""

from __future__ import annotations

from collections.abc import Mapping
from time import perf_counter
from typing import Any

from engineio import packet
from gevent.queue import Empty

from lorax_tui.engine.http.client import Client
from lorax_tui.engine.http.failure import HttpError
from lorax_tui.engine.http.intake import MOST_BYTES
from lorax_tui.engine.http.limits import HttpLimits
from lorax_tui.engine.http.request import Request, located
from lorax_tui.engine.http.response import Response
from lorax_tui.engine.sockets.failures import bare
from lorax_tui.engine.sockets.transport import GeventEngine

MOST_PACKETS = 16
"""In one POST: servers take no more."""

MOST_POLLED_BYTES = 2 * MOST_BYTES
"""In one answer: it brings all that has come meanwhile, and bytes by four letters for three."""

GRACE_S = 5.0
"""How much longer than a server's own silence a poll may take."""

_SEPARATOR = "\x1e"


class PollingEngine(GeventEngine):
    """Engine.IO over HTTP requests, polled by one greenlet and posted by another."""

    def __init__(self, *args: Any, http: Client, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._http = http
        self._fields: dict[str, str] = {}

    def _hang_up(self) -> None:
        """Close the connections under whoever reads or writes."""
        super()._hang_up()
        self._http.close()

    def _connect_polling(self, url: str, headers: dict[str, str], engineio_path: str) -> bool:
        self._fields = dict(headers)
        return bool(super()._connect_polling(url, headers, engineio_path))

    def _send_request(
        self, method: str, url: str, headers: Mapping[str, str] | None = None, body: Any = None, timeout: float = 30
    ) -> Response:
        """The answer to a request that was a right one.

        Raises:
            HttpError: it was not, or there is none.
        """
        origin, target = located(url)
        content = body.encode() if isinstance(body, str) else body or b""
        request = Request(method, origin, target, self._fields | dict(headers or {}), content)
        limits = HttpLimits(read_s=timeout, total_s=timeout, body_bytes=MOST_POLLED_BYTES)
        response = self._http.fetch(request, limits, perf_counter(), follow=False)
        if response.status_code != 200:
            raise HttpError("status", f"the polling was refused with status {response.status_code}")
        return response

    def _read_loop_polling(self) -> None:
        error: Exception | None = None
        try:
            while self.state == "connected":
                self._poll()
        except Exception as raised:
            error = bare(raised)
        self._lose(error)

    def _poll(self) -> None:
        """Take what the server has to say, when it has."""
        silence_s = self.ping_interval + self.ping_timeout + GRACE_S
        response = self._send_request("GET", self.base_url + self._get_url_timestamp(), timeout=silence_s)
        for part in response.content.decode().split(_SEPARATOR):
            self._receive_packet(packet.Packet(encoded_packet=part))

    def _write_loop(self) -> None:
        """Post what is queued, to the last: a good-bye may be waiting behind a post that is under way."""
        while (first := self.queue.get()) is not None:
            posted, is_last = [first], False
            while len(posted) < MOST_PACKETS and not is_last:
                try:
                    following = self.queue.get_nowait()
                except Empty:
                    break
                is_last = following is None
                if not is_last:
                    posted.append(following)
            body = _SEPARATOR.join(sent.encode(b64=True) for sent in posted)
            self._send_request("POST", self.base_url, {"Content-Type": "text/plain; charset=UTF-8"}, body)
            if is_last:
                return
