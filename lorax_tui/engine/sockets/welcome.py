"""Whether the target lets a session in: its greeting and the namespace, in either order, or a refusal."""

from __future__ import annotations

from gevent.event import AsyncResult

from lorax_tui.engine.sockets.answers import Refusal, refusal_of

_GREETINGS = ("status", "session-restored")


class Welcome:
    """That of one connection; the reading greenlet tells what comes, the asking one waits."""

    def __init__(self) -> None:
        self._decided: AsyncResult = AsyncResult()
        self._greeted = self._in_namespace = False

    @property
    def is_over(self) -> bool:
        """Whether it is decided."""
        return bool(self._decided.ready())

    def wait(self) -> Refusal | None:
        """What the target says; `None`: it lets the session in. Raises what ended the connection before it said so."""
        refusal: Refusal | None = self._decided.get()
        return refusal

    def heard(self, event: str, payload: object) -> None:
        """An event came."""
        if event in _GREETINGS:
            self._greeted = True
            self._look()
        elif event == "error":
            self._decided.set(refusal_of(payload))

    def in_namespace(self) -> None:
        """The target let the socket into the namespace."""
        self._in_namespace = True
        self._look()

    def refused(self, *args: object) -> None:
        """The target did not."""
        if not self.is_over:
            self._decided.set(refusal_of(args[0] if args else "the namespace was refused"))

    def lost(self, error: Exception) -> None:
        """The connection is gone."""
        if not self.is_over:
            self._decided.set_exception(error)

    def _look(self) -> None:
        if self._greeted and self._in_namespace and not self.is_over:
            self._decided.set(None)
