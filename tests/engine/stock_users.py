"""User classes on Locust's own clients, as a file of users may have them; run in workers alone."""

from __future__ import annotations

from itertools import count

from locust import FastHttpUser, HttpUser, constant, task

_ids = count()


def fields() -> dict[str, str]:
    return {"X-Request-Id": str(next(_ids))}


def quick(user: HttpUser | FastHttpUser) -> None:
    user.client.get("/quick", headers=fields())


def judged(user: HttpUser | FastHttpUser) -> None:
    with user.client.get("/quick", name="judged", catch_response=True, headers=fields()) as response:
        response.failure("not good enough")


class Blocking(HttpUser):
    wait_time = constant(0.02)
    tasks = (quick, judged)


class Fast(FastHttpUser):
    wait_time = constant(0.02)
    tasks = (quick, judged)


class Slow(HttpUser):
    wait_time = constant(0)

    @task
    def slow(self) -> None:
        self.client.get("/slow")


class Hanging(HttpUser):
    @task
    def hang(self) -> None:
        self.client.get("/hang")


class HangingFast(FastHttpUser):
    @task
    def hang(self) -> None:
        self.client.get("/hang", name="hang fast")
