"""The watch over the target's memory, beside a load and apart from it."""

from __future__ import annotations

import pytest

from lorax_tui.model.scenario import Scenario
from lorax_tui.model.thresholds import MEMORY, Verdict
from lorax_tui.session import Session
from tests.session.opened import LIMIT_S, read_back, seen

pytestmark = pytest.mark.backend

TALKING = Scenario("talking", 2, 10, 60, {"LoraxSocketUser": 1.0}, max_growth_mb_per_min=1.0)
"""Its users never ask for `/memory_status`, so that whoever is seen to ask is the watch."""


def test_the_watch_is_in_no_figure_of_the_load_and_too_short_a_one_leaves_doubt(session: Session) -> None:
    session.run([TALKING]).result(LIMIT_S)
    seen(session, lambda view: view.run.target.samples >= 4 and view.run.phase.growths, "memory is watched")
    session.stop("enough").result(LIMIT_S)
    _, run = read_back(session.view)
    asked = {operation.name for operation in run.totals()}
    assert asked and "GET /memory_status" not in asked
    (phase,) = run.view().phases
    (judgement,) = [judgement for judgement in phase.judgements if judgement.protocol == MEMORY]
    assert judgement.verdict is phase.verdict is Verdict.INCONCLUSIVE
