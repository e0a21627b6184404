"""How a text comes in from a target or from a worker of elsewhere, and what of it comes out behind."""

from __future__ import annotations

import io
import logging
import ssl
from collections.abc import Iterator
from contextlib import redirect_stderr
from pathlib import Path
from socket import gaierror
from types import SimpleNamespace
from typing import Any

import httpx
from msgspec import structs

from lorax_tui import config
from lorax_tui.cli.crew import crew_plan
from lorax_tui.cli.options import RunOptions
from lorax_tui.engine.crew.abode import Crew
from lorax_tui.engine.crew.door import objection, own_hello
from lorax_tui.engine.crew.muster import Muster
from lorax_tui.engine.crew.processes import Processes
from lorax_tui.engine.crew.saying import PlainLines, complain
from lorax_tui.engine.crew.seat import Roster
from lorax_tui.engine.recorder import Recorder
from lorax_tui.model.crew import CrewPlan
from lorax_tui.model.merging import washed
from lorax_tui.model.records import Interval, Raised, UserCount
from lorax_tui.model.scenario import Target
from lorax_tui.model.tally import ErrorCount, Tally
from lorax_tui.target import ask, guard, trouble
from lorax_tui.target.backend_log import BackendLog
from lorax_tui.target.memory_status import read_memory_status
from tests.faults.ways import behind, refusal, strings


@behind("engine/recorder.Recorder._book", "engine/recorder.Recorder.raised", "engine/recorder.Recorder._named")
def outcome(text: str, folder: Path) -> Iterator[object]:
    recorder = Recorder()
    recorder.begin("HTTP", text).failed(text, text)
    recorder.begin("HTTP", "GET /").timeout(text.encode("utf-8", "surrogatepass"))
    recorder.raised(text, RuntimeError(text))
    yield from strings([recorder.cut(), recorder.cut_raised()])


@behind("target/ask.Answer.glimpse", "target/ask._shown")
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
