"""What the dashboard tells of a paced phase, and that a closed loop says so."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lorax_tui.model.thresholds import Verdict
from lorax_tui.ui.standing import standing
from tests.ui import views
from tests.ui.screen import dashboard


@pytest.mark.parametrize(
    ("size", "calm", "loud"),
    [
        ((120, 40), "offered 48.0 started 48.0 /s", "offered 48.0 started 0.0 /s · 409 missed · 120 waiting"),
        ((80, 24), "48.0 due 48.0 started", "48.0 due 0.0 started · 120 waiting"),
    ],
)
async def test_what_comes_late_is_said_beside_what_is_offered(size: tuple[int, int], calm: str, loud: str) -> None:
    async with dashboard(views.paced(), size=size) as driven:
        assert f" {calm} " in driven.text()
        assert "missed" not in driven.text() and "waiting" not in driven.text()
        assert "paced" in driven.text() and "closed loop" not in driven.text()
        await driven.show(views.paced(stalled=True))
        assert loud in driven.text()


async def test_limits_and_the_curve_say_that_they_count_from_when_asks_were_due() -> None:
    async with dashboard(views.paced(stalled=True)) as driven:
        assert "HTTP      due p95" in driven.text() or "HTTP due p95" in driven.text()
        assert "due 1.69 s" in driven.text()


@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
async def test_a_closed_loop_says_so_and_draws_nothing_that_was_due(size: tuple[int, int]) -> None:
    async with dashboard(views.running(), size=size) as driven:
        assert "closed loop" in driven.text()
        assert "due" not in driven.text() and "offered" not in driven.text()


@pytest.mark.parametrize("width", [80, 100, 110, 120, 140])
def test_however_much_is_broken_every_protocol_tells_its_errors_to_the_mark(width: int) -> None:
    view = views.paced()
    medium = view.run.phase
    assert medium is not None
    broken = [replace(j, value=6780.0, verdict=Verdict.FAILED) if j.is_intended else j for j in medium.judgements]
    protocols = [replace(p, judgements=tuple(j for j in broken if j.protocol == p.protocol)) for p in medium.protocols]
    medium = replace(medium, protocols=tuple(protocols), verdict=Verdict.FAILED)
    view = replace(view, run=replace(view.run, phases=(medium,)))
    text = "".join(piece for piece, _ in standing(view, width))
    assert text.count("err") == 2 and text.rstrip().endswith("✓")
    assert text.count("p95") == 2 and text.count("6.78") >= 2
