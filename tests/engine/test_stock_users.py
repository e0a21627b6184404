"""Classes on Locust's own `HttpUser` and `FastHttpUser`: counted as this program's own, and kept to the target."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import gevent
import locust
import pytest
from locust.clients import HttpSession
from requests.auth import HTTPBasicAuth

from lorax_tui.engine.classes import own_classes
from lorax_tui.engine.context import Context
from lorax_tui.engine.stock import adopted
from lorax_tui.errors import UsageError
from lorax_tui.model.learned import HIDDEN
from lorax_tui.model.scenario import Target
from lorax_tui.model.tally import Tally
from tests.counting_server import counting_server
from tests.engine.driver import manned
from tests.engine.httpserver import HttpServer, Peer, Received
from tests.engine.routes import serving
from tests.waiting import wait_until

FILE = Path(__file__).with_name("stock_users.py")


class Stock(locust.HttpUser):
    tasks = (print,)


class StockFast(locust.FastHttpUser):
    tasks = (print,)
    network_timeout = 0.3


def health(peer: Peer, request: Received) -> None:
    peer.answer(b'{"ok": true}')


def broken(peer: Peer, request: Received) -> None:
    peer.answer(b"no", status="503 A reason of the server's own")


def astray(peer: Peer, request: Received) -> None:
    peer.answer(b"", "Location: http://127.0.0.2:9/elsewhere", status="302 Elsewhere")


def reset(peer: Peer, request: Received) -> None:
    peer.reset()


def silent(peer: Peer, request: Received) -> None:
    peer.hang()


def repeat(peer: Peer, request: Received) -> None:
    heard = [request.target, request.body.decode(), *(value for _, value in request.headers)]
    said = "_".join(heard).replace("=", " ").replace(": ", " ")
    peer.answer(said.encode(), "Set-Cookie: theirs=CANARYtheirs0d5e8c1b", "Content-Type: text/plain")


@pytest.fixture(scope="module")
def server() -> Iterator[HttpServer]:
    with serving((health, broken, astray, reset, silent, repeat)) as running:
        yield running


@pytest.fixture
def context(server: HttpServer) -> Context:
    return Context(Target(host=server.url, addresses=("127.0.0.1",)))


def user_of(user_class: type[locust.User], context: Context) -> Any:
    """A user of the class, with its client."""
    made = adopted(user_class)
    made.host = context.target.host
    return made(SimpleNamespace(lorax=context, events=SimpleNamespace(request=None)))


@pytest.fixture(params=[Stock, StockFast])
def client(request: pytest.FixtureRequest, context: Context) -> Iterator[Any]:
    user = user_of(request.param, context)
    yield user.client
    user.close()


def booked(context: Context) -> Tally:
    (tally,) = context.recorder.cut()
    return tally


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/broken", ("status", "HTTP 503")),
        ("/astray", ("redirect", "redirected to another host: 127.0.0.2")),
        ("/reset", ("reset", "")),
    ],
)
def test_what_fails_is_booked_by_its_kind(client: Any, context: Context, path: str, said: tuple[str, str]) -> None:
    client.get(path)
    tally = booked(context)
    assert (tally.protocol, tally.name, tally.asks, tally.failed) == ("HTTP", f"GET {path}", 1, 1)
    (error,) = tally.errors
    assert error.kind == said[0] and error.message.endswith(said[1])


def test_no_answer_in_time_is_a_timeout(client: Any, context: Context) -> None:
    client.get("/silent", **({"timeout": 0.3} if isinstance(client, HttpSession) else {}))
    tally = booked(context)
    assert (tally.asks, tally.timeout, tally.failed, tally.in_flight) == (1, 1, 0, 0)


def test_nobody_there_is_refused() -> None:
    for stock in (Stock, StockFast):
        context = Context(Target(host="http://127.0.0.1:9", addresses=("127.0.0.1",)))
        user_of(stock, context).client.get("/")
        assert [error.kind for error in booked(context).errors] == ["refused"]


def test_another_host_gets_no_request(client: Any, context: Context) -> None:
    with pytest.raises(ValueError, match=r"load goes to 127\.0\.0\.1 alone"):
        client.get("http://127.0.0.2:9/health")
    assert context.recorder.cut() == []


def test_connections_go_to_the_addresses_that_were_found_and_nowhere_else(server: HttpServer) -> None:
    for stock in (Stock, StockFast):
        context = Context(Target(host=f"http://no-such-name.invalid:{server.port}", addresses=("127.0.0.1",)))
        user = user_of(stock, context)
        assert user.client.get("/health").status_code == 200
        user.close()
        assert booked(context).ok == 1


def test_a_with_block_judges_and_whatever_ends_it_there_is_one_outcome(client: Any, context: Context) -> None:
    with client.get("/broken", catch_response=True) as response:
        response.success()
    with client.get("/health", catch_response=True, name="judged") as response:
        response.failure("not good enough")
    with client.get("/health", catch_response=True, name="unjudged"):
        pass
    with pytest.raises(ZeroDivisionError), client.get("/health", catch_response=True, name="raising"):
        raise ZeroDivisionError
    with pytest.raises(gevent.GreenletExit), client.get("/health", catch_response=True, name="killed"):
        raise gevent.GreenletExit
    client.get("/health", catch_response=True, name="never entered")
    tallies = {tally.name: tally for tally in context.recorder.cut()}
    assert {name: (tally.asks, tally.ok, tally.failed, tally.interrupted) for name, tally in tallies.items()} == {
        "GET /broken": (1, 1, 0, 0),
        "GET judged": (1, 0, 1, 0),
        "GET unjudged": (1, 1, 0, 0),
        "GET raising": (1, 0, 1, 0),
        "GET killed": (1, 0, 0, 1),
        "GET never entered": (1, 1, 0, 0),
    }
    assert [(error.kind, error.message) for error in tallies["GET judged"].errors] == [
        ("application", "not good enough")
    ]


def test_one_process_refuses_them_and_says_what_runs_them() -> None:
    with pytest.raises(UsageError, match=r"stock_users\.py: Blocking is built on HttpUser: .* --workers 1 runs it"):
        own_classes(FILE)


def test_a_worker_counts_them_exactly_and_none_blocks_the_others() -> None:
    with counting_server() as counting, manned(counting.url, FILE, 1) as driven:
        driven.begin()
        driven.apply(24, 100, Blocking=1, Fast=1, Slow=1)
        wait_until(lambda: driven.users() == {"Blocking": 8, "Fast": 8, "Slow": 8}, "all users run", 30)
        wait_until(lambda: len(counting.served.get("/slow", [])) > 24, "slow requests run side by side", 30)
        driven.stop()
        served = {path: len(ids) for path, ids in counting.served.items()}
        totals = driven.totals()
    quick, judged, slow = (totals[f"GET {name}"] for name in ("/quick", "judged", "/slow"))
    assert quick.asks + judged.asks == served["/quick"]
    assert (quick.asks, judged.asks) == (quick.ok, judged.failed)
    assert (slow.asks, slow.in_flight) == (slow.ok + slow.interrupted, 0)
    assert slow.ok <= served["/slow"] <= slow.asks


def test_a_killed_request_is_interrupted_and_its_connection_closed() -> None:
    with counting_server() as counting, manned(counting.url, FILE, 1) as driven:
        driven.begin()
        driven.apply(10, 100, Hanging=1, HangingFast=1)
        wait_until(lambda: counting.hanging == 10, "all users hang", 30)
        driven.stop()
        wait_until(lambda: counting.open_connections() == 0, "no connection is left", 5)
        totals = driven.totals()
    for name in ("GET /hang", "GET hang fast"):
        row = totals[name]
        assert (row.asks, row.interrupted, row.bad, row.in_flight) == (5, 5, 0, 0)


def test_no_secret_that_they_send_or_are_given_is_repeated(client: Any, context: Context) -> None:
    if isinstance(client, HttpSession):
        client.headers["X-Api-Key"] = "CANARY.header/1"
        client.auth = HTTPBasicAuth("me", "CANARY.basic/1")
        client.params = {"token": "CANARY.always/1"}
        client.cookies.set("mine", "CANARY.cookie/1")
    else:
        client.client.default_headers["X-Api-Key"] = "CANARY.header/1"
    told = []
    for options in (
        {},
        {"params": {"token": "CANARY.query/1"}},
        {"data": "user=me&password=CANARY.form/1"},
        {"json": {"password": "CANARY.json/1"}},
        {"headers": {"Authorization": "Bearer CANARY.bearer/1"}},
    ):
        with client.post("/repeat", catch_response=True, **options) as response:
            response.failure(response.text)
        told += booked(context).errors
    assert len(told) == 5 and all(error.message.count(HIDDEN) >= 1 for error in told)
    assert "CANARY" not in "".join(error.message for error in told)
