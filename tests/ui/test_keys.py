"""Every key, and what the session is asked then."""

from __future__ import annotations

import inspect
import io
from dataclasses import replace

import pytest
from textual.drivers._writer_thread import WriterThread
from textual.drivers.linux_driver import LinuxDriver

from lorax_tui.errors import UsageError
from lorax_tui.session.view import State
from lorax_tui.ui.app import LoraxApp
from lorax_tui.ui.palette import offers
from lorax_tui.ui.screens.help import HelpScreen
from lorax_tui.ui.widgets.charts import LatencyChart
from tests.ui import views
from tests.ui.fake import FakeSession
from tests.ui.screen import Driven, dashboard


async def asked_after(driven: Driven, *keys: str) -> list[tuple[object, ...]]:
    await driven.press(*keys)
    await driven.pilot.pause()
    return driven.session.asked


async def test_a_number_starts_its_scenario():
    async with dashboard() as driven:
        asked = await asked_after(driven, *"12345678")
        assert asked == [("switch", scenario.name) for scenario in views.SCENARIOS]


async def test_a_number_switches_while_a_load_runs():
    async with dashboard(views.running()) as driven:
        assert await asked_after(driven, "1") == [("switch", "smoke")]


async def test_a_number_without_a_scenario_does_nothing():
    async with dashboard() as driven:
        assert await asked_after(driven, "9") == []


async def test_users_are_adjusted():
    keys = {
        "plus": 1,
        "equals_sign": 1,
        "minus": -1,
        "right_square_bracket": 10,
        "left_square_bracket": -10,
    }
    async with dashboard(views.running()) as driven:
        assert await asked_after(driven, *keys) == [("adjust", users) for users in keys.values()]


@pytest.mark.parametrize("size", [(120, 40), (80, 24), (60, 15)])
async def test_the_list_starts_what_it_points_at(size):
    async with dashboard(size=size) as driven:
        assert await asked_after(driven, "down", "down", "up", "enter") == [("switch", "light")]


async def test_up_and_down_bring_the_list_back():
    async with dashboard(views.running(), size=(80, 24)) as driven:
        await driven.press("m")
        assert not driven.shown("#scenarios")
        assert await asked_after(driven, "m", "m", "down", "down", "enter") == [("switch", "light")]
        assert driven.shown("#scenarios")


async def test_x_stops_a_load_and_nothing_else():
    async with dashboard(views.running()) as driven:
        assert ("stop", "stopped") in await asked_after(driven, "x")
    async with dashboard() as driven:
        assert await asked_after(driven, "x") == []


async def test_s_takes_a_picture_and_says_where():
    async with dashboard(views.running()) as driven:
        assert await asked_after(driven, "s") == [("snapshot",)]
        assert driven.session.pictures[0].startswith("<svg")
        await driven.until(lambda: "snapshot in" in driven.text())


async def test_p_turns_the_latency_chart():
    async with dashboard(views.running()) as driven:
        chart = driven.app.screen.query_one(LatencyChart)
        subjects = [chart.subject]
        for _ in range(3):
            await driven.press("p")
            subjects.append(chart.subject)
        assert subjects == [("HTTP", ""), ("Socket.IO", ""), ("HTTP", "GET /health"), ("HTTP", "")]


async def test_enter_on_an_operation_shows_its_latency():
    async with dashboard(views.running()) as driven:
        driven.panel("#operations").focus()
        await driven.press("down", "down", "enter")
        await driven.pilot.pause()
        assert "GET /projects · 10 s window · ok · closed loop" in driven.text()


async def test_m_turns_the_shared_panel():
    async with dashboard(views.running(failing=True), size=(80, 24)) as driven:
        seen = []
        for _ in range(6):
            panels = ("#scenarios", "#errors", "#limits", "#memory", "#generator")
            seen.append([name for name in panels if driven.shown(name)])
            await driven.press("m")
            await driven.pilot.pause()
        assert seen == [["#scenarios"], ["#errors"], ["#limits"], ["#memory"], ["#generator"], ["#scenarios"]]


async def test_m_lets_charts_and_panels_take_turns_in_a_short_terminal():
    async with dashboard(views.running(), size=(70, 18)) as driven:
        seen = []
        for _ in range(7):
            panels = ("#throughput", "#scenarios", "#errors", "#limits", "#memory", "#generator")
            seen.append([n for n in panels if driven.shown(n)])
            await driven.press("m")
            await driven.pilot.pause()
        assert seen == [
            ["#throughput"],
            ["#scenarios"],
            ["#errors"],
            ["#limits"],
            ["#memory"],
            ["#generator"],
            ["#throughput"],
        ]


@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
async def test_l_shows_each_limit_with_its_value_now_and_takes_it_away_again(size: tuple[int, int]):
    async with dashboard(views.running(failing=True), size=size) as driven:
        await driven.press("l")
        assert driven.shown("#limits") and not driven.shown("#errors")
        text = driven.text()
        assert "HTTP p95 < 1s" in text and "now" in text and "broken" in text
        await driven.press("l")
        assert not driven.shown("#limits")


@pytest.mark.parametrize("size", [(120, 40), (80, 24), (70, 18), (200, 60)])
async def test_h_shows_how_the_generator_is_and_takes_it_away_again(size: tuple[int, int]):
    async with dashboard(views.running(), size=size) as driven:
        panels = ("#throughput", "#operations", "#scenarios", "#errors", "#limits", "#memory", "#generator")
        before = [name for name in panels if driven.shown(name)]
        await driven.press("h")
        await driven.pilot.pause()
        assert driven.shown("#generator") and not driven.shown("#memory")
        for figure in ("p50 0.20 p99 2.1 max 4.0", "34 % of a core", "97 of 1024 open", "40 open, 3 in use"):
            assert figure in driven.text()
        assert "25 of 25 connected" in driven.text() and "8.4 ms of CPU a tick" in driven.text()
        await driven.press("h")
        await driven.pilot.pause()
        assert [name for name in panels if driven.shown(name)] == before


async def test_a_figure_of_the_generator_over_its_limit_is_marked_without_colour_too():
    async with dashboard(views.bound()) as driven:
        await driven.press("h")
        await driven.pilot.pause()
        assert "!lag ms" in driven.text() and "!cpu" in driven.text() and " machine" in driven.text()
        assert "– of – open" in driven.text() and "GENERATOR-BOUND" in driven.text()


async def test_the_session_is_told_what_a_tick_costs():
    async with dashboard(views.running()) as driven:
        await driven.until(lambda: driven.session.costs_ms)
        assert 0 <= driven.session.costs_ms[0] < 60_000


async def test_help_comes_and_goes():
    async with dashboard(views.running()) as driven:
        await driven.press("question_mark")
        assert isinstance(driven.app.screen, HelpScreen)
        assert "ctrl+c" in driven.text()
        await driven.press("escape")
        assert not isinstance(driven.app.screen, HelpScreen)


async def test_the_palette_offers_the_same():
    async with dashboard(views.running()) as driven:
        await driven.press("ctrl+p")
        await driven.until(lambda: "Ten users fewer" in driven.text())
        await driven.press(*"heavy")
        await driven.until(lambda: "Switch to heavy" in driven.text() and "Snapshot" not in driven.text())
        await driven.press("enter")
        await driven.until(lambda: ("switch", "heavy") in driven.session.asked)


def test_what_is_offered_by_name_is_there():
    actions = [action.partition("(")[0] for _, _, action in offers(views.running())]
    assert len(actions) > 15
    assert [action for action in actions if not hasattr(LoraxApp, f"action_{action}")] == []


async def test_a_slip_is_told_and_survived():
    async with dashboard(views.running()) as driven:
        driven.session.refusal = UsageError("1000 users are the most: see [guard]")
        await driven.press("plus")
        await driven.until(lambda: "1000 users are the most: see [guard]" in driven.text())
        assert driven.app.is_running


async def test_a_failure_of_the_session_is_told_and_survived():
    async with dashboard(views.running()) as driven:
        driven.session.refusal = RuntimeError("[/broken]")
        await driven.press("plus")
        await driven.until(lambda: "RuntimeError: [/broken]" in driven.text())


async def test_the_picture_of_the_end_is_kept_once_a_run():
    async with dashboard(views.running()) as driven:
        await driven.show(views.ended())
        await driven.until(lambda: ("save_picture",) in driven.session.asked)
        assert "PASSED" in driven.session.pictures[0]
        await driven.show(replace(views.ended(), notice="again"))
        assert driven.session.asked.count(("save_picture",)) == 1
        another = views.ended()
        await driven.show(replace(another, run=replace(another.run, run="another")))
        await driven.until(lambda: driven.session.asked.count(("save_picture",)) == 2)


async def test_a_view_is_drawn_once():
    async with dashboard(views.running()) as driven:
        shown = []
        driven.app._board.show = shown.append  # type: ignore[method-assign]
        driven.app.tick()
        assert shown == []
        driven.session.view = replace(driven.session.view, state=State.STOPPING)
        driven.app.tick()
        assert len(shown) == 1


async def test_a_frame_is_skipped_while_the_terminal_is_behind(monkeypatch):
    async with dashboard(views.running()) as driven:
        monkeypatch.setattr(driven.app, "is_behind", lambda: True)
        before = driven.app._drawn
        driven.session.view = views.running(105.0)
        driven.app.tick()
        assert driven.app._drawn is before
        monkeypatch.undo()
        driven.app.tick()
        assert driven.app._drawn is driven.session.view


async def test_a_crash_prints_no_values_of_variables(capsys):
    session = FakeSession(views.idle())
    app = LoraxApp(session)

    def crash(name: str) -> None:
        token = "Bearer SECRET-" + name
        raise ZeroDivisionError(len(token))

    session.switch = crash  # type: ignore[assignment,method-assign]
    with pytest.raises(ZeroDivisionError):
        async with app.run_test() as pilot:
            await pilot.press("1")
            await pilot.pause()
    printed = "".join(capsys.readouterr())
    assert "ZeroDivisionError" in printed
    assert "SECRET-smoke" not in printed


def test_the_private_names_behind_frame_skipping_are_still_there():
    assert WriterThread(io.StringIO())._queue.qsize() == 0
    assert "_writer_thread" in inspect.getsource(LinuxDriver.__init__)
