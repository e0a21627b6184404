"""Hand-made pictures of a search for the breaking point."""

from __future__ import annotations

from dataclasses import replace

from lorax_tui.model.finding import capacities
from lorax_tui.model.phase_view import PhaseView
from lorax_tui.model.search import Grade, Purpose, SearchPlan, SearchStep
from lorax_tui.model.stages import Planned, StageMark
from lorax_tui.model.thresholds import Verdict
from lorax_tui.session.view import SessionView, State
from tests.ui import views

PLAN = SearchPlan(10, 150, 20.0)
CLIMB, BISECT, RECOVER, CONFIRM = Purpose
TRIED = (
    (10, CLIMB, 120.0),
    (15, CLIMB, 131.0),
    (22, CLIMB, 150.0),
    (33, CLIMB, 210.0),
    (50, CLIMB, 390.0),
    (75, CLIMB, 1620.0),
    (50, RECOVER, 700.0),
    (62, BISECT, 760.0),
    (68, BISECT, 1130.0),
    (62, RECOVER, 800.0),
    (65, BISECT, 980.0),
    (65, CONFIRM, 960.0),
)
"""Users, what for, and the p95 of HTTP."""


def part(number: int, users: int, purpose: Purpose, p95_ms: float) -> PhaseView:
    """A phase of the search that is over."""
    start_s = 26.0 * (number - 1)
    phase = views.phase(number, "stress", users, start_s)
    http, socket = phase.protocols
    judgements = tuple(
        replace(
            judgement,
            value=p95_ms if judgement.rule.metric == "p95" else judgement.rule.limit / 3,
            verdict=Verdict.FAILED if judgement.rule.metric == "p95" and p95_ms >= 1000 else Verdict.PASSED,
        )
        for judgement in http.judgements
    )
    operations = [
        replace(o, p95_ms=p95_ms * (1.2 if o.name == "GET /projects" else 0.9))
        for o in phase.operations
        if o.protocol == views.HTTP
    ]
    rps = users * 0.95
    return replace(
        phase,
        settled_s=start_s + 6,
        end_s=start_s + 26,
        settled_for_s=20.0,
        operations=(*operations, *(o for o in phase.operations if o.protocol != views.HTTP)),
        protocols=(
            replace(http, p95_ms=p95_ms, rps=rps, judgements=judgements),
            replace(socket, p95_ms=14.0, rps=rps / 8),
        ),
        judgements=(*judgements, *socket.judgements),
        verdict=Verdict.FAILED if p95_ms >= 1000 else Verdict.PASSED,
        search=SearchStep(PLAN, purpose),
        scenario_start_s=0.0,
    )


def _with(view: SessionView, phases: tuple[PhaseView, ...], **changes: object) -> SessionView:
    searches = capacities(phases)
    run = replace(view.run, phases=phases, searches=searches, marks=(), verdict=searches[-1].verdict, **changes)
    return replace(view, run=run, scenario="stress", scenario_start_s=0.0, scenario_end_s=900.0)


def searching(tried: int = 8) -> SessionView:
    """In the middle of it."""
    phases = [part(number, *one) for number, one in enumerate(TRIED[:tried], start=1)]
    last = replace(phases[-1], end_s=None, settled_for_s=8.0, verdict=Verdict.INCONCLUSIVE)
    return _with(views.running(), (*phases[:-1], last))


def found() -> SessionView:
    """At its end."""
    phases = tuple(part(number, *one) for number, one in enumerate(TRIED, start=1))
    view = _with(views.running(130.0), phases, ended="finished", users={}, waiting=())
    assert [step.grade for step in view.run.searches[0].steps].count(Grade.BROKEN) == 2
    return replace(view, state=State.ENDED)


def staged(ahead_s: float = 14.0) -> SessionView:
    """The second of three stages, with the third in sight."""
    view = views.running()
    mark = StageMark(2, 3, [Planned(80, 5.0, 60.0)])
    end_s = view.elapsed_s + ahead_s + 60.0
    phase = replace(view.run.phases[1], stage=mark, scenario_start_s=0.0, scenario_end_s=end_s)
    run = replace(view.run, phases=(view.run.phases[0], phase))
    return replace(view, run=run, scenario="steps", scenario_start_s=0.0, scenario_end_s=end_s)
