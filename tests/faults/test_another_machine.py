"""Ways round the guard that an operator, a file, the environment or a target might find: none leads to 127.0.0.2."""

from __future__ import annotations

import asyncio
import socket
from pathlib import Path

import pytest

from lorax_tui import cli
from lorax_tui.cli import launch
from lorax_tui.errors import TargetError, UsageError
from lorax_tui.model.records import TargetSample
from lorax_tui.model.scenario import Target
from lorax_tui.target.guard import admit
from lorax_tui.target.preflight import preflight
from lorax_tui.target.probe import MemoryProbe
from tests.backend import Backend
from tests.e2e.program import Launcher, records
from tests.ears import Ears, is_here
from tests.engine.httpserver import HttpServer, Peer, Received

SCENARIO = '[scenarios.small]\nusers = 2\nspawn_rate = 10\nduration = "2s"\nmix = {{ {name} = 1 }}\n'

WAYS = """
from lorax_tui.users import LoraxMixedUser, constant, task


class Wanderer(LoraxMixedUser):
    host = "{elsewhere}"
    wait_time = constant(0.05)

    def on_start(self):
        self.environment.host = self.host
        super().on_start()

    @task
    def asks_for_a_whole_url(self):
        self.client.get("{elsewhere}/health")

    @task
    def turns_its_client(self):
        before, self.client.base_url = self.client.base_url, "{elsewhere}"
        try:
            self.client.get("/health")
            self.client.post("/upload", files={{"file": ("a.txt", b"a")}})
        finally:
            self.client.base_url = before

    @task
    def says_another_host(self):
        self.client.get("/health", headers={{"Host": "127.0.0.2"}})
        self.client.get("//{bare}/health")
        self.client.get("@{bare}/health")
        self.client.get("/\\\\{bare}/health")
"""


@pytest.mark.parametrize(
    "written",
    [
        "http://2130706434:{port}",
        "http://0x7f000002:{port}",
        "http://0177.0.0.2:{port}",
        "http://127.2:{port}",
        "http://127.0.0.2.:{port}",
        "HTTP://127.0.0.2:{port}/",
        "127.0.0.2:{port}",
        "http://[::ffff:127.0.0.2]:{port}",
        "http://[::ffff:7f00:2]:{port}",
        "http://[0:0:0:0:0:ffff:7f00:0002]:{port}",
        "http://127.0.0.1@127.0.0.2:{port}",
        "http://127.0.0.1:80@127.0.0.2:{port}",
        "http:127.0.0.1@127.0.0.2:{port}",
        "http://127.0.0.2:{port}#@127.0.0.1",
        "http://127.0.0.2:{port}?@127.0.0.1",
        "http://127.0.0.2:{port}\\@127.0.0.1",
        "http://127.0.0.1\\@127.0.0.2:{port}",
        "http://127.0.0.2%00.localhost:{port}",
        "http://[::1]127.0.0.2:{port}",
        "http://127.0.0.1\n.127.0.0.2:{port}",
        "http://\uff11\uff12\uff17.0.0.2:{port}",
        "//127.0.0.2:{port}",
        "http:////127.0.0.2:{port}",
        "ws://127.0.0.2:{port}",
    ],
)
@pytest.mark.parametrize("where", ["option", "file"])
def test_row_57_it_is_another_machine_however_it_is_written(
    ears: Ears,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    written: str,
    where: str,
) -> None:
    """This machine stands in the file and is confirmed; that opens nothing else."""
    monkeypatch.setattr(launch, "is_loopback", is_here)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    url = written.format(port=ears.port)
    text = '[guard]\nallow = ["127.0.0.1", "localhost", "::1"]\n' + SCENARIO.format(name="LoraxHttpUser")
    arguments = ["run", "small", "--headless", "--allow-host", "127.0.0.1", "--allow-host", "localhost"]
    if where == "option":
        arguments += ["--host", url]
    else:
        host = url.replace("\\", "\\\\").replace("\n", "\\n")
        text = f'[target]\nhost = "{host}"\n{text}'
    (tmp_path / "scenarios.toml").write_text(text)
    assert cli.run(arguments) == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert ears.connections == 0


@pytest.mark.parametrize("written", ["localhost", "LOCALHOST.", "127.1", "2130706433", "[::1]", "[::ffff:127.0.0.1]"])
def test_row_57_this_machine_is_free_however_it_is_written(written: str) -> None:
    target = admit(Target(), f"http://{written}:8080")
    assert target.addresses and not target.is_remote


def test_row_57_a_name_that_means_this_machine_and_another_is_another(monkeypatch: pytest.MonkeyPatch) -> None:
    both = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 0)) for address in ("127.0.0.1", "127.0.0.2")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *arguments, **options: both)
    with pytest.raises(UsageError, match="is not this machine"):
        admit(Target(), "http://localhost:8080", is_here=is_here)
    assert admit(Target(), "http://localhost:8080", ("localhost",), is_here=is_here).is_remote


@pytest.mark.e2e
def test_row_57_no_proxy_of_the_environment_is_asked(
    ears: Ears, backend: Backend, launcher: Launcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    for scheme in ("http", "https", "ws", "wss", "all", "socks"):
        monkeypatch.setenv(f"{scheme}_proxy", ears.url)
        monkeypatch.setenv(f"{scheme}_proxy".upper(), ears.url)
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.setenv(name, "nothing.example")
    (launcher.home / "scenarios.toml").write_text(SCENARIO.format(name="LoraxMixedUser"))
    checked = launcher.run("check", "--host", backend.url)
    assert checked.code == 0, checked.err
    ended = launcher.run("run", "small", "--headless", "--host", backend.url)
    assert {row["protocol"] for row in ended.summary["phases"][0]["operations"] if row["ok"]} == {"HTTP", "Socket.IO"}
    assert ended.summary["target"]["samples"]
    assert ears.connections == 0


@pytest.mark.e2e
def test_row_57_no_file_of_ones_own_leads_a_demo_elsewhere(ears: Ears, launcher: Launcher) -> None:
    bare = ears.url.removeprefix("http://")
    (launcher.home / "own.py").write_text(WAYS.format(elsewhere=ears.url, bare=bare))
    (launcher.home / "scenarios.toml").write_text(
        f'[target]\nhost = "{ears.url}"\n' + SCENARIO.format(name="Wanderer").replace("2s", "4s")
    )
    ended = launcher.run("demo", "small", "--headless", "-f", "own.py")
    assert "load goes to" in (ended.folder / "run.jsonl").read_text(), ended.err
    kinds = [operation["kinds"] for operation in ended.summary["phases"][0]["operations"]]
    assert any("guard" in kind for kind in kinds), kinds
    assert records(ended.folder)[0]["host"] == ended.summary["host"] != ears.url
    assert ears.connections == 0


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent"])
async def test_row_46_no_redirect_leads_whoever_looks_at_the_target_elsewhere(ears: Ears, status: str) -> None:
    def away(peer: Peer, request: Received) -> None:
        peer.answer(b"", f"Location: {ears.url}{request.target}", "Refresh: 0; url=" + ears.url, status=status)

    samples: asyncio.Queue[TargetSample] = asyncio.Queue()
    with HttpServer({"/health": away, "/memory_status": away}) as server:
        target = admit(Target(), server.url)
        with pytest.raises(TargetError, match=status[:3]):
            await preflight(target)
        probe = MemoryProbe(target.host, clock=lambda: 0.0, on_sample=samples.put_nowait, addresses=target.addresses)
        polling = asyncio.ensure_future(probe.run())
        sample = await asyncio.wait_for(samples.get(), 10)
        polling.cancel()
        await asyncio.wait([polling])
    assert status[:3] in sample.error
    assert ears.connections == 0


def test_row_57_what_is_wrong_with_a_url_is_told_without_its_query() -> None:
    for url in ("http://127.0.0.1:port/?token=CANARY1", "http://127.0.0.1/ ?CANARY2", "ftp://127.0.0.1/#CANARY3"):
        with pytest.raises(UsageError) as refused:
            admit(Target(), url)
        assert "CANARY" not in str(refused.value)
