"""User classes that send every request with an id of its own, and write both ends of it down, whatever process they
live in; a file as users of this program have one.
"""

from __future__ import annotations

import os
from itertools import count

from lorax_tui.users import LoraxUser, constant, task
from tests.engine.ledger import ASKED, ENDED, enter

_ids = count()


class Counted(LoraxUser):
    abstract = True
    wait_time = constant(0.02)
    path = "/quick"

    @task
    def ask(self) -> None:
        request_id = f"{os.getpid()}-{next(_ids)}"
        enter(ASKED, self.path, request_id)
        response = self.client.get(self.path, headers={"X-Request-Id": request_id})
        if response.status_code == 200:
            enter(ENDED, self.path, request_id)


class Quick(Counted):
    pass


class Slow(Counted):
    path = "/slow"


class Other(Counted):
    wait_time = constant(0.05)


class Hanging(Counted):
    path = "/hang"


class Dying(LoraxUser):
    @task
    def die(self) -> None:
        raise RuntimeError("a mistake in the user's own file")


class Stillborn(LoraxUser):
    def on_start(self) -> None:
        raise RuntimeError("cannot even start")

    @task
    def never(self) -> None:
        raise AssertionError
