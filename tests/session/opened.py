"""A session that is open, with scenarios short enough for tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from lorax_tui.engine.classes import user_classes
from lorax_tui.model.records import GuardLimits, Record
from lorax_tui.model.rule import OnBreach
from lorax_tui.model.run import Run
from lorax_tui.model.scenario import Guard, OnEnd, Scenario, Stage, Target
from lorax_tui.runs import journal
from lorax_tui.session import Session, SessionView, Setup, State
from tests.waiting import wait_until

LIMIT_S = 20.0

WEB = {"LoraxHttpUser": 1.0}
BOTH = {"LoraxHttpUser": 1.0, "LoraxSocketUser": 1.0}

FEW = Scenario("few", 3, 10, 60, WEB)
MORE = Scenario("more", 6, 10, 60, BOTH)
SLOW = Scenario("slow", 10, 0.5, 60, WEB)
BRIEF = Scenario("brief", 2, 10, 1.5, WEB)
STAGED = Scenario("staged", 4, 10, 3, WEB, stages=[Stage(2, 10, 1.5), Stage(4, 10, 1.5)])
HELD = Scenario("held", 2, 10, 1, WEB, on_end=OnEnd.HOLD)
LEADING = Scenario("leading", 2, 10, 1, WEB, on_end=OnEnd.NEXT)
LAST = Scenario("last", 4, 10, 1.5, WEB)
BREAKING = Scenario("breaking", 5, 10, 60, WEB, on_breach=OnBreach.MARK)
LIMITED = Scenario(
    "limited", 3, 10, 60, WEB, thresholds={"HTTP": ["error_rate < 5% for 2s then stop"]}, own_thresholds=True
)
LOOKING = Scenario("looking", 2, 10, 60, {"LoraxLoadUser": 1.0})
SCENARIOS = (FEW, MORE, SLOW, BRIEF, STAGED, HELD, LEADING, LAST, BREAKING, LIMITED, LOOKING)


@contextmanager
def opened(
    host: str, runs_dir: Path, limits: GuardLimits | None = None, scenarios: tuple[Scenario, ...] = SCENARIOS
) -> Iterator[Session]:
    """An open session, without guards where none are given; closed after the block."""
    guard = Guard(max_users=20, limits=limits or GuardLimits())
    setup = Setup(Target(host=host), scenarios, user_classes(), runs_dir, guard)
    session = Session(setup)
    session.open()
    try:
        yield session
    finally:
        session.close()


def seen(session: Session, condition: Callable[[SessionView], object], what: str) -> SessionView:
    """The first picture for which the condition holds."""
    return wait_until(lambda: view if condition(view := session.view) else None, what, LIMIT_S)


def in_state(session: Session, state: State) -> SessionView:
    """The first picture in this state."""
    return seen(session, lambda view: view.state is state, f"the session is {state}")


def with_users(session: Session, users: int) -> SessionView:
    """The first picture with so many users, all there that are wanted."""
    return seen(
        session,
        lambda view: view.run.phase and view.run.phase.settled_s and view.run.users_actual == users,
        f"{users} users have settled",
    )


def read_back(view: SessionView) -> tuple[list[Record], Run]:
    """The records of a run that has ended, and their fold."""
    assert view.folder is not None
    recorded = journal.read(view.folder / "run.jsonl")
    assert not recorded.torn
    run = Run()
    for record in recorded.records:
        run.fold(record)
    return recorded.records, run
