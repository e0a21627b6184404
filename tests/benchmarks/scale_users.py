"""User classes for the benchmark `scale`: a file, because workers have them from one."""

from __future__ import annotations

from lorax_tui.users import LoraxHttpUser, SocketUser, constant, task


class Hasty(LoraxHttpUser):
    """Asks as fast as it is answered."""

    wait_time = constant(0)


class Idle(SocketUser):
    """Holds a socket, and has nothing to do."""

    wait_time = constant(600)

    @task
    def rest(self) -> None:
        pass
