"""Load goes to nobody by mistake: 127.0.0.2 counts as another machine here, and listens."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from lorax_tui import cli
from lorax_tui.cli import launch
from lorax_tui.engine.classes import user_classes
from lorax_tui.engine.context import Context
from lorax_tui.engine.http import HttpLimits, HttpSession
from lorax_tui.engine.recorder import Recorder
from lorax_tui.engine.sockets import LoraxSocket
from lorax_tui.errors import TargetError, UsageError
from lorax_tui.model.scenario import Guard, OnEnd, Scenario, Target
from lorax_tui.session import Session, Setup, State
from lorax_tui.target.ask import Unanswered, ask, open_client
from lorax_tui.target.guard import admit
from lorax_tui.ui.app import LoraxApp
from lorax_tui.ui.screens.confirm import ConfirmScreen
from tests.backend import Backend
from tests.ears import ELSEWHERE, Ears, is_here
from tests.engine.httpserver import HttpServer, Peer, Received
from tests.session.opened import read_back
from tests.ui import views
from tests.ui.screen import dashboard
from tests.waiting import wait_until

SMALL = Scenario("small", 1, 10, 5, {"LoraxHttpUser": 1.0, "LoraxSocketUser": 1.0})
FILE = (
    '[guard]\n{guard}\n[scenarios.small]\nusers = 1\nspawn_rate = 10\nduration = "1s"\nmix = {{ LoraxHttpUser = 1 }}\n'
)


@contextmanager
def session_at(ears: Ears, runs_dir: Path) -> Iterator[Session]:
    target = admit(Target(), ears.url, (ELSEWHERE,), is_here=is_here)
    session = Session(Setup(target, (SMALL,), user_classes(), runs_dir, Guard()))
    session.open()
    try:
        yield session
    finally:
        session.close()


def test_row_57_nothing_is_sent_before_the_name_is_given(ears: Ears, tmp_path: Path) -> None:
    with session_at(ears, tmp_path) as session:
        assert session.view.must_confirm and session.view.is_remote and session.view.addresses == (ELSEWHERE,)
        for start in (lambda: session.run([SMALL]), lambda: session.switch("small")):
            with pytest.raises(UsageError, match="nothing is sent there before its name is typed"):
                start().result(10)
        for wrong in ("", "y", "127.0.0.1", f"{ELSEWHERE}:{ears.port}"):
            with pytest.raises(UsageError, match=r"is not the target's name: type 127\.0\.0\.2"):
                session.confirm(wrong).result(10)
        assert session.view.must_confirm
        assert ears.connections == 0
        session.confirm(ELSEWHERE).result(10)
        with pytest.raises(TargetError, match="no Lorax backend"):
            session.run([SMALL]).result(20)
        assert ears.connections >= 1, "confirmed, it is looked at"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("begins", ["by a key", "by the command line"])
async def test_row_57_the_dashboard_asks_for_the_name(ears: Ears, tmp_path: Path, begins: str) -> None:
    with session_at(ears, tmp_path) as session:
        app = LoraxApp(session, tmp_path, scenarios=[] if begins == "by a key" else [SMALL])
        async with app.run_test(size=(80, 24), notifications=True) as pilot:
            if begins == "by a key":
                await pilot.press("1")
            await _until(pilot, lambda: isinstance(app.screen, ConfirmScreen))
            await pilot.press("1", "y", "enter", "enter")
            await pilot.press("escape")
            await _until(pilot, lambda: not isinstance(app.screen, ConfirmScreen))
            assert session.view.must_confirm and ears.connections == 0
            await pilot.press("1")
            await pilot.press(*ELSEWHERE[:-1], "enter")
            assert isinstance(app.screen, ConfirmScreen) and ears.connections == 0
            await pilot.press(ELSEWHERE[-1], "enter")
            await _until(pilot, lambda: ears.connections)
            assert not session.view.must_confirm


@pytest.mark.parametrize(
    ("guard", "arguments", "says"),
    [
        ("", "", 'write allow = ["127.0.0.2"] under [guard]'),
        ("", "--allow-host 127.0.0.2", 'write allow = ["127.0.0.2"] under [guard]'),
        ('allow = ["staging.example.org"]', "--allow-host 127.0.0.2", "is not this machine"),
        ('allow = ["127.0.0.2"]', "", "confirm that it is meant with --allow-host 127.0.0.2"),
        ('allow = ["127.0.0.2"]', "--allow-host 127.0.0.3", "confirm that it is meant with --allow-host 127.0.0.2"),
    ],
)
@pytest.mark.parametrize("command", ["run small --headless", "check"])
def test_row_57_both_the_file_and_the_command_line_must_name_it(
    ears: Ears,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    command: str,
    guard: str,
    arguments: str,
    says: str,
) -> None:
    monkeypatch.setattr(launch, "is_loopback", is_here)
    assert _program(tmp_path, monkeypatch, guard, f"{command} --host {ears.url} {arguments}") == 2
    assert says in capsys.readouterr().err
    assert ears.connections == 0


def test_row_57_named_in_both_it_is_looked_at(
    ears: Ears, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(launch, "is_loopback", is_here)
    arguments = f"run small --headless --host {ears.url} --allow-host {ELSEWHERE}"
    assert _program(tmp_path, monkeypatch, f'allow = ["{ELSEWHERE}"]', arguments) == 3
    assert "no Lorax backend" in capsys.readouterr().err
    assert ears.connections >= 1


def test_row_57_a_name_that_comes_to_mean_another_machine_leads_nowhere_else(
    ears: Ears, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is asked for once; then sockets and both HTTP clients go where it led."""
    asked = socket.getaddrinfo
    meaning = ["127.0.0.1"]

    def rebound(host: Any, *arguments: Any, **options: Any) -> Any:
        return asked(meaning[0] if host == "staging.example.org" else host, *arguments, **options)

    monkeypatch.setattr(socket, "getaddrinfo", rebound)
    monkeypatch.setattr("gevent.socket.getaddrinfo", rebound)
    target = admit(Target(), f"http://staging.example.org:{ears.port}", ("staging.example.org",))
    meaning[0] = ELSEWHERE
    recorder = Recorder()
    context = Context(target, recorder)

    def load() -> None:
        session = HttpSession(target.host, recorder, HttpLimits(), None, context)
        session.get("/health")
        session.close()
        LoraxSocket(context, recorder).connect("sid")

    load()
    with pytest.raises(Unanswered, match="refused"):
        asyncio.run(_ask(target))
    assert ears.connections == 0
    assert sum(tally.failed for tally in recorder.cut()) == 2


def test_row_57_a_run_lasts_no_longer_than_the_file_says(backend: Backend, tmp_path: Path) -> None:
    held = Scenario("held", 1, 10, 1, {"LoraxHttpUser": 1.0}, on_end=OnEnd.HOLD)
    guard = Guard(max_duration_s=2)
    session = Session(Setup(admit(Target(), backend.url), (held,), user_classes(), tmp_path, guard))
    session.open()
    try:
        session.run([held]).result(30)
        view = wait_until(lambda: view if (view := session.view).state is State.ENDED else None, "it is ended", 20)
    finally:
        session.close()
    _, run = read_back(view)
    assert run.end is not None and run.end.by_guard
    assert run.end.reason == "a run lasts at most 2s ([guard] max_duration)"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ("run small --duration 3m --headless", "3m are more than the file allows: [guard] max_duration = 2m"),
        ("run small small --duration 70s --headless", "are more than the file allows: [guard] max_duration = 2m"),
        ("run --users 1 --spawn-rate 1 --duration 1h --headless", "[guard] max_duration = 2m"),
    ],
)
def test_row_57_no_option_goes_beyond_the_longest_duration(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], arguments: str, says: str
) -> None:
    assert _program(tmp_path, monkeypatch, 'max_duration = "2m"', arguments) == 2
    assert says in capsys.readouterr().err


@pytest.mark.parametrize(
    ("guard", "says"),
    [
        ('max_duration = "soon"', "guard.max_duration = 'soon'"),
        ("max_duration = 60", "guard.max_duration = 60"),
        ('max_duration = "500ms"', "guard.max_duration"),
        ('max_durations = "1m"', "did you mean max_duration?"),
        ('alow = ["a"]', "did you mean allow?"),
        ('allow = "staging"', "guard.allow = 'staging'"),
        ('allow = ["http://staging"]', "guard.allow[0] = 'http://staging'"),
        ('allow = ["*.example.org"]', "guard.allow[0]"),
        ("max_duration_s = 5", "did you mean max_duration?"),
    ],
)
def test_row_57_the_guard_is_read_whole_or_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], guard: str, says: str
) -> None:
    assert _program(tmp_path, monkeypatch, guard, "scenarios") == 2
    assert says in capsys.readouterr().err


@pytest.mark.parametrize("width", [80, 120, 200])
@pytest.mark.parametrize("picture", [views.idle, views.running, views.ended])
async def test_row_57_nobody_overlooks_another_machine(width: int, picture: Any) -> None:
    view = replace(picture(), is_remote=True, host="https://staging.example.org")
    async with dashboard(view, (width, 24)) as driven:
        first = driven.panel("#header").lines(view, width, 2)[0]
        assert (" REMOTE staging.exa", "chip-bad") in [(text[:19], role) for text, role in first]
        assert sum(len(text) for text, _ in first) <= width
        assert "REMOTE staging.exa" in driven.text()


@pytest.mark.parametrize("size", [(59, 14), (40, 10), (30, 6)])
async def test_row_57_nobody_overlooks_another_machine_in_a_terminal_that_is_too_small(size: tuple[int, int]) -> None:
    view = replace(views.running(), is_remote=True, host="https://staging.example.org")
    async with dashboard(view, size) as driven:
        assert " REMOTE staging.example.org " in driven.text() and "failed" in driven.text()


async def _ask(target: Target) -> None:
    async with open_client(target.host, addresses=target.addresses) as client:
        await ask(client, "GET", f"{target.host}/health", 5)


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent"])
def test_row_46_no_redirect_leads_to_another_host(ears: Ears, status: str) -> None:
    def away(peer: Peer, request: Received) -> None:
        peer.answer(b"", f"Location: {ears.url}/health", status=status)

    with HttpServer({"/away": away, "/memory_status": away, "/socket.io/": away}) as server:
        target = admit(Target(), server.url)
        recorder = Recorder()
        context = Context(target, recorder)

        def load() -> None:
            session = HttpSession(target.host, recorder, HttpLimits(), None, context)
            session.get("/away")
            session.post("/away", json={})
            session.close()
            LoraxSocket(context, recorder).connect("sid")

        load()
        tallies = recorder.cut()
        assert {tally.name: tally.kinds for tally in tallies if tally.protocol == "HTTP"} == {
            "GET /away": {"redirect": 1},
            "POST /away": {"redirect": 1},
        }
        assert sum(tally.ok for tally in tallies) == 0
    assert ears.connections == 0


def test_row_46_a_task_cannot_turn_its_client_to_another_host(ears: Ears) -> None:
    with HttpServer({}) as server:
        recorder = Recorder()
        context = Context(admit(Target(), server.url), recorder)

        def load() -> None:
            session = HttpSession(server.url, recorder, HttpLimits(), None, context)
            session.base_url = ears.url
            session.get("/health")
            session.close()

        load()
    assert [tally.kinds for tally in recorder.cut()] == [{"guard": 1}]
    assert ears.connections == 0


async def _until(pilot: Any, holds: Any) -> None:
    async with asyncio.timeout(15):
        while not holds():
            await pilot.pause()
            await asyncio.sleep(0.01)


def _program(folder: Path, monkeypatch: pytest.MonkeyPatch, guard: str, arguments: str) -> int:
    monkeypatch.chdir(folder)
    monkeypatch.setenv("XDG_STATE_HOME", str(folder / "state"))
    (folder / "scenarios.toml").write_text(FILE.format(guard=guard))
    return cli.run(arguments.split())
