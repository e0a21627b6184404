"""How a text comes in at each door, and what of it comes out behind: one way for each function that calls `safe()`."""

from __future__ import annotations

import asyncio
import io
import logging
import ssl
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from socket import gaierror
from types import SimpleNamespace
from typing import Any

import httpx
import msgspec
from msgspec import structs
from textual.events import Paste

from lorax_tui import config
from lorax_tui.cli.crew import crew_plan
from lorax_tui.cli.options import RunOptions
from lorax_tui.cli.saying import say, say_json
from lorax_tui.config.document import Document
from lorax_tui.config.rules import read_thresholds
from lorax_tui.config.scenarios import read_scenario
from lorax_tui.config.sections import read_section
from lorax_tui.engine.classes import own_classes
from lorax_tui.engine.crew.abode import Crew
from lorax_tui.engine.crew.door import objection, own_hello
from lorax_tui.engine.crew.muster import Muster
from lorax_tui.engine.crew.processes import Processes
from lorax_tui.engine.crew.saying import PlainLines, complain
from lorax_tui.engine.crew.seat import Roster
from lorax_tui.engine.recorder import Recorder
from lorax_tui.errors import LoraxTuiError
from lorax_tui.model.crew import CrewPlan
from lorax_tui.model.merging import washed
from lorax_tui.model.records import SCHEMA, Event, EventKind, Header, Interval, Raised, UserCount
from lorax_tui.model.scenario import Guard, Target
from lorax_tui.model.tally import ErrorCount, Tally
from lorax_tui.runs import store
from lorax_tui.runs.listing import kept
from lorax_tui.runs.recorded import read
from lorax_tui.session.recording import Recording
from lorax_tui.session.view import State
from lorax_tui.target import ask, guard, trouble
from lorax_tui.target.backend_log import BackendLog
from lorax_tui.target.memory_status import read_memory_status
from lorax_tui.ui.screens.compare import CompareScreen
from lorax_tui.ui.screens.runs import RunsScreen
from lorax_tui.ui.widgets.banner import Banner
from tests.kept import HOST, phase_start
from tests.session.opened import opened
from tests.ui import views
from tests.ui.screen import dashboard

Way = Callable[[str, Path], Iterator[object]]

WAYS: dict[str, Way] = {}


def behind(*places: str) -> Callable[[Way], Way]:
    """A way through the calls of `safe()` in these functions."""

    def register(way: Way) -> Way:
        WAYS.update(dict.fromkeys(places, way))
        return way

    return register


def strings(value: object) -> Iterator[str]:
    """Every text in a record or a view."""
    if isinstance(value, str):
        yield value
    elif is_dataclass(value) and not isinstance(value, type):
        for field in fields(value):
            yield from strings(getattr(value, field.name))
    elif isinstance(value, msgspec.Struct):
        for name in value.__struct_fields__:
            yield from strings(getattr(value, name))
    elif isinstance(value, dict):
        yield from strings([*value, *value.values()])
    elif isinstance(value, list | tuple | set | frozenset):
        for item in value:
            yield from strings(item)


def refusal(call: Callable[..., object], *arguments: object) -> str:
    """Why it is refused."""
    try:
        call(*arguments)
    except (LoraxTuiError, ValueError) as error:
        return str(error)
    return ""


def as_name(text: str) -> str:
    """As much of a text as a file can be named with."""
    return text.encode("utf-8", "ignore").decode().replace("/", "|").replace("\0", "")[:60].strip(".") or "none"


def unicode(text: str) -> str:
    return text.encode("utf-8", "ignore").decode()


@behind("cli/saying.say", "cli/saying._escaped")
def said(text: str, folder: Path) -> Iterator[object]:
    with redirect_stdout(io.StringIO()) as out:
        say(text)
        say_json(msgspec.json.encode({unicode(text): [unicode(text)]}))
    yield from out.getvalue().split("\n")


@behind("model/text.named")
def path_of_a_file(text: str, folder: Path) -> Iterator[object]:
    yield refusal(config.load, Path(text))


@behind("config.find")
def scenario_asked_for(text: str, folder: Path) -> Iterator[object]:
    yield refusal(config.find, config.load(), text)


@behind("config/document.Document.refuse", "config/rules.read_thresholds", "config/sections.read_section")
def key_in_the_file(text: str, folder: Path) -> Iterator[object]:
    document = Document(Path("scenarios.toml"))
    yield refusal(document.known, "scenarios", {text: 1}, ["users"])
    try:
        yield from read_thresholds(document, "thresholds", {f"HTTP {text}": ["p95 < 1s"]})
    except LoraxTuiError as error:
        yield error
    try:
        yield from strings(read_section(document, {"target": {"project": text}}, "target", Target))
    except LoraxTuiError as error:
        yield error


@behind("config/scenarios.read_scenario")
def purpose(text: str, folder: Path) -> Iterator[object]:
    table = {"users": 1, "spawn_rate": 1, "duration": "1m", "mix": {"LoraxHttpUser": 1}, "purpose": text}
    yield from strings(read_scenario(Document(Path("scenarios.toml")), "mine", table, Guard(), {}))


@behind("engine/classes.own_classes", "engine/classes._executed")
def file_of_users(text: str, folder: Path) -> Iterator[object]:
    text = unicode(text).replace("\0", "")[:1000]
    file = folder / "users.py"
    base = "from lorax_tui.users import LoraxHttpUser\n"
    for code in (
        f"{base}Mine = type({text!r}, (LoraxHttpUser,), {{'__module__': __name__}})",
        f"raise ValueError({text!r})",
    ):
        file.write_text(code)
        try:
            yield from own_classes(file)
        except LoraxTuiError as error:
            yield error


@behind("engine/recorder.Recorder._book", "engine/recorder.Recorder.raised", "engine/recorder.Recorder._named")
def outcome(text: str, folder: Path) -> Iterator[object]:
    recorder = Recorder()
    recorder.begin("HTTP", text).failed(text, text)
    recorder.begin("HTTP", "GET /").timeout(text.encode("utf-8", "surrogatepass"))
    recorder.raised(text, RuntimeError(text))
    yield from strings([recorder.cut(), recorder.cut_raised()])


@behind("runs/listing._line", "runs/listing.Kept.name")
def kept_run(text: str, folder: Path) -> Iterator[object]:
    run = folder / as_name(text)
    run.mkdir()
    (run / "run.jsonl").touch()
    phase = {"scenario": unicode(text), "settled_s": 1.0}
    found = {"host": unicode(text), "started_at": unicode(text), "verdict": unicode(text), "ended": unicode(text)}
    summary = {**found, "elapsed_s": 1.0, "phases": [phase], "operations": []}
    (run / "summary.json").write_bytes(msgspec.json.encode(summary))
    line = kept(run)
    assert line.elapsed_s == 1.0
    yield from strings([line, line.name])


@behind("runs/recorded._cleaned")
def journal(text: str, folder: Path) -> Iterator[object]:
    yield refusal(read, Path(text[:3000]))
    header = Header(SCHEMA, unicode(text), unicode(text), "", versions={unicode(text): unicode(text)})
    event = Event(1.0, EventKind.NOTE, unicode(text), phase_start(0, 1, "x").start)
    path = folder / "run.jsonl"
    path.write_bytes(b"\n".join([*map(msgspec.json.encode, (header, event)), b""]))
    yield from strings(read(path).records)


@behind("runs/store.create_folder", "runs/store.find")
def named_run(text: str, folder: Path) -> Iterator[object]:
    yield refusal(store.create_folder, folder, datetime.now(UTC), f"/{text}")
    name = as_name(text)
    for end in ("a", "b"):
        (folder / (name + end)).mkdir()
        (folder / (name + end) / "run.jsonl").touch()
    for asked in (name, name + "c", f"/{text}"):
        yield refusal(store.find, folder, asked).replace(str(folder), "")


@behind("session/recording.Recording.event")
def recorded(text: str, folder: Path) -> Iterator[object]:
    run = folder / as_name(text)
    run.mkdir()
    recording = Recording(run, Header(SCHEMA, "run", HOST, ""))
    recording.event(1.0, EventKind.LOG, text)
    (run / "summary.json").mkdir()
    recording.end(2.0, "finished")
    yield from strings(recording.run.view().events)
    yield recording.trouble


@behind("session/steering.Steering.confirm", "session/steering.Steering.note", "session/steering.Steering._set")
def session(text: str, folder: Path) -> Iterator[object]:
    with opened(f"http://127.0.0.1:1/{text}", folder) as open_session:
        yield refusal(open_session.confirm(text).result, 5)
        open_session.note(EventKind.NOTE, text)
        open_session.wait(open_session.view, 0.5)
        yield open_session.view.notice
        yield refusal(open_session.run([open_session.view.scenarios[0]]).result, 20).partition("/")[0]
        yield open_session.view.notice


@behind("target/ask.Answer.glimpse", "target/ask._unanswered")
def answer(text: str, folder: Path) -> Iterator[object]:
    yield ask.Answer(200, httpx.Headers(), text.encode("utf-8", "surrogatepass"), 1.0).glimpse()
    untrusted = ssl.SSLCertVerificationError(1, "")
    untrusted.verify_message = text
    failed = ssl.SSLError(1, text)
    failed.reason = text
    for error in (untrusted, failed, gaierror(1, text), httpx.RemoteProtocolError(text)):
        yield ask._unanswered(error)


@behind("target/trouble.bad_status")
def moved(text: str, folder: Path) -> Iterator[object]:
    headers = httpx.Headers([(b"location", text.encode("utf-8", "surrogatepass"))])
    yield trouble.bad_status("http://127.0.0.1:1", "GET /health", ask.Answer(302, headers, b"", 1.0))


@behind("target/backend_log.BackendLog.tail")
def log(text: str, folder: Path) -> Iterator[object]:
    said = BackendLog(folder / "backend.log")
    said.file.write(text.encode("utf-8", "surrogatepass"))
    said.file.flush()
    yield from said.tail().split("\n")
    said.close()


@behind("target/guard._parts")
def url(text: str, folder: Path) -> Iterator[object]:
    yield refusal(guard.admit, Target(), f"http://127.0.0.1/{text}")


@behind("target/memory_status.read_memory_status", "target/memory_status._numbers")
def memory(text: str, folder: Path) -> Iterator[object]:
    yield refusal(read_memory_status, {"error": text})
    yield from read_memory_status({"csr_artifacts": {text: {text: 1}}}).artifacts


@behind("model/merging.washed", "model/merging._washed", "model/merging._safe")
def part_of_a_worker(text: str, folder: Path) -> Iterator[object]:
    errors = [ErrorCount(text, text, 1, text)]
    tally = Tally(1, True, text, text, 1, failed=1, kinds={text: 1}, errors=errors)
    users = {text: UserCount(1, 1, 0)}
    yield from strings(washed(Interval(0.0, 1.0, 1, tallies=[tally], users=users, raised=[Raised(1, text, errors)])))


@behind("cli/crew.crew_plan", "cli/crew._address")
def where_workers_are_listened_for(text: str, folder: Path) -> Iterator[object]:
    for bind in (f"{text}:http", f"{text.replace(':', '')}x.invalid:80"):
        yield refusal(crew_plan, config.load(), RunOptions(workers=1, bind=bind), None, folder)


@behind(
    "engine/crew/abode.Crew._answer",
    "engine/crew/door.objection",
    "engine/crew/door._about_files",
    "engine/crew/muster.Muster.seat",
)
def worker_of_elsewhere(text: str, folder: Path) -> Iterator[object]:
    ours, theirs = (own_hello(own, [], "here", 1) for own in ("abc", text))
    yield objection(structs.replace(theirs, lorax_tui=text), ours)
    yield objection(theirs, ours)
    yield objection(theirs, own_hello("", [], "here", 1))
    plan = CrewPlan(0)
    muster = Muster(plan, Roster(), Processes(plan), lambda kind, news: None)
    yield from strings(muster.seat("id", structs.replace(theirs, host=text)))
    news: list[str] = []
    runner = SimpleNamespace(send_to=lambda worker_id, refused: None)
    crew: Any = SimpleNamespace(_ours=ours, _tell_refused=lambda *told: news.extend(told), _runner=runner)
    Crew._answer(crew, "id", None, structs.replace(theirs, host=text))
    yield from news


@behind(
    "engine/crew/processes.Processes.last_words",
    "engine/crew/saying.complain",
    "engine/crew/saying.PlainLines.format",
)
def worker_here(text: str, folder: Path) -> Iterator[object]:
    processes = Processes(CrewPlan(0))
    processes._logs[1] = folder / "worker.log"
    (folder / "worker.log").write_bytes(text.encode("utf-8", "surrogatepass"))
    yield processes.last_words(1)
    with redirect_stderr(io.StringIO()) as said:
        complain(ValueError(text))
    yield said.getvalue().removesuffix("\n")
    told = {"name": text, "msg": text, "levelno": logging.ERROR, "levelname": "ERROR"}
    yield from PlainLines("%(name)s %(message)s").format(logging.makeLogRecord(told)).split("\n")


@behind("ui/widgets/banner._tail")
def folder_of_the_run(text: str, folder: Path) -> Iterator[object]:
    view = replace(views.running(), state=State.ENDED, folder=Path(text[:4000]))
    yield from strings([line for line in Banner().lines(view, 120, 4)])


@behind(
    "ui/terminal.TerminalApp.notify",
    "ui/terminal.TerminalApp.on_event",
    "ui/screens/runs.RunsScreen.action_refresh_list",
)
def screens(text: str, folder: Path) -> Iterator[object]:
    runs_dir = folder / as_name(text)
    runs_dir.mkdir()
    (runs_dir / "run.jsonl").write_text("no journal")
    yield from asyncio.run(_screens(text, runs_dir))


async def _screens(text: str, folder: Path) -> list[object]:
    """What stands there after a failure, a paste, in the list of runs and where two of them cannot be compared."""
    async with dashboard(replace(views.idle(), must_confirm=True, host="http://far.example")) as driven:
        shown: list[object] = []
        driven.session.refusal = RuntimeError(text)
        await driven.press("x", "plus")
        await driven.until(lambda: "RuntimeError" in driven.text())
        shown.append(driven.text())
        await driven.press("1")
        await driven.until(lambda: "Type the name" in driven.text())
        driven.app.post_message(Paste(text))
        await driven.pilot.pause()
        shown.append(driven.text())
        await driven.press("escape")
        driven.app.push_screen(RunsScreen(folder))
        await driven.until(lambda: "0 in " in driven.text())
        shown.append(driven.text())
        driven.app.push_screen(CompareScreen(folder, folder))
        await driven.until(lambda: "run.jsonl" in driven.text())
        return [*shown, driven.text()]
