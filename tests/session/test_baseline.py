"""The run that is marked as baseline stands beside the next one; one that cannot be read keeps none from beginning."""

from __future__ import annotations

from pathlib import Path

import msgspec

from lorax_tui.model.records import EventKind
from lorax_tui.runs import store
from lorax_tui.session import SessionView, State
from tests.backend import Backend
from tests.session.opened import LIMIT_S, WEB, opened, seen
from tests.unit.synthetic import made_run


def marked(runs_dir: Path, content: bytes) -> Path:
    folder = runs_dir / "20260101T000000Z-few-aaaaaa"
    folder.mkdir()
    (folder / store.JOURNAL).write_bytes(content)
    store.set_baseline(folder)
    return folder


def test_the_marked_run_is_beside_the_next_one(backend: Backend, tmp_path: Path) -> None:
    records = made_run(1, 20, scenario="few", users=3, mix=WEB)
    folder = marked(tmp_path, b"".join(msgspec.json.encode(record) + b"\n" for record in records))
    with opened(backend.url, tmp_path) as session:
        assert session.view.baseline is None
        session.switch("few").result(LIMIT_S)
        view = seen(session, lambda view: view.run.phases, "a phase has begun")
        assert view.baseline is not None and view.baseline.run == folder.name
        assert view.baseline.beside(view.run.phases, 0) is view.baseline.phases[0]


def test_one_that_cannot_be_read_is_told_and_the_run_goes_on(backend: Backend, tmp_path: Path) -> None:
    marked(tmp_path, b"no journal\n")
    with opened(backend.url, tmp_path) as session:
        session.switch("few").result(LIMIT_S)
        view = seen(session, _warnings, "a warning")
        assert view.baseline is None and view.state is State.RUNNING
        assert [text.partition(":")[0] for text in _warnings(view)] == ["no baseline is shown"]


def _warnings(view: SessionView) -> list[str]:
    return [event.text for event in view.run.events if event.kind is EventKind.WARNING]
