"""Terminals with few colours or none: they are sent no more than they have, and nothing is told by colour alone."""

from __future__ import annotations

import re

import pytest
from rich.console import COLOR_SYSTEMS

from tests.backend import Backend
from tests.e2e.program import Launcher
from tests.e2e.terminal import Terminal, in_terminal
from tests.faults.test_screens import quit_
from tests.ui import views
from tests.ui.screen import dashboard

STYLE = re.compile(rb"\x1b\[([0-9;]*)m")
OF_MILLIONS = re.compile(rb"[34]8;2;(\d+);(\d+);(\d+)")
OF_256 = re.compile(rb"[34]8;5;\d+")
OF_16 = re.compile(rb"(?:^|;)(?:3[0-7]|4[0-7]|9[0-7]|10[0-7])(?=;|$)")


def styles(terminal: Terminal) -> list[bytes]:
    """All that was said about how to draw."""
    return STYLE.findall(terminal.raw)


def found(pattern: re.Pattern[bytes], terminal: Terminal) -> set[bytes]:
    """The colours of this kind."""
    return {match[0] for style in styles(terminal) for match in pattern.finditer(style)}


@pytest.mark.backend
@pytest.mark.e2e
def test_row_37_no_colour(launcher: Launcher, backend: Backend) -> None:
    with in_terminal(
        launcher, "run", "smoke", "--host", backend.url, columns=120, rows=40, NO_COLOR="1", COLORTERM="truecolor"
    ) as terminal:
        assert_legible(terminal)
        quit_(terminal)
        told = OF_MILLIONS.findall(terminal.raw)
        assert told and all(red == green == blue for red, green, blue in told), "there are colours"


@pytest.mark.backend
@pytest.mark.e2e
@pytest.mark.parametrize(
    ("name", "has", "has_not"),
    [("xterm-256color", OF_256, (OF_MILLIONS, OF_16)), ("xterm-16color", OF_16, (OF_MILLIONS, OF_256))],
    ids=["256", "16"],
)
def test_row_37_few_colours(
    launcher: Launcher, backend: Backend, name: str, has: re.Pattern[bytes], has_not: tuple[re.Pattern[bytes], ...]
) -> None:
    with in_terminal(
        launcher, "run", "smoke", "--host", backend.url, columns=120, rows=40, TERM=name, COLORTERM=""
    ) as terminal:
        assert_legible(terminal)
        terminal.press("ls")
        terminal.wait_for("snapshot in")
        quit_(terminal)
        assert len(found(has, terminal)) >= 5, "it is all of one colour"
        assert [code for pattern in has_not for code in found(pattern, terminal)] == []


@pytest.mark.parametrize("colours", ["256", "standard"])
async def test_row_37_few_colours_after_a_picture_of_what_was_not_drawn_yet(colours: str) -> None:
    """A picture has all colours, and comes to the styles first."""
    async with dashboard(views.idle()) as driven:
        app = driven.app
        app.console._color_system = COLOR_SYSTEMS[colours]
        driven.session.view = views.running(failing=True)
        app.tick()
        assert app.export_screenshot().count('fill="#') > 10
        drawn = "".join(strip.render(app.console) for strip in app.screen._compositor.render_strips()).encode()
    assert len(STYLE.findall(drawn)) > 50
    assert OF_MILLIONS.findall(drawn) == []


def assert_legible(terminal: Terminal) -> None:
    """The verdict is there in words or signs, no sign has the colour of its ground, and what matters stands out."""
    terminal.wait_for("settled after", 40)
    terminal.wait_until(lambda lines: "✓" in lines[1] or "✗" in lines[1] or "–" in lines[1], "limits are told by signs")
    cells = list(terminal.cells())
    assert [cell for cell in cells if cell.data.strip() and cell.fg == cell.bg != "default"] == []
    looks = [look(terminal, text) for text in ("RUNNING", "smoke", "users", "╭")]  # state, name, word, frame
    assert len(set(looks)) == len(looks), looks


def look(terminal: Terminal, text: str) -> tuple[object, ...]:
    """How the first place of a text is drawn."""
    screen = terminal.screen()
    row = next(number for number, line in enumerate(screen) if text in line)
    cell = terminal.cell(screen[row].index(text), row)
    return (cell.fg, cell.bg, cell.bold, cell.reverse)
