"""The screen that compares two recorded runs."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from lorax_tui.model.records import Record
from lorax_tui.ui.screens.compare import CompareScreen
from tests.ui import views
from tests.ui.screen import Driven, dashboard
from tests.unit.synthetic import Target, made_run

READ_S = 30.0


def written(folder: Path, records: list[Record]) -> Path:
    folder.mkdir()
    (folder / "run.jsonl").write_bytes(b"".join(msgspec.json.encode(record) + b"\n" for record in records))
    return folder


async def compared(driven: Driven, base: Path, run: Path) -> str:
    await driven.app.push_screen(CompareScreen(base, run))
    await driven.until(lambda: "comparing" not in driven.text() and "Esc" in driven.text(), READ_S)
    await driven.pilot.pause()
    return driven.text()


@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
async def test_what_changed_is_told_in_words_and_in_figures(tmp_path: Path, size: tuple[int, int]) -> None:
    base = written(tmp_path / "a", made_run(1, 30))
    run = written(tmp_path / "b", made_run(2, 30, Target({"GET /health": 30})))
    async with dashboard(views.idle(), size) as driven:
        text = await compared(driven, base, run)
        assert "regression: 1 worse" in text or "regression: 2 worse" in text
        assert "✗ HTTP GET /health: p50" in text and "✗ GET /health" in text and "= GET /projects" in text
        assert ("p99 ms" in text) == (size == (120, 40))
        await driven.press("escape")
        assert len(driven.app.screen_stack) == 1


async def test_two_runs_that_say_nothing_of_each_other_are_refused_in_words(tmp_path: Path) -> None:
    base = written(tmp_path / "a", made_run(1, 10))
    run = written(tmp_path / "b", made_run(2, 10, users=20))
    async with dashboard(views.idle()) as driven:
        assert "10 users in the base, 20 here" in await compared(driven, base, run)
        await driven.press("escape")
        assert "no journal" in await compared(driven, base, _garbage(tmp_path / "c"))


def _garbage(folder: Path) -> Path:
    folder.mkdir()
    (folder / "run.jsonl").write_text("no [red]journal[/red]\n")
    return folder
