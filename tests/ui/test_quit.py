"""All ways out are one: they ask while a load runs, and go at once where none does."""

from __future__ import annotations

import os
import signal
from dataclasses import replace

import pytest

from lorax_tui.session.view import State
from lorax_tui.ui import session_app
from lorax_tui.ui.screens.quit import QuitScreen
from tests.ui import views
from tests.ui.screen import dashboard

WAYS = ["q", "ctrl+c", "ctrl+q"]


@pytest.mark.parametrize("key", WAYS)
@pytest.mark.parametrize("view", [views.idle, views.ended])
async def test_without_a_load_it_goes(key, view):
    async with dashboard(view()) as driven:
        await driven.press(key)
        await driven.until(lambda: not driven.app.is_running)
        assert "stop" not in [asked[0] for asked in driven.session.asked]


@pytest.mark.parametrize("key", WAYS)
@pytest.mark.parametrize("view", [views.running, views.starting])
async def test_with_a_load_it_asks(key, view):
    async with dashboard(view()) as driven:
        await driven.press(key)
        assert isinstance(driven.app.screen, QuitScreen)
        assert "Stop it, keep the run and quit?" in driven.text()
        assert driven.session.asked == []


@pytest.mark.parametrize("key", WAYS)
async def test_pressing_on_is_no_answer(key):
    async with dashboard(views.running()) as driven:
        for again in ("q", key, "q", key):
            await driven.press(again)
        assert isinstance(driven.app.screen, QuitScreen)
        assert len(driven.app.screen_stack) == 2
        assert driven.session.asked == []


@pytest.mark.parametrize("key", ["n", "escape"])
async def test_no_leads_back(key):
    async with dashboard(views.running()) as driven:
        await driven.press("q", key)
        assert not isinstance(driven.app.screen, QuitScreen)
        await driven.press("plus")
        assert driven.session.asked == [("adjust", 1)]


@pytest.mark.parametrize("key", ["y", "enter"])
async def test_yes_stops_keeps_the_picture_and_goes(key):
    async with dashboard(views.running()) as driven:
        await driven.press("q", key)
        await driven.until(lambda: not driven.app.is_running)
        assert driven.session.asked == [("stop", "quit"), ("save_picture",)]
        assert "ENDED" in driven.session.pictures[0]


async def test_it_goes_even_if_the_load_does_not_end(monkeypatch):
    monkeypatch.setattr(session_app, "LONGEST_LEAVING_S", 0.3)
    async with dashboard(views.running()) as driven:
        driven.session.stops = False
        await driven.press("q", "y")
        await driven.until(lambda: not driven.app.is_running)
        assert ("save_picture",) in driven.session.asked


async def test_it_says_that_it_stops():
    async with dashboard(views.running()) as driven:
        driven.session.stops = False
        await driven.press("q", "y")
        await driven.show(replace(views.running(), state=State.STOPPING))
        assert "50 users finish their last asks" in driven.text()


async def test_asking_works_over_the_help():
    async with dashboard(views.running()) as driven:
        await driven.press("question_mark", "ctrl+c")
        assert isinstance(driven.app.screen, QuitScreen)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
async def test_a_signal_asks_nobody_and_keeps_the_run(number):
    async with dashboard(views.running()) as driven:
        os.kill(os.getpid(), number)
        await driven.until(lambda: not driven.app.is_running)
        assert driven.session.asked == [("stop", f"signal {number.name}"), ("save_picture",)]
        assert driven.app.ended_by == number


async def test_a_signal_without_a_load_just_ends():
    async with dashboard(views.idle()) as driven:
        os.kill(os.getpid(), signal.SIGTERM)
        await driven.until(lambda: not driven.app.is_running)
        assert driven.session.asked == [] and driven.app.ended_by == signal.SIGTERM
