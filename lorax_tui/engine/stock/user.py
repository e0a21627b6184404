"""A user class built on one of Locust's own, with what the engine needs of every user."""

from __future__ import annotations

from types import new_class
from typing import Any

import locust
from locust.contrib.fasthttp import FastHttpUser

from lorax_tui.engine.stock.session import counted
from lorax_tui.engine.users.counted import CountedUser

KINDS: tuple[type[locust.User], ...] = (locust.HttpUser, FastHttpUser)
"""What such a class may be built on."""


def adopted(user_class: type[locust.User]) -> type[CountedUser]:
    """The class under the same name, counted."""
    origin = {"__module__": user_class.__module__, "__qualname__": user_class.__qualname__}
    return new_class(user_class.__name__, (_Adopted, user_class), exec_body=lambda body: body.update(origin))


class _Adopted(CountedUser):
    abstract = True

    pool_manager: Any = None
    client_pool: Any = None

    @property
    def client(self) -> Any:
        """The client that the class has given itself."""
        return self._client

    @client.setter
    def client(self, session: Any) -> None:
        self._client = counted(session, self.turnstile, self.lorax)

    def close(self) -> None:
        """Close its connections, unless it shares them with others."""
        if self.pool_manager is None and self.client_pool is None:
            getattr(self._client, "client", self._client).close()
