"""An address of this machine that counts as another one, and hears whether anything is sent to it."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

ELSEWHERE = "127.0.0.2"
"""What tests call another machine."""

HERE = "127.0.0.1"
"""What is this one then."""

_REFUSAL = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


def is_here(address: str) -> bool:
    """Tells the one from the other, in the place of what takes the whole loopback for this machine."""
    return address == HERE


class Ears:
    """Takes every connection, and answers 404."""

    def __init__(self) -> None:
        self.connections = 0
        self.heard = b""
        self._socket = socket.create_server((ELSEWHERE, 0))
        self.port = self._socket.getsockname()[1]
        self.url = f"http://{ELSEWHERE}:{self.port}"
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def _listen(self) -> None:
        while True:
            try:
                peer, _ = self._socket.accept()
            except OSError:
                return
            self.connections += 1
            with peer:
                peer.settimeout(1)
                try:
                    self.heard += peer.recv(65536)
                    peer.sendall(_REFUSAL)
                except OSError:
                    continue

    def close(self) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join(5)


@contextmanager
def listening() -> Iterator[Ears]:
    """Ears that are open within the block."""
    ears = Ears()
    try:
        yield ears
    finally:
        ears.close()
