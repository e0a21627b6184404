"""Canaries in headers, cookies, the query and the URL of a run are in no byte of what is written or drawn."""

from __future__ import annotations

from pathlib import Path

import pytest

from lorax_tui.model.hidden import hide, learn
from tests.backend import Backend
from tests.e2e.program import Launcher
from tests.e2e.terminal import in_terminal

CANARIES = [f"CANARY{name}0d5e8c1b" for name in ("header", "bearer", "cookie", "query", "session", "basic")]

TASKS = f"""
import logging
from lorax_tui.users import HttpUser, constant, task

HEADERS = {{"X-Api-Key": "CANARYheader0d5e8c1b", "Proxy-Authorization": "Bearer CANARYbearer0d5e8c1b"}}


class Careless(HttpUser):
    wait_time = constant(0.1)

    def on_start(self):
        super().on_start()
        self.client.headers.update(HEADERS)
        self.client.auth = ("me", "CANARYbasic0d5e8c1b")
        self.tells_all_of_it()

    @task
    def tells_all_of_it(self):
        cookies = {{"sid": "CANARYcookie0d5e8c1b", "theme": "CANARYsession0d5e8c1b"}}
        url = "/health?token=CANARYquery0d5e8c1b&page=1"
        with self.client.get(url, cookies=cookies, catch_response=True) as response:
            response.failure("refused: {{}} {{}} {{}}".format(" ".join({CANARIES!r}), HEADERS, cookies))
        with self.client.get("/health", name="again " + url, catch_response=True) as response:
            response.failure("x" * 280 + " CANARYheader0d5e8c1b")

    @task
    def logs_it(self):
        logging.getLogger("mine").warning("sent %s with %s", HEADERS, {CANARIES!r})
        raise RuntimeError("http://me:CANARYpassword0d5e8c1b@127.0.0.1/ and CANARYheader0d5e8c1b")

    @task
    def asks_elsewhere(self):
        self.client.get("http://me:CANARYpassword0d5e8c1b@192.0.2.1/health?sig=CANARYquery0d5e8c1b")
"""


def _found(folder: Path, *streams: bytes) -> dict[str, list[str]]:
    """The canaries that are somewhere, in whole or in part, by where."""
    files = {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    files.pop("careless.py")
    files |= {f"stream {number}": stream for number, stream in enumerate(streams)}
    assert len(files) > 6
    return {
        name: [line[:200].decode("utf-8", "replace") for line in content.splitlines() if b"CANARY" in line]
        for name, content in files.items()
        if b"CANARY" in content
    }


@pytest.mark.e2e
def test_row_13_no_secret_is_in_any_file_or_line(backend: Backend, tmp_path: Path) -> None:
    (tmp_path / "careless.py").write_text(TASKS)
    load = "-f careless.py --users 2 --spawn-rate 10 --duration 3s --headless --report reports --runs-dir runs"
    ended = Launcher(tmp_path).run("run", *load.split(), "--host", backend.url)
    assert "***" in ended.out, ended.err
    assert "Careless" in (tmp_path / "state/lorax-tui/lorax-tui.log").read_text()
    assert _found(tmp_path, ended.out.encode(), ended.err.encode()) == {}


@pytest.mark.e2e
def test_row_13_no_secret_is_on_the_screen_or_in_its_picture(backend: Backend, tmp_path: Path) -> None:
    (tmp_path / "careless.py").write_text(TASKS)
    load = "-f careless.py --users 2 --spawn-rate 10 --duration 60s --runs-dir runs"
    with in_terminal(Launcher(tmp_path), "run", *load.split(), "--host", backend.url, columns=160, rows=48) as terminal:
        terminal.wait_for("***", 40)
        terminal.press("s")
        terminal.wait_for("snapshot in")
        terminal.press("q", "y")
        terminal.exit_status(30)
        raw = terminal.raw
    assert list(tmp_path.rglob("*.svg"))
    assert _found(tmp_path, raw) == {}


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("GET /a?token=abc&page=2", "GET /a?token=***&page=2"),
        ("/a?X-Amz-Signature=abc&sig=d", "/a?X-Amz-Signature=***&sig=***"),
        ("Authorization: Bearer abc.def", "Authorization: ***"),
        ("{'Authorization': 'Bearer abc', 'Host': 'here'}", "{'Authorization': ***, 'Host': 'here'}"),
        ("Set-Cookie: lorax_sid=abc; Path=/", "Set-Cookie: ***"),
        ("lorax_sid=abc; theme=dark", "lorax_sid=***; theme=dark"),
        ('{"lorax_sid": "abc", "file": "a.trees"}', '{"lorax_sid": ***, "file": "a.trees"}'),
        ("http://me:abc@there/x", "http://***@there/x"),
        ("sent bearer 0123456789abcdef", "sent bearer ***"),
    ],
)
def test_row_13_what_is_written_as_a_secret_is_hidden(text: str, hidden: str) -> None:
    assert hide(text) == hidden
    assert hide(hidden) == hidden


@pytest.mark.parametrize(
    "text",
    [
        "HTTP 500",
        "no 'sid' in the answer",
        "KeyError: 'projects'",
        "Basic authentication is wanted",
        "inside=3",
        "session not found",
        "the load queue is full: 9 at a time",
        "a@b",
        "keyboard: us",
        "",
    ],
)
def test_row_13_what_is_no_secret_is_kept(text: str) -> None:
    assert hide(text) == text


def test_row_13_no_cut_leaves_a_part_of_a_secret() -> None:
    learn("Bearer CANARYlong0123456789")
    for length in range(1960, 2010):
        assert "CANARY" not in hide(" " * length + "CANARYlong0123456789")
