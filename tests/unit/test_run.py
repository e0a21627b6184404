"""The fold: what is live, what is read back, and whether the sums are right."""

from __future__ import annotations

import tempfile
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lorax_tui.engine.recorder import Ask, Recorder
from lorax_tui.model.doubts import doubts
from lorax_tui.model.groups import MOST_OF_OPERATION
from lorax_tui.model.health import Health
from lorax_tui.model.records import (
    HTTP,
    SOCKET_IO,
    End,
    Event,
    EventKind,
    Header,
    Interval,
    PhaseStart,
    Record,
    TargetSample,
    UserCount,
)
from lorax_tui.model.run import Run
from lorax_tui.model.thresholds import Verdict
from lorax_tui.runs import journal
from lorax_tui.runs.summary import summary
from tests.unit.strategies import HEADER, runs

RULES = {HTTP: ["p95 < 1s", "error_rate < 1%"], SOCKET_IO: ["p95 < 2s"]}


def folded(records: list[Record]) -> Run:
    run = Run()
    for record in records:
        run.fold(record)
    return run


def start(phase: int = 1, at_s: float = 0.0, users: int = 5, **changes: object) -> Event:
    begun = PhaseStart(phase, "smoke", users, 5, {"LoraxHttpUser": 1.0}, thresholds=RULES)
    return Event(at_s, EventKind.SWITCH, "", msgspec.structs.replace(begun, **changes))


class Live:
    """A recorder whose cuts go into a fold, second by second."""

    def __init__(self) -> None:
        self.recorder = Recorder()
        self.run = Run()
        self.now_s = 0.0
        self.settled_s: float | None = None

    def begin(self, **changes: object) -> None:
        event = start(at_s=self.now_s, **changes)
        assert event.start is not None
        self.recorder.phase, self.recorder.settled, self.settled_s = event.start.phase, False, None
        self.run.fold(event)

    def settle(self) -> None:
        self.recorder.settled, self.settled_s = True, self.now_s

    def ask(self, count: int = 1, protocol: str = HTTP, name: str = "GET /health") -> list[Ask]:
        return [self.recorder.begin(protocol, name) for _ in range(count)]

    def ok(self, count: int = 1, elapsed_ms: float = 1.0, protocol: str = HTTP, name: str = "GET /health") -> None:
        for ask in self.ask(count, protocol, name):
            ask.ok(elapsed_ms)

    def hang(self, count: int, age_s: float, protocol: str = HTTP, name: str = "GET /health") -> list[Ask]:
        """Asks that began so long ago and have no answer."""
        asks = self.ask(count, protocol, name)
        for ask in asks:
            ask.began -= age_s
        return asks

    def second(self, health: Health | None = None, users_actual: int = 5, lasted_s: float = 1.0) -> None:
        users = {"LoraxHttpUser": UserCount(users_actual, 5)}
        phase, tallies = self.recorder.phase, self.recorder.cut()
        raised = self.recorder.cut_raised()
        interval = Interval(
            self.now_s, lasted_s, phase, self.settled_s, tallies, users, health or Health(), raised=raised
        )
        self.run.fold(interval)
        self.now_s += lasted_s


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(runs())
def test_a_run_read_back_is_the_run_that_was_live(records: list[Record]) -> None:
    live = folded(records)
    with tempfile.TemporaryDirectory() as folder:
        header, *rest = records
        assert isinstance(header, Header)
        written = journal.Journal.create(Path(folder) / "run.jsonl", header)
        for record in rest:
            written.append(record)
        recorded = journal.read(Path(folder) / "run.jsonl")
    assert not recorded.torn
    later = folded(recorded.records)
    assert later.view() == live.view()
    assert later.totals() == live.totals()
    assert msgspec.json.encode(summary(later)) == msgspec.json.encode(summary(live))


@settings(max_examples=50, deadline=None)
@given(runs(), st.data())
def test_looking_in_between_changes_nothing(records: list[Record], data: st.DataObject) -> None:
    watched, blind = Run(), folded(records)
    for record in records:
        watched.fold(record)
        if data.draw(st.booleans()):
            watched.view()
    assert watched.view() == blind.view()


@given(st.lists(st.sampled_from(["ok", "failed", "timeout", "busy", "disconnected", "interrupted", "leave", "cut"])))
def test_asks_are_the_sum_of_their_outcomes_and_what_is_in_flight(steps: list[str]) -> None:
    live = Live()
    live.begin()
    for number, step in enumerate(steps):
        if step == "cut":
            live.second()
            if number % 3 == 0:
                live.begin(phase=live.recorder.phase + 1)
            continue
        (ask,) = live.ask()
        match step:
            case "ok" | "interrupted":
                getattr(ask, step)()
            case "failed":
                ask.failed("status", "HTTP 500")
            case "timeout" | "busy" | "disconnected":
                getattr(ask, step)("why")
    live.second()
    asked = len([step for step in steps if step != "cut"])
    for rows in (live.run.totals(), [row for phase in live.run.view().phases for row in phase.operations]):
        assert sum(row.asks for row in rows) == asked
        assert all(row.asks == row.ok + row.bad + row.interrupted + row.in_flight for row in rows)
    for outcome in ("ok", "failed", "timeout", "busy", "disconnected", "interrupted"):
        assert sum(getattr(row, outcome) for row in live.run.totals()) == steps.count(outcome)


def test_settling_is_counted_but_not_judged() -> None:
    live = Live()
    live.begin()
    live.ok(50, elapsed_ms=5000)
    live.second()
    live.settle()
    live.ok(100, elapsed_ms=10)
    live.second()
    phase = live.run.view().phases[0]
    (row,) = phase.operations
    assert (row.asks, row.settling_asks, row.settling) == (150, 50, False)
    assert row.p95_ms == pytest.approx(10, rel=1e-3) and row.max_ms == 10
    assert row.rps == pytest.approx(100)
    assert phase.verdict is Verdict.PASSED


def test_an_operation_asked_only_while_settling_shows_that_part() -> None:
    live = Live()
    live.begin()
    live.ok(20, elapsed_ms=7, name="POST /init-session")
    live.second()
    live.settle()
    live.second()
    (row,) = live.run.view().phases[0].operations
    assert row.settling and row.p50_ms == pytest.approx(7, rel=1e-3) and row.rps == 0


def test_rates_fall_to_zero_when_nothing_completes_and_the_line_becomes_a_gap() -> None:
    live = Live()
    live.begin()
    live.settle()
    live.ok(30)
    live.second()
    assert live.run.view().phases[0].protocols[0].rate == 30
    for _ in range(11):
        live.second()
    view = live.run.view()
    assert view.phases[0].protocols[0].rate == 0 and view.points[-1].ok_rate == 0
    assert (HTTP, "") in view.points[-3].latency and (HTTP, "") not in view.points[-1].latency


def test_what_hangs_is_in_flight_with_its_age_once_and_in_its_own_phase() -> None:
    live = Live()
    live.begin()
    (hanging,) = live.ask()
    for _ in range(3):
        live.second()
    live.begin(phase=2)
    live.second()
    live.second()
    first, second = live.run.view().phases
    assert [row.in_flight for row in first.operations] == [1] and second.operations == ()
    assert first.operations[0].oldest_s is not None and first.operations[0].rate == 0
    hanging.timeout("no answer")
    live.second()
    first, second = live.run.view().phases
    assert [(row.in_flight, row.timeout) for row in first.operations] == [(0, 1)]


def test_a_phase_that_is_over_shows_no_rate() -> None:
    live = Live()
    live.begin()
    live.ok(10)
    live.second()
    live.begin(phase=2)
    live.second()
    assert [row.rate for row in live.run.view().phases[0].operations] == [0]


def test_keys_in_a_row_redefine_their_phase() -> None:
    run = folded([HEADER, start(1, 0.0, 5), start(1, 1.0, 50), start(2, 9.0, 60)])
    assert [(phase.users_wanted, phase.start_s, phase.end_s) for phase in run.view().phases] == [
        (50, 0.0, 9.0),
        (60, 9.0, None),
    ]


def test_a_stop_ends_the_phase_but_not_its_last_answers() -> None:
    live = Live()
    live.begin()
    live.settle()
    (last,) = live.ask()
    live.second()
    live.run.fold(Event(1.0, EventKind.STOP, "stopped"))
    last.interrupted()
    live.second()
    live.run.fold(End(2.5, "stopped"))
    phase = live.run.view().phases[0]
    assert phase.end_s == 1.0 and phase.operations[0].interrupted == 1
    assert live.run.view().ended == "stopped" and live.run.view().elapsed_s == 2.5


def verdict(live: Live) -> Verdict:
    live.second()
    return live.run.view().phases[-1].verdict


def test_a_phase_that_never_settled_is_inconclusive() -> None:
    live = Live()
    live.begin()
    live.ok(1000)
    assert verdict(live) is Verdict.INCONCLUSIVE


def test_a_generator_at_its_limit_makes_the_verdict_inconclusive() -> None:
    live = Live()
    live.begin()
    live.settle()
    live.ok(1000)
    for _ in range(3):
        live.second(Health(lag_p99_ms=51))
    assert live.run.view().bound and verdict(live) is Verdict.INCONCLUSIVE
    assert not live.run.view().bound


@pytest.mark.parametrize(
    ("health", "limit"),
    [
        (Health(lag_p99_ms=51, cpu_percent=20, idle_percent=60), "its loop lagged by more than 50 ms"),
        (Health(lag_p99_ms=3, cpu_percent=86, idle_percent=60), "it took more than 85 % of a core"),
        (Health(lag_p99_ms=3, cpu_percent=20, idle_percent=4), "its machine was idle for less than 5 %"),
    ],
)
def test_the_limit_that_the_generator_was_at_is_named(health: Health, limit: str) -> None:
    live = Live()
    live.begin()
    live.settle()
    live.ok(1000)
    for _ in range(2):
        live.second(Health(lag_p99_ms=400, cpu_percent=99, idle_percent=0))
    live.second(Health(lag_p99_ms=3))
    for _ in range(3):
        live.second(health)
    assert doubts(live.run.view().phases) == [f"the generator was at its limit: {limit}"]


def test_a_phase_whose_tasks_raise_is_not_passed_and_says_why() -> None:
    live = Live()
    live.begin()
    live.settle()
    live.ok(1000)
    live.second()
    assert verdict(live) is Verdict.PASSED
    live.recorder.raised("Browsing.look", ValueError("no tree 17"))
    live.recorder.raised("Browsing.look", ValueError("no tree 18"))
    live.second()
    view = live.run.view()
    assert view.verdict is Verdict.INCONCLUSIVE and view.phases[0].exceptions == 2
    assert doubts(view.phases) == ["tasks raised exceptions"]
    (error,) = view.errors
    assert (error.protocol, error.name, error.kind, error.count) == ("task", "Browsing.look", "exception", 2)
    assert (error.message, error.example) == ("ValueError: no tree #", "ValueError: no tree 17")
    assert view.phases[0].operations[0].bad == 0


def test_exceptions_of_tasks_excuse_no_broken_limit() -> None:
    live = Live()
    live.begin()
    live.settle()
    live.ok(2000)
    live.recorder.raised("Browsing.look", ValueError("no tree 17"))
    live.second()
    for ask in live.ask(1000):
        ask.failed("status", "500")
    live.second()
    assert verdict(live) is Verdict.FAILED and not doubts(live.run.view().phases)


def test_the_worst_of_the_generator_under_load_is_kept() -> None:
    live = Live()
    live.second(Health(rss_mb=900.0))
    live.begin()
    live.second(Health(rss_mb=80.0, open_files=40, file_limit=100, http_in_use=3))
    live.second(Health(rss_mb=90.0, open_files=89, file_limit=100, ui_tick_ms=7.0))
    assert not live.run.generator.strain.files_scarce
    live.second(Health(open_files=90, file_limit=100))
    live.second(Health(open_files=20, file_limit=100))
    peaks = live.run.view().peaks
    assert (peaks.rss_mb, peaks.open_files, peaks.http_in_use, peaks.ui_tick_ms) == (90.0, 90, 3, 7.0)
    assert peaks.sockets_connected is None and live.run.generator.strain.files_scarce


def test_users_that_die_make_the_verdict_inconclusive() -> None:
    live = Live()
    live.begin()
    live.second(users_actual=2)
    live.settle()
    live.ok(1000)
    live.second()
    assert verdict(live) is Verdict.PASSED
    live.second(users_actual=4)
    assert verdict(live) is Verdict.INCONCLUSIVE
    assert live.run.view().phases[0].users_missing == 1


def test_what_nothing_judges_has_not_passed() -> None:
    live = Live()
    live.begin(thresholds={})
    live.settle()
    live.ok(1000)
    assert verdict(live) is Verdict.INCONCLUSIVE


def test_two_strained_intervals_are_no_limit() -> None:
    live = Live()
    live.begin()
    live.settle()
    live.ok(1000)
    for health in (Health(cpu_percent=86), Health(idle_percent=4), Health(), Health(lag_p99_ms=60)):
        live.second(health)
    assert verdict(live) is Verdict.PASSED


def test_common_rules_do_not_judge_a_protocol_that_is_never_asked_but_own_ones_do() -> None:
    for own, expected in ((False, Verdict.PASSED), (True, Verdict.INCONCLUSIVE)):
        live = Live()
        live.begin(own_thresholds=own)
        live.settle()
        live.ok(100)
        assert verdict(live) is expected


def test_the_last_asks_of_leaving_users_do_not_make_their_protocol_a_part_of_the_phase() -> None:
    live = Live()
    live.begin()
    live.ok(3, protocol=SOCKET_IO, name="ping")
    live.second()
    live.settle()
    live.ok(100)
    assert verdict(live) is Verdict.PASSED


def test_a_protocol_whose_asks_all_hang_is_a_part_of_the_phase() -> None:
    live = Live()
    live.begin()
    live.ask(3, protocol=SOCKET_IO, name="load_file")
    live.second()
    live.settle()
    live.ok(100)
    assert verdict(live) is Verdict.INCONCLUSIVE


def test_no_ask_at_all_is_never_passed() -> None:
    for thresholds in (RULES, {}):
        live = Live()
        live.begin(thresholds=thresholds)
        live.settle()
        assert verdict(live) is Verdict.INCONCLUSIVE


def test_one_failed_phase_fails_the_run() -> None:
    live = Live()
    live.begin()
    live.settle()
    live.ok(100)
    live.second()
    live.begin(phase=2)
    live.settle()
    live.ok(100, elapsed_ms=3000)
    live.second()
    assert [phase.verdict for phase in live.run.view().phases] == [Verdict.PASSED, Verdict.FAILED]
    assert live.run.view().verdict is Verdict.FAILED


def test_errors_are_grouped_with_exact_counts_and_a_bound() -> None:
    live = Live()
    live.begin()
    for number in range(300):
        for ask in live.ask(2):
            ask.failed("status", f"HTTP {number}")
        live.second()
    errors = live.run.view().errors
    assert len(errors) == MOST_OF_OPERATION + 1
    assert sum(error.count for error in errors) == 600
    assert errors[0].kind == "other" and errors[0].rate == 2
    assert live.run.totals()[0].failed == 600


def test_a_journal_whose_beginning_is_lost_still_shows_its_figures() -> None:
    live = Live()
    live.recorder.phase = 7
    live.ok(10)
    live.second()
    view = live.run.view()
    assert [(phase.scenario, phase.operations[0].ok) for phase in view.phases] == [("unknown", 10)]


def test_a_target_that_does_not_tell_is_unknown() -> None:
    run = folded([HEADER, TargetSample(1.0, error="HTTP 404"), TargetSample(2.0, round_trip_ms=3.0)])
    target = run.view().target
    assert (target.samples, target.pids, target.error) == (1, (), None)


def watched(live: Live, seconds: int, rise: float) -> None:
    """Polls of one worker, a second apart, while a load that keeps its rules has settled."""
    live.begin(max_growth_mb_per_min=1.0)
    live.run.fold(TargetSample(live.now_s, 2.0, 7, 900.0))
    live.settle()
    for _ in range(seconds):
        live.ok(1)
        live.second()
        live.run.fold(TargetSample(live.now_s, 2.0, 7, 100.0 + rise * live.now_s))


@pytest.mark.parametrize(
    ("seconds", "rise", "expected"),
    [(600, 0.0, Verdict.PASSED), (600, 0.05, Verdict.FAILED), (60, 0.0, Verdict.INCONCLUSIVE)],
)
def test_memory_that_is_watched_is_a_part_of_the_verdict(seconds: int, rise: float, expected: Verdict) -> None:
    live = Live()
    watched(live, seconds, rise)
    view = live.run.view()
    assert view.verdict is expected
    assert view.target.pids[0].growth == view.phases[0].growths[7]
    live.run.fold(End(live.now_s, "finished"))
    assert live.run.view().verdict is expected


def test_a_change_of_the_load_begins_a_new_watch() -> None:
    live = Live()
    watched(live, 600, 0.05)
    live.begin(phase=2)
    live.second()
    view = live.run.view()
    assert view.phases[0].growths[7].watched_s > 580 and view.phases[0].verdict is Verdict.FAILED
    assert view.phases[1].growths == {} and view.target.pids[0].slope_mb_per_min is None


def test_memory_that_is_not_watched_is_told_and_not_judged() -> None:
    live = Live()
    watched(live, 600, 0.05)
    live.begin(phase=2)
    live.settle()
    for _ in range(600):
        live.ok(1)
        live.second()
        live.run.fold(TargetSample(live.now_s, 2.0, 7, 100.0 + live.now_s))
    view = live.run.view().phases[1]
    assert view.verdict is Verdict.PASSED and view.growths[7].standing == "growing"


def test_a_worker_that_ends_is_a_mark_beside_those_of_the_load() -> None:
    live = Live()
    live.begin()
    live.run.fold(TargetSample(0.5, 2.0, 7, 100.0))
    live.run.fold(TargetSample(1.5, 2.0, 8, 100.0, ended=[7]))
    assert live.run.view().marks == ((0.0, "smoke"), (1.5, "pid 7 has ended"), (1.5, "pid 8 is new"))


def test_a_last_interval_cut_short_is_no_rate() -> None:
    live = Live()
    live.begin()
    live.settle()
    live.ok(10)
    live.second()
    live.ok()
    live.second(lasted_s=0.01)
    *_, last = live.run.view().points
    assert last.at_s == pytest.approx(live.now_s)
    assert last.ok_rate == pytest.approx(11 / 1.01)
    assert live.run.view().phases[0].operations[0].rate == 0
