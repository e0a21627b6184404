"""Users as Locust runs them, against a scripted server and against a real backend."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Any

import gevent
import pytest
from engineio import base_client
from locust.env import Environment

from lorax_tui.engine.context import Context
from lorax_tui.engine.sockets.socket import LoraxSocket
from lorax_tui.engine.survey import survey, warm_up
from lorax_tui.engine.users import SHIPPED, LoraxUser
from lorax_tui.engine.users.upload import FILE_NAME
from lorax_tui.model.scenario import Target
from lorax_tui.model.tally import Tally
from lorax_tui.users import HttpUser, LoraxHttpUser, LoraxLoadUser, LoraxSocketUser, LoraxUploadUser, task
from tests.backend import Backend
from tests.data_sets import PROJECT, TREES, TREES_FILE
from tests.hub import run_until
from tests.script_server import ScriptServer, Wire, script_server


def eager(user_class: type[LoraxUser]) -> type[LoraxUser]:
    """The same user, without thinking time to speak of."""
    body = {"wait_time": lambda self: 0.02, "weight": 1}
    return type(user_class.__name__, (user_class,), body)


class Watch:
    """Adds up what a context's recorder hands out."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.tallies: list[Tally] = []

    def count(self, name: str, outcome: str = "ok") -> int:
        self.tallies += self.context.recorder.cut()
        return sum(getattr(tally, outcome) for tally in self.tallies if tally.name == name)

    def names(self) -> set[str]:
        self.tallies += self.context.recorder.cut()
        return {tally.name for tally in self.tallies}

    def problems(self) -> list[str]:
        self.tallies += self.context.recorder.cut()
        return [f"{tally.name}: {error.message}" for tally in self.tallies for error in tally.errors]


@contextmanager
def running(context: Context, count: int, *classes: type[LoraxUser]) -> Iterator[Any]:
    """Users under Locust's own runner, stopped at the end."""
    environment = Environment(user_classes=list(classes), host=context.target.host, stop_timeout=2)
    environment.lorax = context
    runner = environment.create_local_runner()
    try:
        runner.start(count, 100)
        yield runner
    finally:
        runner.stop()
        runner.greenlet.kill(block=True)
        run_until(lambda: not _users_left(), "all users have ended")
    assert context.sockets_connected == 0 and context.http_connections == 0
    assert base_client.connected_clients == []


def _users_left() -> list[object]:
    return [
        greenlet
        for greenlet in gc.get_objects()
        if isinstance(greenlet, gevent.Greenlet) and not greenlet.dead and "run_user" in repr(greenlet)
    ]


async def pong(wire: Wire, number: int, payload: dict[str, object]) -> None:
    await wire.event("pong", {"type": "pong", "time": "now"})
    await wire.ack(number)


async def hang_up(wire: Wire, number: int, payload: dict[str, object]) -> None:
    await wire.hang_up()


@pytest.fixture
def server() -> Iterator[ScriptServer]:
    with script_server() as running_server:
        running_server.pages = {"/init-session": {"sid": "abc-1"}}
        running_server.on["ping"] = pong
        yield running_server


@pytest.mark.backend
class TestAgainstABackend:
    def test_all_classes_ask_what_they_are_meant_to(self, backend: Backend) -> None:
        context = Context(Target(host=backend.url))
        found = survey(context)
        assert (found.data_file, found.num_trees, found.notes) == ((PROJECT, TREES_FILE), TREES, ())
        warm_up(context)
        assert context.recorder.cut() == [], "nothing of this is measured"
        watch = Watch(context)
        with running(context, 2 * len(SHIPPED), *map(eager, SHIPPED)):
            wanted = {
                "GET /health",
                "GET /projects",
                "GET /memory_status",
                "POST /init-session",
                "POST /upload",
                "connect",
                "ping",
                "load_file",
                "process_postorder_layout",
                "get_ancestors_event",
                "search_nodes",
            }
            run_until(lambda: all(watch.count(name) for name in wanted), "each was answered once", 60)
            assert watch.names() == wanted
        assert watch.problems() == []
        assert context.files_left == 2

    def test_an_upload_user_looks_at_its_own_file(self, backend: Backend) -> None:
        context = Context(Target(host=backend.url))
        watch = Watch(context)
        with running(context, 1, eager(LoraxUploadUser)) as runner:
            run_until(lambda: watch.count("search_nodes"), "every task has come", 60)
            (greenlet,) = runner.user_greenlets
            user = greenlet.args[0]
            assert user.data_file() == ("Uploads", FILE_NAME)
            assert user.data_set.num_trees == 4
        assert watch.problems() == []
        assert context.files_left == 1

    def test_a_named_file_that_is_not_there(self, backend: Backend) -> None:
        context = Context(Target(host=backend.url, project=PROJECT, file="nope.trees"))
        found = survey(context)
        assert found.answers_ping and found.data_file is None
        assert any("FILE_NOT_FOUND" in note for note in found.notes)
        watch = Watch(context)
        with running(context, 1, eager(LoraxLoadUser)):
            run_until(lambda: watch.count("ping") > 3, "pings are sent instead")
        assert watch.names() == {"POST /init-session", "connect", "ping"}
        assert watch.problems() == []


class TestStart:
    def test_a_target_that_is_down_is_tried_again_and_again(self) -> None:
        context = Context(Target(host="http://127.0.0.1:1"))
        watch = Watch(context)
        with running(context, 5, LoraxHttpUser, LoraxSocketUser) as runner:
            run_until(lambda: watch.count("POST /init-session", "failed") >= 15, "three tries each")
            assert runner.user_count == 5
            began = monotonic()
            runner.stop()
            assert monotonic() - began < 1.5, "they were interrupted while they waited"

    def test_stopped_half_way_through_connect(self, server: ScriptServer) -> None:
        server.welcome = []
        context = Context(Target(host=server.url))
        watch = Watch(context)
        with running(context, 3, LoraxSocketUser):
            run_until(lambda: server.connections == 3, "all wait for their welcome")
        assert watch.count("connect", "interrupted") == 3
        run_until(lambda: server.connections == 0, "nobody is left")


class TestReconnect:
    def test_a_lost_connection_is_made_again(self, server: ScriptServer) -> None:
        context = Context(Target(host=server.url))
        watch = Watch(context)
        with running(context, 2, eager(LoraxSocketUser)):
            run_until(lambda: watch.count("ping"), "a first pong")
            server.on["ping"] = hang_up
            run_until(lambda: watch.count("ping", "disconnected") >= 2, "both were cut off")
            server.on["ping"] = pong
            before = watch.count("ping")
            run_until(lambda: watch.count("ping") > before + 5, "pongs again")
        assert watch.count("connect") >= 4
        assert watch.count("POST /init-session") == 2, "the session is still good"

    def test_a_lost_session_is_begun_anew(self, server: ScriptServer) -> None:
        context = Context(Target(host=server.url), answers_ping=False)

        async def forgotten(wire: Wire, number: int, payload: dict[str, object]) -> None:
            if payload["lorax_sid"] == "abc-1":
                await wire.ack(number, {"error": "Session not found"})
            else:
                await wire.ack(number, {"session_trees": 0, "stats": {}})

        server.on["get_cache_stats"] = forgotten
        watch = Watch(context)
        with running(context, 1, eager(LoraxSocketUser)):
            run_until(lambda: watch.count("get_cache_stats", "failed"), "the session is gone")
            server.pages["/init-session"] = {"sid": "abc-2"}
            run_until(lambda: watch.count("get_cache_stats"), "a new one")
        assert server.cookies[-1] == "lorax_sid=abc-2"


class TestOwnClasses:
    def test_own_tasks_beside_those_of_the_base(self, server: ScriptServer) -> None:
        class Visitor(LoraxHttpUser):
            wait_time = lambda self: 0.02  # noqa: E731

            @task(50)
            def docs(self) -> None:
                self.client.get("/docs")

        server.pages |= {"/docs": {}}
        context = Context(Target(host=server.url))
        watch = Watch(context)
        with running(context, 1, Visitor):
            run_until(lambda: watch.count("GET /docs") > 5 and watch.count("GET /health", "failed"), "both came")
        assert watch.count("GET /docs", "failed") == 0
        assert watch.count("POST /init-session") >= 1

    def test_a_bare_class_has_only_its_own_tasks_and_no_socket(self, server: ScriptServer) -> None:
        class Visitor(HttpUser):
            wait_time = lambda self: 0.02  # noqa: E731

            @task
            def docs(self) -> None:
                self.client.get("/docs")

        server.pages |= {"/docs": {}}
        context = Context(Target(host=server.url))
        watch = Watch(context)
        with running(context, 1, Visitor) as runner:
            run_until(lambda: watch.count("GET /docs") > 5, "docs were read")
            (greenlet,) = runner.user_greenlets
            assert not any(isinstance(value, LoraxSocket) for value in vars(greenlet.args[0]).values())
        assert watch.names() == {"POST /init-session", "GET /docs"}
        assert server.connections == 0

    def test_one_that_forgets_its_base_still_leaves_nothing_behind(self, server: ScriptServer) -> None:
        class Careless(LoraxSocketUser):
            wait_time = lambda self: 0.02  # noqa: E731

            def on_start(self) -> None:
                """No `super()` here."""

            def on_stop(self) -> None:
                """Nor here."""

        context = Context(Target(host=server.url))
        watch = Watch(context)
        with running(context, 2, Careless) as runner:
            run_until(lambda: watch.count("ping") > 5, "it asks all the same")
            runner.stop()
            run_until(lambda: context.sockets_connected == 0 and not context.http_connections, "all is closed")
        run_until(lambda: server.connections == 0, "the server has lost them")
