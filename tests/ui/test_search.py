"""A search on the dashboard, its knee, and the stages that are still to come."""

from __future__ import annotations

import pytest

from lorax_tui.ui.widgets.charts import KNEE, LatencyChart
from tests.ui import search_views, views
from tests.ui.screen import dashboard

SIZES = [(120, 40), (80, 24)]


@pytest.mark.parametrize("size", SIZES)
async def test_it_says_how_it_stands_and_what_it_found(size: tuple[int, int]) -> None:
    async with dashboard(search_views.searching(), size=size) as driven:
        assert "search: trying 62, held 50, broken 75" in driven.text()
        await driven.show(search_views.found())
        await driven.until(lambda: "holds 65 users, 69.5/s; HTTP p95 < 1s broke first at 68" in driven.text())


@pytest.mark.parametrize("size", SIZES)
async def test_the_knee_has_a_sign_for_each_load_and_the_limit(size: tuple[int, int]) -> None:
    async with dashboard(search_views.found(), size=size) as driven:
        chart = driven.panel("#latency")
        drawn = "\n".join("".join(text for text, _ in line) for line in chart._lines)
        assert "HTTP p95 by users" in driven.text() and "75 users" in driven.text()
        assert "p95 < 1s" in drawn and drawn.count("✗") == 2 and drawn.count("✓") >= 5


async def test_p_turns_the_knee_away_and_back() -> None:
    async with dashboard(search_views.searching()) as driven:
        chart = driven.app.screen.query_one(LatencyChart)
        subjects = [chart.subject]
        for _ in range(4):
            await driven.press("p")
            subjects.append(chart.subject)
        assert subjects == [KNEE, ("HTTP", ""), ("Socket.IO", ""), ("HTTP", "GET /health"), KNEE]
        await driven.show(views.running())
        assert chart.subject == ("HTTP", "")


@pytest.mark.parametrize(
    ("size", "said"),
    [
        ((120, 40), ["stage 2 of 3", "80 users in 00:13", "plan 80", "+20s"]),
        ((80, 24), ["2/3", "80 users in 00:13", "plan", "+20s"]),
    ],
)
async def test_what_is_planned_is_told_while_a_scenario_has_stages(size: tuple[int, int], said: list[str]) -> None:
    async with dashboard(search_views.staged(), size=size) as driven:
        assert [words for words in said if words not in driven.text()] == []
        await driven.show(views.running())
        assert "plan" not in driven.text() and "+20s" not in driven.text()
