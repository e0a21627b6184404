"""Texts from outside reach the screen as they are: no markup, no action, no crash, no column out of line."""

from __future__ import annotations

from dataclasses import replace

import pytest
from msgspec.structs import replace as replaced

from lorax_tui.model.records import HTTP, Event, EventKind
from lorax_tui.model.scenario import Scenario
from lorax_tui.model.text import safe
from lorax_tui.model.view import ErrorView
from lorax_tui.session.view import SessionView
from tests.ui import views
from tests.ui.screen import dashboard

MARKUP = [
    "[/]",
    "[/nope]",
    "[/",
    "[bold]bold[/bold]",
    "[red]",
    "[admin]",
    "[a='b]",
    "[link=http://x]y",
    "[@click=app.quit]go[/]",
    "[@click=nowhere.x('a[0]')]go[/]",
    "[$primary]",
    '{"error":[true,false]}',
    "\\[x]",
    ":smile:",
]

CONTROL = [
    "\x1b[2Jgone",
    "\x1b]52;c;aGFjaw==\x07",
    "\x1b]2;title\x1b\\",
    "\x9b31mred",
    "nul\x00del\x7fbel\x07",
    "bidi\u202egnp.exe\u2066",
    "zero\u200bwidth\ufeff",
    "line\r\nbreak\x0b\x0c\x85\u2028",
    "tab\tstop",
    "\ud800surrogate",
    "wide 漢字 テスト",
    "emoji 👩‍👩‍👧 🇨🇭 ✊🏽",
    "zalgo Z̷̡̢͎̳͎̦̖̬̏̑͐ͅ",
    "é" * 500,
    "漢" * 500,
    "x" * 100_000,
]


def hostile(text: str, *, failing: bool = True) -> SessionView:
    """A view with the text wherever a text from outside can be."""
    text = safe(text)
    view = views.running(failing=failing)
    phase = view.run.phases[1]
    operations = (replace(phase.operations[0], name=text), *phase.operations[1:])
    run = replace(
        view.run,
        host=text,
        phases=(view.run.phases[0], replace(phase, scenario=text, operations=operations)),
        marks=((90.0, text),),
        errors=(ErrorView(HTTP, text, text, text, text, 9, 0.5, 80.0, 99.0),),
        events=(Event(98.0, EventKind.WARNING, text), Event(99.0, EventKind.SWITCH, text)),
        target=replace(view.run.target, error=text),
        ended=text,
    )
    scenarios = (replace_scenario(text), *views.SCENARIOS[1:])
    return replace(view, host=text, scenario=text, scenarios=scenarios, run=run, notice=text, trouble=text)


def replace_scenario(text: str) -> Scenario:
    return replaced(views.SCENARIOS[0], name=text, purpose=text, mix={text: 1.0})


async def test_markup_is_shown_as_it_is():
    async with dashboard(views.running()) as driven:
        for text in MARKUP:
            await driven.show(hostile(text))
            screen = driven.text()
            assert "cannot draw" not in screen
            assert screen.count(text[:10]) >= 6, screen


@pytest.mark.parametrize("text", [text for text in MARKUP if "@click" in text])
async def test_no_text_does_anything_when_clicked(text):
    async with dashboard(hostile(text)) as driven:
        places = [(line.index(text[:10]), y) for y, line in enumerate(driven.text().splitlines()) if text[:10] in line]
        for x, y in places:
            await driven.pilot.click(offset=(x + 1, y))
        assert driven.app.is_running
        assert len(places) > 5
        assert driven.session.asked == []


@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
async def test_nothing_steers_the_terminal_or_breaks_a_column(size):
    async with dashboard(views.running(), size) as driven:
        for text in CONTROL:
            await driven.show(hostile(text))
            strips = driven.app.screen._compositor.render_strips()
            assert {strip.cell_length for strip in strips} == {size[0]}, repr(text[:30])
            screen = driven.text()
            assert "cannot draw" not in screen
            assert all(character.isprintable() for character in screen if character != "\n"), repr(text[:30])
            driven.app.export_screenshot().encode()


async def test_dialogs_toasts_and_palette_take_it_too():
    async with dashboard(views.running()) as driven:
        for text in ["[/]", "[@click=app.quit]go[/]", "[$primary]", CONTROL[0], CONTROL[-1]]:
            await driven.show(hostile(text))
            await driven.press("q", "escape")
            driven.session.refusal = RuntimeError(safe(text))
            await driven.press("plus", "ctrl+p")
            await driven.until(lambda: "Switch to heavy" in driven.text())
            await driven.press("escape")
            await driven.until(lambda: len(driven.app.screen_stack) == 1)
        assert driven.app.is_running
