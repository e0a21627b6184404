"""User classes that hold a Socket.IO connection and have nothing to do, or ask what nobody answers."""

from __future__ import annotations

from lorax_tui.users import SocketUser, constant, task


class Idle(SocketUser):
    """Connects and has nothing to do."""

    wait_time = constant(600)

    def data_file(self) -> None:
        """None, so that there is nothing to load."""

    @task
    def rest(self) -> None:
        pass


class Hung(Idle):
    """Asks what nobody ever answers."""

    wait_time = constant(0)

    @task
    def ask_in_vain(self) -> None:
        self.ask("nobody_answers_this", timeout_s=600)
