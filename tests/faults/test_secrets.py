"""Canaries in headers, cookies, the query and the URL of a run are in no byte of what is written or drawn."""

from __future__ import annotations

import asyncio
import html
import json
import logging
import re
import subprocess
import sys
from base64 import b64encode
from collections.abc import Callable
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from time import perf_counter
from urllib.parse import quote, quote_plus

import httpx
import pytest

from lorax_tui import cli
from lorax_tui.engine.crew.saying import Discreet, PlainLines
from lorax_tui.engine.http import HttpSession, ask_json
from lorax_tui.engine.http.composer import Composer
from lorax_tui.engine.http.cookies import Cookies
from lorax_tui.engine.recorder import Recorder
from lorax_tui.model.hidden import hide
from lorax_tui.model.learned import HIDDEN, learn
from lorax_tui.model.records import TargetSample
from lorax_tui.model.sent import learn_cookie, learn_fields, learn_from, learn_written
from lorax_tui.model.text import safe
from lorax_tui.target.ask import Answer
from lorax_tui.target.memory_status import read_memory_status
from lorax_tui.target.probe import MemoryProbe
from tests.backend import Backend
from tests.e2e.program import Launcher
from tests.e2e.terminal import in_terminal
from tests.engine.httpserver import HttpServer, Peer, Received
from tests.faults.parrot import Parrot
from tests.script_server import script_server
from tests.waiting import wait_until

JSON = "Content-Type: application/json"

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


WITHOUT_GUARD = """
[guard.stop]
errors = "never"
[scenarios.repeats]
users = 3
spawn_rate = 10
duration = "90s"
mix = { Parroted = 1 }
on_breach = "mark"
"""

PARROTED = """
import logging
from lorax_tui.users import SocketUser, constant, task

HEADERS = {"X-Api-Key": "CANARYheader0d5e8c1b", "X-Auth": "CANARY/a.b+c", "Authorization": "Bearer CANARY.jwt/0+x=="}


class Parroted(SocketUser):
    wait_time = constant(0.05)

    def repeated(self, how, **options):
        return self.client.get(
            f"/repeat/{how}",
            params={"token": "CANARY.query/0+z", "page": "1"},
            headers=HEADERS,
            cookies={"sid": "CANARYcookie0d5e8c1b", "theme": "CANARY,theme.0"},
            auth=("me", "CANARY:pass.word"),
            **options,
        )

    @task
    def judges(self):
        with self.repeated("status", catch_response=True) as response:
            response.failure(response.text)
        with self.repeated("status", catch_response=True) as response:
            response.failure(response.text, kind=response.text)

    @task
    def is_judged(self):
        self.ask_json("GET", "/repeat/json?token=CANARY.query/0+z", expect="x", headers=HEADERS)
        self.ask_json("GET", "/repeat/type?token=CANARY.query/0+z", expect="x", headers=HEADERS)
        self.repeated("redirect")

    @task
    def names_it(self):
        answer = self.repeated("status", name="/repeated CANARYheader0d5e8c1b by CANARY/a.b+c").text
        self.client.get("/" + answer, name=answer)

    @task
    def asks(self):
        self.ask("whoami", {"password": "CANARY:told/0"})

    @task
    def raises(self):
        raise RuntimeError(self.repeated("status").text)

    @task
    def logs(self):
        answer = self.repeated("status")
        logging.getLogger("mine").error("%s %s %s", answer.text, answer.headers, answer.request.headers)
        try:
            1 / 0
        except ZeroDivisionError:
            logging.getLogger("mine").exception(answer.text)
"""


def _found(folder: Path, *streams: bytes) -> dict[str, list[str]]:
    """The canaries that are somewhere, in whole or in part, by where."""
    files = {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    files.pop("careless.py")
    files |= {f"stream {number}": stream for number, stream in enumerate(streams)}
    assert len(files) > 6
    return {
        name: [line[:200].decode("utf-8", "replace") for line in content.splitlines() if b"CANARY" in line.upper()]
        for name, content in files.items()
        if b"CANARY" in content.upper()
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


@pytest.mark.e2e
def test_row_13_no_secret_is_anywhere_though_the_target_repeats_all_it_hears(tmp_path: Path) -> None:
    (tmp_path / "careless.py").write_text(PARROTED)
    (tmp_path / "scenarios.toml").write_text(WITHOUT_GUARD)
    load = "repeats -f careless.py --runs-dir runs --report reports"
    with (
        script_server(kind=Parrot) as parrot,
        in_terminal(Launcher(tmp_path), "run", *load.split(), "--host", parrot.url, columns=160, rows=48) as terminal,
    ):
        terminal.wait_for("repeat/status", 40)
        journal = next(tmp_path.rglob("run.jsonl"))
        told = ("Parroted.raises", "nobody knows", "no memory for", "repeated", "error mine: ")
        wait_until(lambda: all(text in journal.read_text() for text in told), "all of it is told", 30)
        terminal.press("l", "h", "t")
        terminal.wait_for("artifact store")
        terminal.press("t", "s")
        terminal.wait_for("snapshot in")
        terminal.press("q", "y")
        terminal.exit_status(40)
        raw = terminal.raw
    names = {path.suffix for path in tmp_path.rglob("*") if path.is_file()}
    assert names >= {".svg", ".jsonl", ".json", ".html", ".csv", ".md", ".xml", ".log"}
    assert all("***" in path.read_text() for path in tmp_path.rglob("run.jsonl"))
    assert _found(tmp_path, raw) == {}


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ('raise RuntimeError("http://me:CANARYpassword0d5e8c1b@127.0.0.1/ said no")', "RuntimeError"),
        ('raise SystemExit("Authorization: Bearer CANARYpassword0d5e8c1b")', "SystemExit"),
        ('import json; json.loads("token=CANARYpassword0d5e8c1b")', "JSONDecodeError"),
        ('PASSWORD = {"password": "CANARYpassword0d5e8c1b"}; raise KeyError(str(PASSWORD))', "KeyError"),
    ],
)
def test_row_13_what_is_wrong_with_a_file_of_ones_own_is_told_without_secrets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], line: str, says: str
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    (tmp_path / "own.py").write_text(line)
    assert cli.run(["run", "smoke", "--headless", "-f", str(tmp_path / "own.py")]) == 2
    told = capsys.readouterr()
    assert says in told.err and "CANARY" not in told.err + told.out
    assert not any("CANARY" in path.read_text() for path in (tmp_path / "state").rglob("*.log"))


def test_row_13_a_worker_says_no_secret(tmp_path: Path) -> None:
    own = tmp_path / "own.py"
    own.write_text('raise RuntimeError("http://me:CANARYpassword0d5e8c1b@127.0.0.1/ said no")')
    command = [sys.executable, "-m", "lorax_tui.engine.crew.worker", "--master-host", "127.0.0.1", "--master-port", "1"]
    ended = subprocess.run([*command, "--file", own], capture_output=True, text=True, timeout=60)
    assert ended.returncode == 2 and "RuntimeError: http://***@127.0.0.1/" in ended.stderr
    assert "CANARY" not in ended.stderr + ended.stdout
    learn("CANARYsent0d5e8c1b")
    try:
        raise RuntimeError("Authorization: Bearer CANARYraised0d5e8c1b")
    except RuntimeError:
        told = logging.LogRecord("x", logging.ERROR, "", 0, "sent CANARYsent0d5e8c1b", None, sys.exc_info())
    said = PlainLines("%(message)s").format(told)
    assert said.startswith("sent ***\n") and "RuntimeError: Authorization: ***" in said and "CANARYsent" not in said


def test_row_13_what_was_sent_in_a_body_is_hidden_in_what_the_target_makes_of_it() -> None:
    def repeat(peer: Peer, request: Received) -> None:
        peer.answer(json.dumps({"error": f"no {request.body.decode()}".replace(":", " ")}).encode(), JSON)

    recorder = Recorder()
    with HttpServer({"/login": repeat}) as server:
        session = HttpSession(server.url, recorder)
        for options in (
            {"json": {"user": "me-and-you", "deep": [{"password": "CANARYjson0d5e8c1b"}]}},
            {"data": {"user": "me-and-you", "access_token": "CANARYform0d5e8c1b"}},
        ):
            assert ask_json(session, "POST", "/login", expect="x", **options) is None
        session.close()
    messages = [error.message for tally in recorder.cut() for error in tally.errors]
    assert len(messages) == 2 and all("me-and-you" in message and "***" in message for message in messages)
    assert "CANARY" not in "".join(messages)


def test_row_13_a_secret_that_is_no_word_is_hidden_as_a_whole() -> None:
    learn("p@ss-w.rd!")
    learn("sid=ab.cd/ef+0; colour=pale")
    learn("Basic YWI/Y2Q+==")
    learn("my=ba.ttery ho.rse")
    assert hide("is p@ss-w.rd! the password") == "is *** the password"
    assert hide("ab.cd/ef+0, ab.cd%2Fef%2B0 and pale") == "***, *** and pale"
    assert hide("got YWI/Y2Q+== there") == "got *** there"
    assert hide("said my=ba.ttery ho.rse twice") == "said *** twice"


@pytest.mark.parametrize(
    "around",
    ["entry_{}", "a%3D{}&b", "user{}s", "\\n{}\\n", "{}{}", "<b>{}</b>", "session_{}_1", "İ{}", "\x1b[1m{}", "[{},{}]"],
)
@pytest.mark.parametrize(
    "secret",
    ["CANARYword0d5e8c1b", "CANARY/a&b+c", 'CANARY"a\\d', "CÄNARY'a bird'", "CANARYpässwörd", "CANARY's/key \"\\&"],
)
@pytest.mark.parametrize(
    "made_of",
    [
        str,
        str.upper,
        lambda secret: quote(secret, safe=""),
        lambda secret: quote(secret, safe="").lower(),
        lambda secret: quote(quote(secret)),
        quote_plus,
        html.escape,
        json.dumps,
        lambda secret: json.dumps(secret).replace("/", "\\/"),
        lambda secret: json.dumps(json.dumps({"said": secret})),
        lambda secret: html.escape(json.dumps(secret)),
        repr,
        ascii,
        lambda secret: ascii(ascii(ascii({"said": secret}))),
        lambda secret: quote(quote(quote(secret, safe=""), safe=""), safe=""),
        lambda secret: html.escape(secret).replace("&#x27;", "&#39;").replace("&quot;", "&#34;"),
        lambda secret: secret.replace("'", "&apos;").replace("&", "&amp;"),
        lambda secret: json.dumps(secret).replace("&", "\\u0026").replace("'", "\\u0027"),
        lambda secret: quote(secret, safe="!'()*"),
        lambda secret: quote(secret, safe=";,/?:@&=+$-_.!~*'()#"),
        lambda secret: secret.replace("'", "''").replace('"', '""'),
        lambda secret: secret.encode().decode("latin-1"),
        lambda secret: "\u00ad".join(secret),
        lambda secret: "\u200b".join(secret),
        lambda secret: re.sub("[A-Z]", lambda found: chr(0x1F1E6 + ord(found[0]) - ord("A")), secret),
        lambda secret: secret.replace(" ", "\n   "),
    ],
)
def test_row_13_what_was_learned_is_hidden_wherever_and_however_it_is_written(
    around: str, secret: str, made_of: Callable[[str], str]
) -> None:
    learn(secret)
    hidden = hide(around.replace("{}", made_of(secret)))
    assert HIDDEN in hidden and not re.search("nary|bird|key|word|ssw", safe(hidden), re.IGNORECASE)


def test_row_13_secrets_that_overlap_leave_nothing_of_each_other() -> None:
    learn("CANARY-left-over")
    learn("over-right-CANARY")
    assert hide("is CANARY-left-over-right-CANARY.") == "is ***."


def test_row_13_what_the_target_gives_lets_nothing_of_ours_be_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lorax_tui.model.learned._MOST_CHARACTERS", 10_000)
    learn("CANARYours0d5e8c1b")
    for number in range(1000):
        learn(f"CANARYtheirs{number:08}", theirs=True)
    assert hide("CANARYours0d5e8c1b CANARYtheirs00000999 CANARYtheirs00000000") == "*** *** CANARYtheirs00000000"


@pytest.mark.parametrize("unit", ["q", "&/<%'\"\\", "'qxzwvkj/ "])
def test_row_13_no_secret_of_the_target_holds_the_load_up(unit: str) -> None:
    began_s = perf_counter()
    for length in range(8, 2000):
        learn((unit * 4000)[:length] + "b", theirs=True)
    assert perf_counter() - began_s < 5
    hide("c" + (unit * 2000)[:1900])
    began_s = perf_counter()
    hide("d" + (unit * 2000)[:1900])
    assert perf_counter() - began_s < 0.2


def test_row_13_what_is_sent_again_and_again_is_not_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lorax_tui.model.learned._MOST_CHARACTERS", 10_000)
    for number in range(1000):
        learn("CANARYkept0d5e8c1b")
        learn(f"CANARYonce{number:08}")
    assert hide("CANARYkept0d5e8c1b CANARYonce00000999 CANARYonce00000000") == "*** *** CANARYonce00000000"


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("GET /a?token=abc&page=2", "GET /a?token=***&page=2"),
        ("/a?X-Amz-Signature=abc&sig=d", "/a?X-Amz-Signature=***&sig=***"),
        ("/a?X-Amz-Credential=abc/d&b=1", "/a?X-Amz-Credential=***&b=1"),
        ("/a?auth=abc&jwt=d&pwd=e&pass=f", "/a?auth=***&jwt=***&pwd=***&pass=***"),
        ("next=%2Fa%3Ftoken%3Dabc%26page%3D2", "next=%2Fa%3Ftoken%3D***%26page%3D2"),
        ("JSESSIONID=abc; PHPSESSID=d; session=e", "JSESSIONID=***; PHPSESSID=***; session=***"),
        ("passphrase=abc, csrf_token=d", "passphrase=***, csrf_token=***"),
        ("Authorization: Bearer abc.def", "Authorization: ***"),
        ("X-Session-Id: abc", "X-Session-Id: ***"),
        ("X-CSRF: abc", "X-CSRF: ***"),
        ("X-Access: abc", "X-Access: ***"),
        ("Private-Token: abc", "Private-Token: ***"),
        ("{'Authorization': 'Bearer abc', 'Host': 'here'}", "{'Authorization': ***, 'Host': 'here'}"),
        ("Set-Cookie: lorax_sid=abc; Path=/", "Set-Cookie: ***"),
        ("lorax_sid=abc; theme=dark", "lorax_sid=***; theme=dark"),
        ('{"lorax_sid": "abc", "file": "a.trees"}', '{"lorax_sid": ***, "file": "a.trees"}'),
        ('{"private_key": "abc", "pwd": "d", "a": 1}', '{"private_key": ***, "pwd": ***, "a": 1}'),
        ('{"token": 123, "a": 1}', '{"token": ***, "a": 1}'),
        (r'{"password":"ab\"CD","a":1}', '{"password":***,"a":1}'),
        (r"{'password': 'ab\'CD', 'a': 1}", "{'password': ***, 'a': 1}"),
        (r'"{\"password\": \"ab\\\"CD\", \"a\": 1}"', r'"{\"password\": ***, \"a\": 1}"'),
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
        "the author=me of this passage=2",
        "the load queue is full: 9 at a time",
        "a@b",
        "keyboard: us",
        "",
    ],
)
def test_row_13_what_is_no_secret_is_kept(text: str) -> None:
    assert hide(text) == text


@pytest.mark.parametrize(
    "word", ["token-", "sid_", "x-key-", "\\", '\\"', '"token"', "token=", "bearer ", "//", "@_", "%25"]
)
def test_row_13_no_text_holds_the_load_up(word: str) -> None:
    """A pattern that begins anew at every character needs seconds for it."""
    text = (word * 2000)[:1990] + "!"
    began_s = perf_counter()
    hide(text)
    assert perf_counter() - began_s < 0.2


def test_row_13_what_is_sent_is_looked_through_in_no_time() -> None:
    pairs: object = "leaf"
    for _ in range(2000):
        pairs = ["op", pairs]
    much = [pairs, "x" * 1_000_000, b"token" * 200_000, {"rows": [{"id": 1, "name": "one"}] * 2_000}, [1.5] * 100_000]
    began_s = perf_counter()
    learn_from(much)
    assert perf_counter() - began_s < 0.5


def test_row_13_what_all_requests_of_a_session_have_is_not_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lorax_tui.model.learned._MOST_CHARACTERS", 10_000)
    composer, cookies = Composer("http://127.0.0.1:1"), Cookies()
    composer.headers["X-Api-Key"] = "CANARYheader0d5e8c1b"
    composer.auth = ("me", "CANARYbasic0d5e8c1b")
    cookies.follow("http://127.0.0.1:1", "/", [b"lorax_sid=CANARYcookie0d5e8c1b"])
    for number in range(1000):
        composer.plain("GET", "/health")
        assert cookies.line("http://127.0.0.1:1", "/health")
        learn(f"CANARYours{number:08}")
        learn(f"CANARYtheirs{number:08}", theirs=True)
    assert hide("CANARYheader0d5e8c1b CANARYbasic0d5e8c1b CANARYcookie0d5e8c1b") == "*** *** ***"


def test_row_13_an_escaped_letter_is_a_letter() -> None:
    learn("abcdefgh12secret")
    for written in (
        "%61bcdefgh12secret",
        r"\u0061bcdefgh\x312secret",
        "&#97;bcdefgh&#x31;2secret",
        "%2561bcdefgh12secret",
    ):
        assert hide(f"no {written} here") == "no *** here"


@pytest.mark.parametrize("text", ["GET /a?keyword=projects&sort_key=created_at", '{"session": {"file": "a.trees"}}'])
def test_row_13_what_has_only_a_word_in_common_with_a_secret_is_not_learned(text: str) -> None:
    learn_written(text)
    assert hide("projects, created_at, a.trees") == "projects, created_at, a.trees"


@pytest.mark.parametrize(
    ("sent", "secret"),
    [
        ({"password": ["CANARY.a/b"]}, "CANARY.a/b"),
        ({"credentials": {"user": "CANARY.me/x", "code": 1}}, "CANARY.me/x"),
        ({"token": 1234567890123}, "1234567890123"),
        ([("password", "CANARY.pair/1")], "CANARY.pair/1"),
        ('{"deep": [{"password": "CANARY.json/1"}]}', "CANARY.json/1"),
        ({"text": '{"password": "CANARY.text/1"}'}, "CANARY.text/1"),
        (b"user=me&password=CANARY.form%2F1", "CANARY.form/1"),
        ({"password": (None, "CANARY.file/1")}, "CANARY.file/1"),
        ("/a?next=%2Fb%3Ftoken%3DCANARY.next%252F1&c=d", "CANARY.next/1"),
        ("/a;jsessionid=CANARY.path/1", "CANARY.path/1"),
        ("http://me:CANARY.pw%2F1@127.0.0.1/", "CANARY.pw/1"),
        ("http://CANARY.user%2F1@127.0.0.1/", "CANARY.user/1"),
        ("/login?token=x%2CCANARY.comma%26%27%22%291&a=b", "x,CANARY.comma&'\")1"),
        ("password=CANARY+my+phrase", "CANARY my phrase"),
        ({"user[password]": "CANARY.index/1"}, "CANARY.index/1"),
        ("user%5Bpassword%5D=CANARY.index%2F2", "CANARY.index/2"),
        (bytearray(b"password=CANARY.array/1"), "CANARY.array/1"),
        ((b"password", b"CANARY.bytes/1"), "CANARY.bytes/1"),
        ('\ufeff{"password": "CANARY.mark/1"}', "CANARY.mark/1"),
    ],
)
def test_row_13_what_is_sent_is_learned(sent: object, secret: str) -> None:
    learn_from(sent)
    assert hide(f"it was {secret}, was it") == "it was ***, was it"


@pytest.mark.parametrize(
    ("field", "said", "hidden"),
    [
        ("Basic " + b64encode(b"me:CANARY.basic/1").decode(), "CANARY.basic/1 for me", "*** for me"),
        ("Basic " + b64encode(b"CANARY.user/1:").decode(), "CANARY.user/1 here", "*** here"),
        (
            'Digest username="CANARY", uri="/projects?page=1&of=everything", response="CANARY0d5e8c1b0d5e8c1b"',
            "GET /projects by username, CANARY0d5e8c1b0d5e8c1b",
            "GET /projects by username, ***",
        ),
        (
            "AWS4-HMAC-SHA256 Credential=CANARY0d5e8c1b0d5e8c1b/us, SignedHeaders=host;x-amz-date",
            "the SignedHeaders do not match",
            "the SignedHeaders do not match",
        ),
        ("Negotiate CANARY.ticket/1", "Negotiate CANARY.ticket/1", "Negotiate ***"),
    ],
)
def test_row_13_of_a_scheme_the_words_that_all_have_in_common_are_kept(field: str, said: str, hidden: str) -> None:
    learn_fields([("Authorization", field)])
    assert hide(said) == hidden


def test_row_13_an_ordinary_word_in_a_cookie_is_kept() -> None:
    learn_cookie("last", "load_file")
    learn_cookie("theme", "darkblue")
    learn_cookie("seen", "2026-11-28")
    learn_cookie("auth", "CANARYword")
    learn_cookie("back", "/projects/list/of/all/of/them")
    ordinary = "load_file of 20261128T, darkblue, GET /projects/list"
    assert hide(ordinary) == ordinary
    assert hide("CANARYword") == "***"


def test_row_13_a_worker_prints_no_secret() -> None:
    learn("CANARYprinted0d5e8c1b")
    stream = StringIO()
    with redirect_stdout(Discreet(stream)):  # type: ignore[type-var]
        print("it is CANARYprin", end="")
        print("ted0d5e8c1b", "token=abc")
        print("and so on", end="")
    assert stream.getvalue() == "it is *** token=***\n"
    said = Discreet(stream)
    said.write("last")
    said.end()
    assert stream.getvalue().endswith("\nlast\n") and said.encoding == stream.encoding and said.writable()


def test_row_13_what_is_told_of_the_targets_memory_has_no_secret() -> None:
    learn("CANARYmemory0d5e8c1b")
    with pytest.raises(ValueError, match=r"error: no \*\*\* here$"):
        read_memory_status({"error": "no CANARYmemory0d5e8c1b here"})
    status = read_memory_status({"rss_MB": 1.0, "pid": 1, "csr_artifacts": {"CANARYmemory0d5e8c1b": {"hits": 1}}})
    assert status.artifacts == {"***.hits": 1.0}


async def test_row_13_where_workers_have_sent_them_the_target_is_not_quoted() -> None:
    """What they know of secrets, nobody else does."""
    answers = [
        (b"CANARY0d5e8c1b", "500 No"),
        (b"no CANARY0d5e8c1b", "200 OK"),
        (b'{"error": "CANARY0d5e8c1b"}', "200 OK"),
        (b'{"rss_MB": 1.0, "pid": 1, "csr_artifacts": {"hits": 1, "CANARY0d5e8c1b": 1}}', "200 OK"),
    ]

    def repeat(peer: Peer, request: Received) -> None:
        body, status = answers[min(len(samples), len(answers) - 1)]
        peer.answer(body, JSON, status=status)

    def hear(sample: TargetSample) -> None:
        samples.append(sample)
        if len(samples) == len(answers):
            enough.set()

    samples, enough = list[TargetSample](), asyncio.Event()
    with HttpServer({"/memory_status": repeat}) as server:
        probe = MemoryProbe(server.url, clock=lambda: 0.0, on_sample=hear, interval_s=0.01, quotes=False)
        probing = asyncio.ensure_future(probe.run())
        await asyncio.wait_for(enough.wait(), 20)
        probing.cancel()
    said = [sample.error for sample in samples]
    assert said[:4] == ["HTTP 500", "the answer is no JSON", "the target answers with an error", None]
    assert samples[3].artifacts == {"hits": 1.0}


def test_row_13_an_answer_is_cut_only_when_what_is_secret_is_out_of_it() -> None:
    learn("CANARY.query/0+z")
    for length in range(380, 420):
        body = b" " * 330 + b"x" + b" " * (length - 331) + b"CANARY.query/0+z"
        assert Answer(500, httpx.Headers(), body, 1.0).glimpse() == "x ***"


def test_row_13_no_cut_leaves_a_part_of_a_secret() -> None:
    learn("Bearer CANARYlong0123456789")
    for length in range(1960, 2010):
        assert "CANARY" not in hide(" " * length + "CANARYlong0123456789")
