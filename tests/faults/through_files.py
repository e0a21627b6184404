"""How a text comes in by a command line or a file, and what of it comes out behind."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import redirect_stdout
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from lorax_tui import config
from lorax_tui.cli.saying import say, say_json
from lorax_tui.config.document import Document
from lorax_tui.config.rules import read_thresholds
from lorax_tui.config.scenarios import read_scenario
from lorax_tui.config.sections import read_section
from lorax_tui.engine.classes import own_classes
from lorax_tui.errors import LoraxTuiError
from lorax_tui.model.records import SCHEMA, Event, EventKind, Header
from lorax_tui.model.scenario import Guard, Target
from lorax_tui.runs import store
from lorax_tui.runs.listing import kept
from lorax_tui.runs.recorded import read
from lorax_tui.session.recording import Recording
from tests.faults.ways import as_name, behind, refusal, strings, unicode
from tests.kept import HOST, phase_start


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
