"""Users that speak HTTP to a Lorax backend, and never open a socket."""

from __future__ import annotations

from typing import Any

from locust import between, task

from lorax_tui.engine.http import ask_json
from lorax_tui.engine.users.base import LoraxUser


class HttpUser(LoraxUser):
    """A user with a Lorax session over HTTP and no tasks yet: the base for a class of your own."""

    abstract = True

    def __init__(self, environment: Any) -> None:
        super().__init__(environment)
        self.sid = ""
        """The session's id; empty while there is none."""

    def is_ready(self) -> bool:
        """Whether there is a session."""
        return bool(self.sid)

    def prepare(self) -> bool:
        """Ask for a session."""
        return self.init_session()

    def init_session(self) -> bool:
        """Begin a session, or prolong the one there is."""
        answer = ask_json(self.client, "POST", "/init-session", expect="sid")
        sid = answer.get("sid") if answer else None
        if isinstance(sid, str) and sid.isascii() and sid.replace("-", "").isalnum():
            self.sid = sid
            return True
        return False

    def health(self) -> None:
        """Ask whether the backend is well."""
        ask_json(self.client, "GET", "/health", expect="ok")

    def projects(self) -> None:
        """Ask which data there is."""
        ask_json(self.client, "GET", "/projects", expect="projects")

    def memory_status(self) -> None:
        """Ask how much memory the backend uses."""
        ask_json(self.client, "GET", "/memory_status", expect="rss_MB")


class LoraxHttpUser(HttpUser):
    """Asks for health, projects and memory, and renews its session now and then."""

    wait_time = between(0.5, 2)

    @task(10)
    def ask_health(self) -> None:
        """GET /health."""
        self.health()

    @task(5)
    def ask_projects(self) -> None:
        """GET /projects."""
        self.projects()

    @task(3)
    def ask_memory_status(self) -> None:
        """GET /memory_status."""
        self.memory_status()

    @task(1)
    def renew_session(self) -> None:
        """POST /init-session."""
        self.init_session()
