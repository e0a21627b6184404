"""How a real backend goes wrong, and what becomes of those who wait for it. Each test has a backend of its own."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from time import monotonic

import gevent
import pytest
from locust.env import Environment

from lorax_tui.engine.context import Context
from lorax_tui.engine.sockets import LoraxSocket, requests
from lorax_tui.engine.survey import survey
from lorax_tui.engine.users import LoraxSocketUser
from lorax_tui.model.scenario import Target
from tests.backend import running_backend
from tests.contract.test_socketio import booked, new_session
from tests.data_sets import PROJECT, TREES, TREES_FILE
from tests.hub import run_until

pytestmark = pytest.mark.backend


class EagerSocketUser(LoraxSocketUser):
    """Without thinking time to speak of."""

    def wait_time(self) -> float:
        return 0.05


def test_without_diagnostics_and_with_short_sessions(tmp_path: Path) -> None:
    settings = {
        "LORAX_DIAGNOSTIC_PING_ENABLED": None,
        "LORAX_INMEM_TTL_SEC": "2",
        "LORAX_CACHE_CLEANUP_INTERVAL_SEC": "1",
    }
    with running_backend(tmp_path, **settings) as backend:
        context = Context(Target(host=backend.url, project=PROJECT, file=TREES_FILE))
        found = survey(context)
        assert not found.answers_ping and not context.answers_ping
        assert found.num_trees == TREES, found.notes
        assert any("get_cache_stats" in note for note in found.notes)
        assert context.recorder.cut() == []

        environment = Environment(user_classes=[EagerSocketUser], host=backend.url, stop_timeout=2)
        environment.lorax = context
        user = EagerSocketUser(environment)
        user.make_ready()
        first_sid = user.sid
        user.ping()
        tallies = booked(context)
        assert tallies["get_cache_stats"].ok == 1 and "ping" not in tallies
        gevent.sleep(3.5)  # the one thing to do is to let it expire: every ask would prolong it
        user.load_file()
        tallies = booked(context)
        assert tallies["load_file"].failed == 1, "the session has expired"
        assert tallies["load_file"].errors[0].message.startswith("SESSION_NOT_FOUND")
        assert tallies["load_file"].kinds == {"session lost": 1}
        user.ping()
        tallies = booked(context)
        assert tallies["connect"].ok == 1 and tallies["get_cache_stats"].ok == 1
        assert tallies["POST /init-session"].ok == 1, "the loss was counted already"
        second_sid = user.sid
        assert second_sid != first_sid
        gevent.sleep(3.5)
        user.projects()
        user.projects()
        assert user.sid not in (first_sid, second_sid), "the session that the target began is the user's"
        tallies = booked(context)
        assert (tallies["GET /projects"].failed, tallies["GET /projects"].ok) == (1, 1)
        assert tallies["GET /projects"].kinds == {"session lost": 1}
        user.ping()
        tallies = booked(context)
        assert tallies["connect"].ok == 1 and tallies["get_cache_stats"].ok == 1
        assert "POST /init-session" not in tallies
        user.close()


def test_frozen_then_killed(tmp_path: Path) -> None:
    with running_backend(tmp_path) as backend:
        context = Context(Target(host=backend.url))
        socket = LoraxSocket(context)
        assert socket.connect(new_session(backend))
        context.recorder.cut()

        os.kill(backend.pid, signal.SIGSTOP)
        assert requests.ping(socket, timeout_s=0.3) is None
        assert requests.ping(socket, timeout_s=0.3) is None
        os.kill(backend.pid, signal.SIGCONT)
        assert requests.ping(socket, timeout_s=10) is not None
        ping = booked(context)["ping"]
        assert (ping.timeout, ping.late, ping.ok) == (2, 2, 1)

        asking = gevent.spawn(socket.ask, "nonsense", timeout_s=30)
        run_until(lambda: any(tally.in_flight for tally in context.recorder.cut()), "the ask is on its way")
        os.kill(backend.pid, signal.SIGKILL)
        killed = monotonic()
        asking.join(timeout=10)
        assert monotonic() - killed < 1
        assert booked(context)["nonsense"].disconnected == 1
        assert not socket.connected and context.sockets_connected == 0

        backend.process.wait(10)
        assert not socket.connect("whoever")
        (error,) = booked(context)["connect"].errors
        assert error.kind == "refused"
        socket.close()
