"""The baseline on the dashboard: named at the end of its lines, and a column where there is room."""

from __future__ import annotations

from dataclasses import replace

from lorax_tui.session.view import SessionView
from tests.ui import views
from tests.ui.screen import dashboard


async def test_the_lines_and_the_column_are_there_with_a_baseline_only() -> None:
    async with dashboard(views.running()) as driven:
        assert "base" not in driven.text() and "Δ p95" not in driven.text()
        await driven.show(views.beside())
        text = driven.text()
        assert "base 40.9" in text and "base 35 ms" in text and "Δ p95" in text
        (health,) = [line for line in text.splitlines() if "GET /health" in line]
        assert "+43 %" in health
        (connect,) = [line for line in text.splitlines() if "connect" in line]
        assert connect.rstrip(" │✓").endswith("–")


async def test_a_phase_that_the_baseline_has_not_keeps_the_column_and_draws_nothing() -> None:
    view = views.beside()
    alone = replace(view, run=replace(view.run, phases=(replace(view.run.phases[1], users_wanted=51),)))
    async with dashboard(alone) as driven:
        assert "Δ p95" in driven.text() and "base " not in driven.text() and "+43 %" not in driven.text()


async def test_the_chart_of_an_operation_has_the_baseline_of_that_operation() -> None:
    async with dashboard(views.beside()) as driven:
        before = driven.text()
        await driven.press("p")
        assert "Socket.IO latency" in driven.text() and "base " in driven.text() and driven.text() != before


async def test_a_narrow_terminal_has_the_lines_and_no_column() -> None:
    async with dashboard(views.beside(), (80, 24)) as driven:
        assert "base" in driven.text() and "Δ" not in driven.text()


async def test_an_empty_run_beside_a_baseline_draws() -> None:
    baseline = views.beside().baseline
    for view in (views.idle(), views.starting(), SessionView()):
        async with dashboard(replace(view, baseline=baseline)) as driven:
            assert "cannot draw" not in driven.text()
