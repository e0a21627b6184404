"""The dashboard in terminals of any size and in any state: nothing cut in half, nothing that overlaps."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import msgspec
import pytest

from lorax_tui.model.health import Health
from lorax_tui.model.target_view import TargetView
from lorax_tui.model.thresholds import Verdict
from tests.ui import views
from tests.ui.screen import SIZES, dashboard

STATES = {
    "idle": views.idle,
    "starting": views.starting,
    "settling": views.settling,
    "running": views.running,
    "failing": lambda: views.running(failing=True),
    "bound": views.bound,
    "stalled": views.stalled,
    "ended": views.ended,
}


@pytest.mark.parametrize("size", SIZES)
async def test_panels_never_overlap_and_stay_on_the_screen(size):
    async with dashboard(size=size) as driven:
        for state, view in STATES.items():
            await driven.show(view())
            panels = [p for p in driven.app._board._panels if driven.shown(f"#{p.id}")]
            assert panels, state
            for one, other in combinations(panels, 2):
                assert not one.region.overlaps(other.region), f"{state}: {one.id} over {other.id}"
            for panel in panels:
                assert driven.app.screen.region.contains_region(panel.region), f"{state}: {panel.id} {panel.region}"
            assert "cannot draw" not in driven.text()


@pytest.mark.parametrize("size", [(120, 40), (80, 24), (200, 60), (60, 15)])
async def test_both_header_lines_are_whole(size):
    async with dashboard(size=size) as driven:
        for state in ("running", "failing"):
            view = STATES[state]()
            calm = replace(view.run, health=msgspec.structs.replace(view.run.health, lag_p99_ms=0.99))
            await driven.show(replace(view, run=calm))
            first, second = driven.text().splitlines()[:2]
            for word in ("127.0.0.1:8080", "RUNNING", "medium", "01:10", "50/50"):
                assert word in first
            assert "…" not in first + second
            assert second.count("p95") == 2
            assert ("✗" in second) == (state == "failing")


@pytest.mark.parametrize("size", [(120, 40), (80, 24), (200, 60), (60, 15), (59, 14)])
async def test_nothing_looks_healthy_while_nothing_is_answered(size):
    async with dashboard(views.running(), size=size) as driven:
        assert "STALLED" not in driven.text() and ("≥" not in driven.text() or size[0] < 80)
        before = driven.panel("#header").region
        await driven.show(views.stalled())
        text = driven.text()
        assert "STALLED" in text and "RUNNING" not in text
        assert "✓" not in text and "WITHIN" not in text
        assert driven.panel("#header").region == before
        if size >= (80, 24):
            second, *rest = text.splitlines()[1:]
            assert second.count("no answer") == 2 and "28" in second and "6.0 s" in second
            assert "49 in flight, oldest 6.0 s" in text
        if size == (120, 40):
            idle = replace(views.running().run, waiting=())
            await driven.show(replace(views.running(), run=idle))
            assert "0 in flight" in driven.text() and "oldest" not in driven.text()
            assert any("≥" in line and "6.0" in line for line in rest[:14]), "on the latency chart"


@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
async def test_enter_shows_what_is_behind_a_row(size):
    async with dashboard(views.running(failing=True), size=size) as driven:
        driven.panel("#operations").focus()
        await driven.press(*5 * ["down"])
        closed = driven.text()
        assert "failed and timed out" not in closed
        await driven.press("enter")
        await driven.until(lambda: "1 in flight, the oldest for 0.1 s" in driven.text())
        text = driven.text()
        assert "20 application, 3 session lost, 23 busy" in text
        failed = next(line for line in text.splitlines() if "failed and timed out" in line)
        row = next(line for line in text.splitlines() if "load_file " in line and "137" in line)
        for ok, bad in (("9.8", "1240"), ("33", "2900"), ("137", "5003")):
            assert row.index(ok) + len(ok) == failed.index(bad) + len(bad), "below each other"
        await driven.press("enter")
        await driven.until(lambda: "failed and timed out" not in driven.text())


async def test_what_a_person_wants_to_know_is_there():
    async with dashboard(views.running(failing=True)) as driven:
        text = driven.text()
        for word in (
            "OVER A LIMIT",
            "1.24 s ✗",
            "+1",
            "GET /projects",
            "load_file",
            "44× busy",
            "SERVER_BUSY: too many loads in progress",
            "→ the load queue is full",
            "3 s ago",
            "pid 2280",
            "412 MB",
            "+0.1 MB/min",
            "403–413 MB",
            "smoke → medium, 5 → 50 users at 5/s",
        ):
            assert word in text, word


async def test_all_default_operations_are_seen_at_80x24():
    async with dashboard(views.running(), (80, 24)) as driven:
        text = driven.text()
        for _, name, *_ in views.OPERATIONS:
            assert name in text
        assert text.splitlines()[-1].rstrip().endswith("q quit")


async def test_http_comes_first_and_rows_keep_their_places():
    async with dashboard(views.running()) as driven:
        before = [line.split("│")[1].split()[:3] for line in driven.text().splitlines() if " GET /" in line]
        await driven.show(views.running(140.0))
        after = [line.split("│")[1].split()[:3] for line in driven.text().splitlines() if " GET /" in line]
        assert before == after
        text = driven.text()
        assert text.index("POST /init-session") < text.index(" connect ")


async def test_settling_figures_are_marked():
    async with dashboard(views.settling()) as driven:
        assert "~ settling, 23 of 50 users" in driven.text()
        row = next(line for line in driven.text().splitlines() if "GET /health" in line)
        assert "~" in row and "✓" not in row


async def test_a_bound_generator_stands_out():
    for size in [(120, 40), (80, 24), (60, 15)]:
        async with dashboard(views.bound(), size) as driven:
            assert "GENERATOR-BOUND" in driven.text().splitlines()[0]


@pytest.mark.parametrize(
    ("health", "limit"),
    [
        (Health(lag_p99_ms=82.0, cpu_percent=97.0, idle_percent=1.0), "lag 82 ms cpu 97 %"),
        (Health(lag_p99_ms=2.0, cpu_percent=9.0, idle_percent=1.0), "machine 1 % idle"),
        (Health(lag_p99_ms=2.0, cpu_percent=9.0, idle_percent=60.0), "tells nothing"),
    ],
)
async def test_a_bound_generator_says_what_it_is_at_the_limit_of(health: Health, limit: str):
    view = views.bound()
    async with dashboard(replace(view, run=replace(view.run, health=health))) as driven:
        assert limit in driven.text().splitlines()[0]


async def test_idle_tells_how_to_begin():
    async with dashboard(views.idle(), (80, 24)) as driven:
        text = driven.text()
        assert "press  1-8  to start a scenario" in text
        assert "http://127.0.0.1:8080" in text
        assert "find the breaking point" in text


async def test_starting_tells_what_goes_on():
    async with dashboard(views.starting()) as driven:
        assert "warming up 1000Genomes/chr20.trees: 6 s so far" in driven.text()


async def test_the_end_tells_verdict_reason_and_folder():
    async with dashboard(views.ended(failing=True)) as driven:
        text = driven.text()
        assert "✗ FAILED" in text
        assert "medium: HTTP p95 1.24 s, limit 1s" in text
        assert str(views.FOLDER) in text
    async with dashboard(views.ended(), (80, 24)) as driven:
        assert "✓ PASSED" in driven.text()
        assert views.FOLDER.name in driven.text()


async def test_trouble_and_notices_are_loud():
    async with dashboard(replace(views.running(), trouble="No space left on device")) as driven:
        assert "NOT RECORDED  No space left on device" in driven.text()
        await driven.show(replace(views.running(), notice="ping is not answered here"))
        assert "ping is not answered here" in driven.text()
        assert "NOT RECORDED" not in driven.text()


async def test_unknown_memory_is_shown_as_unknown():
    view = views.running()
    async with dashboard(replace(view, run=replace(view.run, target=TargetView()))) as driven:
        assert "unknown: no sample yet" in driven.text()
        late = replace(view.run.target, last_s=90.0, error="ReadTimeout", restarts=2)
        await driven.show(replace(view, run=replace(view.run, target=late)))
        text = driven.text()
        assert "no sample: ReadTimeout" in text
        assert "last sample 10 s ago" in text
        assert "restarted 2×" in text


async def test_a_small_terminal_keeps_four_figures():
    async with dashboard(views.running(failing=True), (59, 14)) as driven:
        lines = driven.text().splitlines()
        assert "the load goes on" in lines[0]
        for label, line in zip(("rate", "p95", "failed", "users"), lines[1:5], strict=True):
            assert line.startswith(label) and line.split()[1] != "–"


@pytest.mark.parametrize("state", STATES)
async def test_a_small_terminal_has_no_room_for_anything_else(state):
    async with dashboard(STATES[state](), (120, 40)) as driven:
        await driven.press("m")
        await driven.pilot.resize_terminal(59, 14)
        await driven.until(lambda: driven.shown("#tiny"))
        assert [panel.id for panel in driven.app._board._panels if driven.shown(f"#{panel.id}")] == ["tiny"]


async def test_users_that_died_are_why_a_run_decides_nothing():
    view = views.ended()
    phases = (*view.run.phases[:-1], replace(view.run.phases[-1], users_missing=3))
    run = replace(view.run, phases=phases, verdict=Verdict.INCONCLUSIVE)
    async with dashboard(replace(view, run=run)) as driven:
        assert "INCONCLUSIVE    medium: 3 users died" in driven.text()


async def test_the_rates_of_a_run_that_is_over_are_those_of_its_settled_part():
    view = views.ended()
    phase = view.run.phases[-1]
    rows = tuple(replace(row, rate=0.0, rps=12.3) for row in phase.operations)
    run = replace(view.run, phases=(*view.run.phases[:-1], replace(phase, operations=rows)))
    async with dashboard(replace(view, run=run)) as driven:
        line = next(line for line in driven.text().splitlines() if "GET /health" in line)
        assert "12.3" in line


async def test_a_terminal_may_change_its_size_at_any_time():
    async with dashboard(views.running(failing=True)) as driven:
        for size in [(80, 24), (59, 14), (30, 5), (1, 1), (200, 60), (60, 15), (120, 40)]:
            await driven.pilot.resize_terminal(*size)
            await driven.pilot.pause()
            await driven.show(views.running(100.0 + sum(size), failing=True))
        assert "GET /projects" in driven.text()
        assert "cannot draw" not in driven.text()
        lines = driven.text().splitlines()
        assert len(lines) == 40


async def test_figures_do_not_move_as_they_grow():
    async with dashboard(views.running()) as driven:
        before = driven.text().splitlines()
        view = views.running()
        phase = view.run.phases[1]
        grown = tuple(replace(o, asks=o.asks * 40, rate=o.rate * 9, p95_ms=1234.5) for o in phase.operations)
        run = replace(view.run, phases=(view.run.phases[0], replace(phase, operations=grown)))
        await driven.show(replace(view, run=run))
        after = driven.text().splitlines()
        for old, new in zip(before, after, strict=True):
            if "GET /health" in old:
                assert old.index("✓") == new.index("✓")
                assert old[: old.index("/health")] == new[: new.index("/health")]


@pytest.mark.parametrize("panel", ["#header", "#banner", "#latency", "#operations", "#scenarios", "#events"])
async def test_any_panel_may_fail(panel, monkeypatch):
    async with dashboard(views.running()) as driven:
        monkeypatch.setattr(type(driven.panel(panel)), "lines", lambda *_: 1 / 0)
        await driven.show(views.running(141.0))
        assert "cannot draw this: ZeroDivisionError" in driven.text()
        assert "pid 2280" in driven.text()


async def test_a_panel_that_cannot_draw_leaves_the_others_alone(monkeypatch, caplog):
    async with dashboard(views.running()) as driven:
        monkeypatch.setattr(type(driven.panel("#errors")), "lines", lambda *_: 1 / 0)
        await driven.show(views.running(141.0))
        text = driven.text()
        assert "cannot draw this: ZeroDivisionError" in text
        assert "GET /health" in text and "pid 2280" in text
        assert "ErrorsPanel cannot draw" in caplog.text
