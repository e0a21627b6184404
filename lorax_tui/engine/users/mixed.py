"""A user that speaks HTTP and Socket.IO in turns, as a browser does."""

from __future__ import annotations

from locust import between, task

from lorax_tui.engine.users.socket import SocketUser


class LoraxMixedUser(SocketUser):
    """Looks around over HTTP while its socket stays connected."""

    wait_time = between(0.5, 2)

    @task(5)
    def health_then_projects(self) -> None:
        """GET /health, then GET /projects."""
        self.health()
        self.projects()

    @task(3)
    def health_then_memory(self) -> None:
        """GET /health, then GET /memory_status."""
        self.health()
        self.memory_status()

    @task(1)
    def renew_session(self) -> None:
        """POST /init-session."""
        self.init_session()

    @task(3)
    def send_ping(self) -> None:
        """The `ping` event."""
        self.ping()

    @task(1)
    def ask_load_file(self) -> None:
        """The `load_file` event."""
        self.load_file()
