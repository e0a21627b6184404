"""The target's screen: one row and one curve for each worker, whatever is unknown shown as unknown."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lorax_tui.model.growth import Growth, Standing
from lorax_tui.ui.screens.target import TargetScreen
from lorax_tui.ui.widgets.panel import Panel
from tests.ui import views
from tests.ui.screen import SIZES, Driven, dashboard


def panel(driven: Driven, selector: str) -> str:
    lines = driven.app.screen.query_one(selector, Panel)._lines
    return "\n".join("".join(text for text, _ in line) for line in lines)


async def test_t_opens_it_and_brings_the_dashboard_back_up_to_date() -> None:
    async with dashboard(views.watched()) as driven:
        await driven.press("t")
        await driven.until(lambda: "2283" in driven.text())
        assert isinstance(driven.app.screen, TargetScreen)
        await driven.show(views.watched("growing"))
        assert "growing 1.8 MB/min (1.2–2.4), 256 MB in 2 h 22 min" in driven.text()
        assert "OVER A LIMIT" in driven.text() and "memory +1.8 MB/min ✗" in driven.text()
        await driven.press("t")
        await driven.until(lambda: "OVER A LIMIT" in driven.text() and "↗ +1.8 MB/min" in driven.text())
        assert not isinstance(driven.app.screen, TargetScreen)
        await driven.press("t", "escape")
        await driven.until(lambda: driven.app.screen is driven.app.screen_stack[0])


async def test_each_worker_has_a_row_and_a_curve_of_its_own() -> None:
    async with dashboard(views.watched("restarted")) as driven:
        await driven.press("t")
        await driven.until(lambda: "gone" in driven.text())
        rows = panel(driven, "#workers").splitlines()
        assert [row.split()[0] for row in rows[1:]] == ["2280", "2281", "2283", "2291", "2282"]
        assert "too short to tell, +8.3 MB/min" in rows[4] and rows[5].endswith("gone")
        curves = panel(driven, "#workers-chart")
        assert all(f"{pid} " in curves for pid in (2280, 2281, 2283, 2291))
        assert "pid 2282 has ended" in curves and "pid 2291 is new" in curves
        assert "4 workers · restarted 1×" in driven.text()


async def test_p_turns_through_what_a_worker_tells() -> None:
    async with dashboard(views.watched()) as driven:
        await driven.press("t")
        for title in ("resident memory", "virtual memory", "files in the cache", "round trip of the polls", "resident"):
            await driven.until(lambda title=title: title in driven.text())
            assert "2283" in panel(driven, "#workers-chart") or "ms" in panel(driven, "#workers-chart")
            await driven.press("p")


async def test_m_turns_to_the_artifact_stores_in_a_small_terminal() -> None:
    async with dashboard(views.watched(), (80, 24)) as driven:
        await driven.press("t")
        await driven.until(lambda: "flat, +0.0 MB/min" in driven.text())
        await driven.press("m")
        await driven.until(lambda: "registry.contexts" in driven.text())
        assert "flat, +0.0" not in driven.text()
        assert panel(driven, "#artifacts").splitlines()[0].split() == ["2280", "2281", "2282", "2283"]


async def test_what_the_target_does_not_tell_is_unknown_and_never_0() -> None:
    async with dashboard(views.watched("unknown")) as driven:
        await driven.press("t")
        await driven.until(lambda: "no sample: HTTP 404" in driven.text())
        assert panel(driven, "#workers") == " unknown: HTTP 404: Not Found"
        assert "unknown: no sample yet" in panel(driven, "#workers-chart")
        view = views.watched()
        silent = replace(view.run.target.pids[0], vms_mb=None, file_cache_size=None, artifacts={}, growth=Growth())
        target = replace(view.run.target, pids=(silent,), round_trip_ms=None)
        await driven.show(replace(view, run=replace(view.run, target=target)))
        row = panel(driven, "#workers").splitlines()[1].split()
        assert row[-8:] == ["–", "ago", "too", "short", "to", "tell"] or row[5:8] == ["–", "MB", "–"]
        assert "unknown: nothing told" in panel(driven, "#artifacts")


async def test_an_old_sample_says_how_old_it_is() -> None:
    async with dashboard(views.watched()) as driven:
        await driven.press("t")
        view = views.watched()
        await driven.show(replace(view, elapsed_s=view.elapsed_s + 120))
        assert "last sample 2 min ago" in driven.text()


async def test_the_keys_of_the_load_work_here_too() -> None:
    async with dashboard(views.watched()) as driven:
        await driven.press("t", "3", "plus", "up", "x")
        assert [asked[0] for asked in driven.session.asked][:3] == ["switch", "adjust", "stop"]
        assert isinstance(driven.app.screen, TargetScreen)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("kind", ["flat", "growing", "restarted", "unknown"])
async def test_it_fits_every_size_and_no_line_is_wider_than_its_panel(size: tuple[int, int], kind: str) -> None:
    async with dashboard(views.watched(kind), size) as driven:
        await driven.press("t")
        await driven.pilot.pause()
        assert "cannot draw" not in driven.text()
        if size[0] >= 60 and size[1] >= 15:
            assert "back" in driven.text()


async def test_many_workers_and_hostile_names_stay_in_their_places() -> None:
    view = views.watched()
    pids = tuple(
        replace(views.worker(10_000_000 + n, lambda s: 400.0, Growth(Standing.FLAT, 0.0, 0.0, 0.0, 900.0)))
        for n in range(30)
    )
    pids = (replace(pids[0], artifacts={"[red]x[/red]" * 4: 1e300, "nan": 0.25}), *pids[1:])
    async with dashboard(replace(view, run=replace(view.run, target=replace(view.run.target, pids=pids)))) as driven:
        await driven.press("t")
        await driven.until(lambda: "30 workers" in driven.text())
        assert "cannot draw" not in driven.text()
