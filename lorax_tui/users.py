"""The user classes by their public names, for a file of your own.

    from lorax_tui.users import LoraxHttpUser, between, task

    class Visitor(LoraxHttpUser):
        wait_time = between(1, 2)

        @task(3)
        def docs(self):
            self.client.get("/docs")

A subclass keeps the tasks of its base. `HttpUser`, `SocketUser` and `ViewerUser` have a session, a connection and a
file, and no tasks; `LoraxUser` has nothing but a client.
"""

from lorax_tui.engine.users import (
    HttpUser,
    LoraxHttpUser,
    LoraxLoadUser,
    LoraxMixedUser,
    LoraxSocketUser,
    LoraxUploadUser,
    LoraxUser,
    SocketUser,
    ViewerUser,
)

from locust import between, constant, events, poisson, tag, task  # isort: skip

__all__ = [
    "HttpUser",
    "LoraxHttpUser",
    "LoraxLoadUser",
    "LoraxMixedUser",
    "LoraxSocketUser",
    "LoraxUploadUser",
    "LoraxUser",
    "SocketUser",
    "ViewerUser",
    "between",
    "constant",
    "events",
    "poisson",
    "tag",
    "task",
]
