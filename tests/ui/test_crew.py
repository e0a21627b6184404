"""The crew on the dashboard: which workers there are, which of them stand out, and that nothing is cut off."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lorax_tui.model.crew import WorkerState
from tests.ui import views
from tests.ui.screen import dashboard


@pytest.mark.parametrize("size", [(120, 40), (80, 24), (200, 60)])
async def test_a_key_shows_the_workers(size):
    async with dashboard(views.crewed(hurt=True), size=size) as driven:
        assert "loader-7/1" not in driven.text()
        await driven.press("h")
        text = driven.text()
        assert "cannot draw" not in text
        lines = text.splitlines()
        row = next(line for line in lines if "loader-7/1" in line)
        assert "!loader-7/1" in row and "missing" in row and "2.2 s" in row
        assert any("!w2" in line and "97 %" in line and "limit: lag, CPU" in line for line in lines)
        await driven.press("h")
        assert "loader-7/1" not in driven.text()


async def test_the_header_counts_the_workers():
    async with dashboard(views.crewed(), size=(120, 40)) as driven:
        assert "workers 2/2" in driven.text().splitlines()[0]
    crew = (views.load_worker(1), views.load_worker(2, state=WorkerState.LOST, users=0, wanted=0))
    view = views.crewed()
    for size in ((120, 40), (80, 24)):
        async with dashboard(replace(view, run=replace(view.run, crew=crew)), size=size) as driven:
            first = driven.text().splitlines()[0]
            assert " 1/2 " in first and "01:10" in first and "50/50" in first


async def test_the_header_names_the_worker_that_is_at_its_limit():
    async with dashboard(views.crewed(hurt=True), size=(120, 40)) as driven:
        assert "GENERATOR-BOUND  w2 lag 61 ms cpu 97 %" in driven.text().splitlines()[0]


async def test_many_workers_scroll_and_keep_their_places():
    view = views.crewed()
    crew = tuple(views.load_worker(number) for number in range(1, 51))
    async with dashboard(replace(view, run=replace(view.run, crew=crew)), size=(120, 40)) as driven:
        await driven.press("h")
        before = driven.panel("#generator").region
        assert "w7" in driven.text() and "w50" not in driven.text()
        driven.panel("#generator").scroll_end(animate=False)
        await driven.press("p")
        assert "w50" in driven.text() and "this program" in driven.text()
        assert driven.panel("#generator").region == before


@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
async def test_among_many_those_that_stand_out_are_seen_first(size):
    view, hurt = views.crewed(), views.crewed(hurt=True).run.crew
    crew = (*(views.load_worker(number) for number in range(5, 51)), *hurt[1:])
    async with dashboard(replace(view, run=replace(view.run, crew=crew)), size=size) as driven:
        await driven.press("h")
        shown = [line for line in driven.text().splitlines() if any(f"!{worker.name} " in line for worker in crew)]
        assert len(shown) == 3 and "limit: lag, CPU" in shown[0] and "missing" in shown[1] and "lost" in shown[2]
        assert "w6 " not in driven.text() if size == (80, 24) else "w6 " in driven.text()


async def test_two_workers_of_a_machine_with_a_long_name_are_told_apart():
    crew = tuple(views.load_worker(number, name=f"loader-of-staging/{number}") for number in (11, 12))
    view = views.crewed()
    async with dashboard(replace(view, run=replace(view.run, crew=crew)), size=(80, 24)) as driven:
        await driven.press("h")
        assert "…taging/11 " in driven.text() and "…taging/12 " in driven.text()


async def test_without_a_crew_there_are_no_workers_of_the_load():
    async with dashboard(views.running(), size=(120, 40)) as driven:
        await driven.press("h")
        assert "load workers" not in driven.text() and "workers" not in driven.text().splitlines()[0]
