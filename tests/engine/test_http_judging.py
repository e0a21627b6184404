"""A task's word about an answer, and what is booked without one."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import pytest
from gevent import GreenletExit
from locust.exception import LocustError, RescheduleTask, ResponseError

from lorax_tui.engine.http import HttpSession, ask_json
from lorax_tui.engine.recorder import Recorder
from lorax_tui.model.tally import Outcome, Tally
from tests.engine.httpserver import HttpServer, Peer, Received
from tests.engine.routes import JSON, health, hop, serving


def failing(peer: Peer, request: Received) -> None:
    peer.answer(b"no", status="500 No")


def lorax_error(peer: Peer, request: Received) -> None:
    peer.answer(b'{"error": "no such file"}', JSON)


def page(peer: Peer, request: Received) -> None:
    peer.answer(b"<html>", "Content-Type: text/html")


def half_json(peer: Peer, request: Received) -> None:
    peer.answer(b'{"ok": tr', JSON)


def deep_json(peer: Peer, request: Received) -> None:
    peer.answer(b"[" * 100_000, JSON)


def a_list(peer: Peer, request: Received) -> None:
    peer.answer(b"[1]", JSON)


def hang(peer: Peer, request: Received) -> None:
    peer.hang()


ROUTES = (health, failing, lorax_error, page, half_json, deep_json, a_list, hang, hop)


@pytest.fixture(scope="module")
def server() -> Iterator[HttpServer]:
    with serving(ROUTES) as running:
        yield running


def booked(recorder: Recorder) -> tuple[str, str, str]:
    """Outcome, kind and message of the only ask."""
    (tally,) = recorder.cut()
    outcomes = {outcome.value: getattr(tally, outcome) for outcome in Outcome}
    assert sum(outcomes.values()) == tally.asks == 1
    (outcome,) = [name for name, count in outcomes.items() if count]
    (error,) = tally.errors or (None,)
    return (outcome, error.kind, error.message) if error else (outcome, "", "")


class Oddity(Exception):
    """A task's own exception."""


@pytest.mark.parametrize(
    ("path", "judge", "expected"),
    [
        ("/health", lambda response: None, ("ok", "", "")),
        ("/failing", lambda response: None, ("failed", "status", "HTTP 500")),
        ("/failing", lambda response: response.success(), ("ok", "", "")),
        ("/health", lambda response: response.failure("no data"), ("failed", "application", "no data")),
        ("/health", lambda response: response.failure(Oddity("odd")), ("failed", "application", "odd")),
        ("/health", lambda response: response.failure("late", kind="slow"), ("failed", "slow", "late")),
        ("/health", lambda response: (response.failure("no"), response.success()), ("ok", "", "")),
        ("/hop", lambda response: None, ("ok", "", "")),
    ],
)
def test_a_task_judges_its_answer(
    session: HttpSession, recorder: Recorder, path: str, judge: Callable[[object], None], expected: tuple[str, ...]
) -> None:
    with session.get(path, catch_response=True) as response:
        judge(response)
        (tally,) = recorder.cut()
        assert tally.in_flight == 1
    assert merged_outcome(tally, recorder) == expected


def merged_outcome(first: Tally, recorder: Recorder) -> tuple[str, str, str]:
    """The outcome in the second cut of an ask that the first one saw in flight."""
    (tally,) = recorder.cut()
    tally.asks += first.asks
    (outcome,) = [outcome.value for outcome in Outcome if getattr(tally, outcome)]
    assert tally.asks == 1
    (error,) = tally.errors or (None,)
    return (outcome, error.kind, error.message) if error else (outcome, "", "")


@pytest.mark.parametrize(
    ("error", "expected", "passes"),
    [
        (Oddity("odd"), ("failed", "application", "odd"), True),
        (AssertionError(), ("failed", "application", "AssertionError"), True),
        (ResponseError("not this"), ("failed", "application", "not this"), False),
        (RescheduleTask(), ("ok", "", ""), True),
        (GreenletExit(), ("interrupted", "", ""), True),
        (KeyboardInterrupt(), ("interrupted", "", ""), True),
    ],
)
def test_an_exception_in_the_block(
    session: HttpSession, recorder: Recorder, error: BaseException, expected: tuple[str, ...], passes: bool
) -> None:
    raised = None
    try:
        with session.get("/health", catch_response=True):
            raise error
    except BaseException as caught:
        raised = caught
    assert raised is (error if passes else None)
    assert booked(recorder) == expected


def test_a_judgement_stands_whatever_is_raised_after_it(session: HttpSession, recorder: Recorder) -> None:
    with pytest.raises(Oddity), session.get("/failing", catch_response=True) as response:
        response.success()
        raise Oddity
    assert booked(recorder) == ("ok", "", "")


def test_raise_for_status_follows_the_judgement(session: HttpSession, recorder: Recorder) -> None:
    with pytest.raises(Exception, match="HTTP 500"), session.get("/failing", catch_response=True) as response:
        response.raise_for_status()
    assert booked(recorder) == ("failed", "status", "HTTP 500")
    with session.get("/failing", catch_response=True) as response:
        response.success()
        response.raise_for_status()
    with pytest.raises(Exception, match="mine"), session.get("/health", catch_response=True) as response:
        response.failure("mine")
        response.raise_for_status()


def test_no_answer_can_be_judged_too(session: HttpSession, recorder: Recorder) -> None:
    with session.get("/hang", timeout=0.1, catch_response=True) as response:
        assert (response.status_code, response.ok, response.content, response.text) == (0, False, b"", "")
    assert booked(recorder)[0] == "timeout"
    with session.get("/hang", timeout=0.1, catch_response=True) as response:
        response.success()
    assert booked(recorder)[0] == "ok"


def test_judging_without_asking_for_it(session: HttpSession, recorder: Recorder) -> None:
    response = session.get("/health")
    with pytest.raises(LocustError):
        response.success()
    with pytest.raises(LocustError):
        response.failure("no")
    with pytest.raises(LocustError), response:
        pass
    unentered = session.get("/health", catch_response=True)
    with pytest.raises(LocustError):
        unentered.failure("no")
    del unentered
    (tally,) = recorder.cut()
    assert (tally.asks, tally.ok, tally.in_flight) == (2, 2, 0)


def test_latency_ends_with_the_last_byte_not_with_the_block(session: HttpSession, recorder: Recorder) -> None:
    with session.get("/health", catch_response=True) as response:
        time.sleep(0.2)
    (tally,) = recorder.cut()
    assert tally.ok_latency.max_ms == pytest.approx(response.elapsed_ms, rel=1e-3)
    assert response.elapsed.total_seconds() * 1e3 == pytest.approx(response.elapsed_ms, abs=0.001)
    assert response.elapsed_ms < 200


@pytest.mark.parametrize(
    ("path", "expect", "kind"),
    [
        ("/health", "ok", None),
        ("/health", ["ok", "redis"], None),
        ("/health", ["ok", "sid"], "application"),
        ("/lorax_error", "config", "application"),
        ("/failing", "ok", "status"),
        ("/page", "ok", "content-type"),
        ("/half_json", "ok", "json"),
        ("/deep_json", "ok", "json"),
        ("/a_list", "ok", "application"),
    ],
)
def test_a_lorax_answer_is_judged_by_what_is_in_it(
    session: HttpSession, recorder: Recorder, path: str, expect: str | list[str], kind: str | None
) -> None:
    answer = ask_json(session, "GET", path, expect=expect, name="it")
    outcome, booked_kind, message = booked(recorder)
    assert (outcome, booked_kind) == (("failed", kind) if kind else ("ok", ""))
    assert answer == (None if kind else {"ok": True, "redis": True})
    if path == "/lorax_error":
        assert message == "no such file"


def test_a_lorax_answer_that_never_comes(session: HttpSession, recorder: Recorder) -> None:
    assert ask_json(session, "GET", "/hang", expect="ok", timeout=0.1) is None
    assert booked(recorder)[0] == "timeout"
