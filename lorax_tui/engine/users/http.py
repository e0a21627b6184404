"""Users that speak HTTP to a Lorax backend, and never open a socket."""

from __future__ import annotations

from typing import Any

from locust import between, task

from lorax_tui.engine.http import SESSION_COOKIE, ask_json
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
        answer = self.ask_json("POST", "/init-session", expect="sid")
        return answer is not None and self._take_on(answer["sid"])

    def forget_session(self) -> None:
        """The target does not know the session any more: the next one is begun without it."""
        self.sid = ""
        for cookie in [cookie for cookie in self.client.cookies if cookie.name == SESSION_COOKIE]:
            self.client.cookies.clear(cookie.domain, cookie.path, cookie.name)

    def ask_json(self, method: str, path: str, expect: str, **options: Any) -> dict[str, Any] | None:
        """Ask as `ask_json` does; a session that the target has begun in the place of ours is ours from here on."""
        answer = ask_json(self.client, method, path, expect=expect, **options)
        if answer is None and self.sid:
            self._take_on(self.client.cookies.get(SESSION_COOKIE))
        return answer

    def health(self) -> None:
        """Ask whether the backend is well."""
        self.ask_json("GET", "/health", expect="ok")

    def projects(self) -> None:
        """Ask which data there is."""
        self.ask_json("GET", "/projects", expect="projects")

    def memory_status(self) -> None:
        """Ask how much memory the backend uses."""
        self.ask_json("GET", "/memory_status", expect="rss_MB")

    def _take_on(self, sid: object) -> bool:
        """Make it the user's session, if it can be one."""
        if isinstance(sid, str) and sid.isascii() and sid.replace("-", "").isalnum():
            self.sid = sid
            return True
        return False


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
