"""What is made of a crew: each worker judged by itself, its lost seconds told, in every reader of the run."""

from __future__ import annotations

from hypothesis import given, settings

from lorax_tui.model.crew import WorkerPart, WorkerState, names, order
from lorax_tui.model.doubts import doubts
from lorax_tui.model.health import Health
from lorax_tui.model.records import HTTP, Event, EventKind, Interval, PhaseStart, Record, UserCount
from lorax_tui.model.run import Run
from lorax_tui.model.strain import Limit
from lorax_tui.model.thresholds import Verdict
from lorax_tui.model.view import RunView
from lorax_tui.runs.summary import summary
from tests.unit.recorded import tally
from tests.unit.strategies import HEADER, runs

WELL = Health(lag_p99_ms=2.0, cpu_percent=30.0, idle_percent=60.0, rss_mb=90.0, open_files=40, file_limit=1024)
BUSY = Health(lag_p99_ms=3.0, cpu_percent=96.0, idle_percent=20.0, rss_mb=95.0, open_files=80, file_limit=1024)


class Crew:
    """A run of two workers with ten users each, second by second."""

    def __init__(self) -> None:
        self.run = Run()
        self.second_s = 0.0
        self.run.fold(HEADER)
        self.phase = 0
        self.switch()

    def switch(self, at_s: float = 0.0) -> None:
        """The next phase begins."""
        self.phase += 1
        rules = {HTTP: ["p95 < 1s", "error_rate < 1%"]}
        start = PhaseStart(self.phase, "made", 20, 20, {"User": 1.0}, thresholds=rules)
        self.run.fold(Event(at_s, EventKind.SWITCH, "made", start))
        self.settled_s = at_s

    def second(self, *workers: WorkerPart, users: int = 20) -> None:
        """A second in which everything asked was answered in a millisecond."""
        asks = [tally(self.phase, True, HTTP, "GET /health", *[1.0] * 200)]
        count = {"User": UserCount(users, 20)}
        parts = list(workers) or [part("w1"), part("w2")]
        own = Health(cpu_percent=5.0)
        self.run.fold(Interval(self.second_s, 1.0, self.phase, self.settled_s, asks, count, own, workers=parts))
        self.second_s += 1

    def view(self) -> RunView:
        return self.run.view()


def part(name: str, health: Health = WELL, state: WorkerState = WorkerState.HERE, **fields: object) -> WorkerPart:
    told = {"users": 10, "wanted": 10, "asks": 100, "host": "here", "pid": 7} | fields
    return WorkerPart(name, state, health=health, **told)


def lost(name: str, seconds: int = 0) -> WorkerPart:
    return part(name, Health(), WorkerState.LOST, users=0, wanted=0, asks=0, seconds_lost=seconds)


def missing(name: str, seconds: int = 1, state: WorkerState = WorkerState.MISSING) -> WorkerPart:
    return part(name, Health(), state, asks=0, seconds_owed=seconds)


def test_a_crew_that_is_well_passes() -> None:
    crew = Crew()
    for _ in range(5):
        crew.second()
    view = crew.view()
    assert view.verdict is Verdict.PASSED
    assert [(worker.name, worker.users, worker.rate, worker.asks, worker.told_s) for worker in view.crew] == [
        ("w1", 10, 100.0, 500, 5.0),
        ("w2", 10, 100.0, 500, 5.0),
    ]


def test_one_worker_at_its_limit_binds_the_phase_and_is_named() -> None:
    crew = Crew()
    for _ in range(3):
        crew.second(part("w1"), part("w2", BUSY))
    view = crew.view()
    assert view.bound and view.verdict is Verdict.INCONCLUSIVE
    assert view.phases[0].bound_workers == {"w2"}
    assert doubts(view.phases) == [f"the generator (worker w2) was at its limit: {Limit.CPU}"]
    assert [worker.stands_out for worker in view.crew] == [False, True]


def test_workers_that_take_turns_at_their_limits_are_not_bound() -> None:
    crew = Crew()
    for second in range(6):
        healths = (BUSY, WELL) if second % 2 else (WELL, BUSY)
        crew.second(part("w1", healths[0]), part("w2", healths[1]))
    assert not crew.view().was_bound


def test_the_whole_has_the_figures_of_its_worst_worker_and_all_that_is_open() -> None:
    crew = Crew()
    crew.second(part("w1", BUSY), part("w2", WELL))
    view = crew.view()
    assert (view.health.cpu_percent, view.health.lag_p99_ms, view.health.idle_percent) == (96.0, 3.0, 20.0)
    assert (view.health.rss_mb, view.health.open_files) == (185.0, 80)
    assert view.lag_p99_ms == 3.0


def test_a_worker_that_tells_nothing_is_at_its_limit_after_three_seconds() -> None:
    crew = Crew()
    crew.second()
    for seconds in (1, 2):
        crew.second(part("w1"), missing("w2", seconds))
    assert not crew.view().bound
    crew.second(part("w1"), missing("w2", 3))
    worker = crew.view().crew[1]
    assert worker.bound_by == {Limit.SILENCE}
    assert (worker.told_s, worker.rate, worker.health) == (1.0, 0.0, WELL)
    crew.second(part("w1"), part("w2", state=WorkerState.LATE, asks=400, seconds_late=3))
    worker = crew.view().crew[1]
    assert (worker.told_s, worker.asks, worker.seconds_late, worker.bound_by) == (5.0, 500, 3, frozenset())


def test_seconds_that_are_lost_leave_the_verdict_open() -> None:
    crew = Crew()
    for _ in range(5):
        crew.second()
    crew.second(part("w1", wanted=20), lost("w2", 2))
    crew.second(part("w1", users=20, wanted=20), lost("w2"))
    view = crew.view()
    assert view.verdict is Verdict.INCONCLUSIVE
    assert (view.phases[0].seconds_lost, view.phases[0].users_missing) == (2, 0)
    assert doubts(view.phases) == ["a worker of the load was lost, and what it had not told"]
    assert [(worker.name, worker.state, worker.seconds_lost) for worker in view.crew] == [
        ("w1", WorkerState.HERE, 0),
        ("w2", WorkerState.LOST, 2),
    ]
    assert view.crew[1].bound_by == frozenset()


def test_what_is_told_late_is_missing_no_more() -> None:
    crew = Crew()
    for _ in range(3):
        crew.second()
    crew.second(part("w1"), missing("w2", 1))
    crew.second(part("w1"), missing("w2", 2))
    view = crew.view()
    assert (view.verdict, view.phases[0].seconds_lost, view.crew[1].seconds_owed) == (Verdict.INCONCLUSIVE, 2, 2)
    crew.second(part("w1"), part("w2", state=WorkerState.LATE, asks=200, seconds_late=2, seconds_owed=1))
    assert crew.view().phases[0].seconds_lost == 1, "it has told of the two, and is behind by another"
    crew.second(part("w1"), part("w2", state=WorkerState.LATE, asks=200, seconds_late=1))
    view = crew.view()
    assert (view.verdict, view.phases[0].seconds_lost, view.crew[1].seconds_owed) == (Verdict.PASSED, 0, 0)


def test_seconds_are_missing_where_they_were_not_told_however_late_they_are_given_up() -> None:
    crew = Crew()
    crew.second()
    crew.second()
    crew.switch(2.5)
    crew.second(part("w1"), missing("w2", 1))  # has both phases in it
    crew.second(part("w1"), missing("w2", 2))
    crew.switch(4.0)
    crew.second(part("w1"), missing("w2", 3, WorkerState.LOST))
    crew.switch(5.0)
    crew.second(part("w1", users=20, wanted=20), missing("w2", 3, WorkerState.LOST))
    crew.second(part("w1", users=20, wanted=20), lost("w2", 3))
    crew.switch(7.0)
    crew.second(part("w1", users=20, wanted=20), lost("w2"))
    view = crew.view()
    assert [phase.seconds_lost for phase in view.phases] == [1, 2, 1, 0, 0]
    assert [phase.verdict for phase in view.phases] == [Verdict.INCONCLUSIVE] * 3 + [Verdict.PASSED] * 2
    assert view.crew[-1].seconds_lost == 3


def test_what_is_lost_stays_lost_when_a_worker_comes_back_and_is_late_again() -> None:
    crew = Crew()
    crew.second()
    crew.second(part("w1"), lost("w2", 1))
    crew.second(part("w1"), missing("w2", 1))
    crew.second(part("w1"), part("w2", state=WorkerState.LATE, seconds_late=1))
    assert crew.view().phases[0].seconds_lost == 1


def test_a_user_on_its_way_from_one_worker_to_another_is_not_missing() -> None:
    crew = Crew()
    crew.second()
    crew.second(users=19)
    crew.second()
    assert crew.view().verdict is Verdict.PASSED
    crew.second(users=19)
    crew.second(users=18)
    assert crew.view().phases[0].users_missing == 1


def test_a_worker_that_comes_back_goes_on_where_it_was() -> None:
    crew = Crew()
    crew.second()
    crew.second(part("w1"), lost("w2", 1))
    crew.second()
    worker = crew.view().crew[1]
    assert (worker.name, worker.state, worker.asks, worker.seconds_lost) == ("w2", WorkerState.HERE, 200, 1)


def test_a_worker_that_has_joined_does_not_join_again_when_it_has_no_users() -> None:
    crew = Crew()
    joining = part("w2", state=WorkerState.JOINING, users=0, asks=0)
    crew.second(part("w1"), joining)
    assert [worker.state for worker in crew.view().crew] == [WorkerState.HERE, WorkerState.JOINING]
    crew.second()
    crew.second(part("w1"), joining)
    assert [worker.state for worker in crew.view().crew] == [WorkerState.HERE, WorkerState.HERE]
    crew.second(part("w1"), lost("w2"))
    crew.second(part("w1"), joining)
    assert crew.view().crew[1].state is WorkerState.JOINING


def test_workers_that_are_long_gone_are_forgotten() -> None:
    crew = Crew()
    for number in range(300):
        crew.second(part("w1"), lost(f"h/{number}"))
    assert len(crew.view().crew) == 200
    assert crew.view().crew[0].name == "w1"
    assert crew.view().crew[-1].name == "h/299"


def test_the_summary_tells_of_each_worker() -> None:
    crew = Crew()
    for _ in range(3):
        crew.second(part("w1", clock_offset_ms=0.25, clock_error_ms=0.1), part("w2", BUSY))
    found = summary(crew.run)
    first, second = found["generator"]["workers"]
    assert (first["name"], first["asks"], first["bound"], first["clock_offset_ms"]) == ("w1", 300, False, 0.25)
    assert (second["cpu_p95_percent"], second["bound"]) == (96.0, True)
    assert found["phases"][0]["workers_bound"] == ["w2"]
    assert summary(Run())["generator"]["workers"] == []


def test_names_are_in_their_order() -> None:
    assert sorted(["w10", "w2", "box/1", "w1", "7"], key=order) == ["7", "box/1", "w1", "w2", "w10"]
    assert names(["w2"]) == "w2"
    assert names(["w2", "w1"]) == "w1 and w2"
    assert names(f"w{number}" for number in range(1, 8)) == "w1, w2, w3 and 4 more"


@settings(max_examples=40)
@given(runs())
def test_every_second_and_every_ask_of_a_worker_is_in_the_view(records: list[Record]) -> None:
    run = Run()
    for record in records:
        run.fold(record)
    parts = [part for record in records if isinstance(record, Interval) for part in record.workers]
    for worker in run.view().crew:
        told = [part for part in parts if part.worker == worker.name]
        assert worker.asks == sum(part.asks for part in told)
        assert worker.seconds_lost == sum(part.seconds_lost for part in told)
        assert worker.state in (told[-1].state, WorkerState.HERE)
