"""A target that hangs is seen while it hangs, and judged by it."""

from __future__ import annotations

from lorax_tui.model.records import HTTP, SOCKET_IO, EventKind
from lorax_tui.model.thresholds import Verdict
from lorax_tui.runs.summary import summary
from lorax_tui.session.news import News
from tests.unit.test_run import Live

HEALTH, PING = (HTTP, "GET /health"), (SOCKET_IO, "ping")


def loaded() -> Live:
    """A phase that has settled, with many good answers over both protocols."""
    live = Live()
    live.begin()
    live.settle()
    live.ok(1000)
    live.ok(1000, protocol=SOCKET_IO, name="ping")
    live.second()
    return live


def verdicts(live: Live) -> set[Verdict]:
    phase = live.run.view().phase
    assert phase is not None
    return {judgement.verdict for judgement in phase.judgements}


def test_in_flight_and_the_oldest_age_are_told_of_the_second_in_which_a_hang_began() -> None:
    live = loaded()
    live.hang(3, 0.8)
    live.hang(2, 0.6, *PING)
    live.second()
    view = live.run.view()
    assert [(waiting.protocol, waiting.in_flight) for waiting in view.waiting] == [(HTTP, 3), (SOCKET_IO, 2)]
    assert view.in_flight == 5 and view.oldest_s is not None and 0.8 <= view.oldest_s < 0.9
    assert view.points[-1].ok_rate == view.points[-1].bad_rate == 0
    oldest = view.points[-1].oldest_s
    assert oldest[HTTP, ""] == oldest[HEALTH] >= 0.8 > oldest[SOCKET_IO, ""] == oldest[PING] >= 0.6


def test_no_limit_counts_as_kept_while_nothing_is_answered() -> None:
    live = loaded()
    assert verdicts(live) == {Verdict.PASSED}
    hanging = [*live.hang(3, 1.2), *live.hang(2, 1.1, *PING)]
    live.second()
    view = live.run.view()
    assert view.is_stalled and all(waiting.is_stalled for waiting in view.waiting)
    assert verdicts(live) == {Verdict.INCONCLUSIVE}
    assert view.phase is not None and {row.verdict for row in view.phase.operations} == {Verdict.INCONCLUSIVE}
    for ask in hanging:
        ask.ok()
    live.second()
    assert not live.run.view().is_stalled and not live.run.view().waiting
    assert verdicts(live) == {Verdict.PASSED}, "five of two thousand answers break no p95"


def test_a_slow_ask_among_others_that_are_answered_is_no_stall() -> None:
    live = loaded()
    live.hang(1, 5.0)
    live.ok(10)
    live.second()
    (waiting,) = live.run.view().waiting
    assert (waiting.in_flight, waiting.is_stalled) == (1, False)


def test_one_protocol_may_stall_alone() -> None:
    live = loaded()
    live.hang(1, 2.0, *PING)
    live.ask(1)
    live.ok(10)
    live.second()
    view = live.run.view()
    assert [(waiting.protocol, waiting.is_stalled) for waiting in view.waiting] == [(HTTP, False), (SOCKET_IO, True)]
    assert not view.is_stalled
    assert verdicts(live) == {Verdict.PASSED, Verdict.INCONCLUSIVE}


def test_failures_that_come_at_once_are_no_stall() -> None:
    live = loaded()
    live.hang(1, 2.0)
    for ask in live.ask(5):
        ask.failed("refused", "Connection refused")
    live.second()
    assert not live.run.view().is_stalled


def test_a_stall_goes_on_while_asks_run_out_of_time() -> None:
    live = loaded()
    hanging = live.hang(2, 1.5)
    live.second()
    for ask in hanging:
        ask.timeout("no answer")
    live.ask(2)
    live.second()
    assert live.run.view().is_stalled
    live.ok()
    live.second()
    assert not live.run.view().is_stalled


def test_a_pause_between_asks_is_no_stall() -> None:
    live = loaded()
    for _ in range(5):
        live.second()
    live.hang(1, 0.5)
    live.second()
    assert not live.run.view().is_stalled


def test_who_hangs_across_a_switch_still_hangs() -> None:
    live = loaded()
    live.hang(3, 4.0)
    live.begin(phase=2)
    live.second()
    view = live.run.view()
    assert view.in_flight == 3 and view.is_stalled
    before, now = view.phases
    assert sum(row.in_flight for row in before.operations) == 3 and not now.operations


def test_asks_that_we_interrupt_are_in_no_percentile_and_leave_a_doubt_where_they_could_break_it() -> None:
    live = loaded()
    for ask in live.hang(60, 4.0):
        ask.interrupted()
    live.second()
    (row,) = [row for row in live.run.totals() if row.protocol == HTTP]
    assert row.interrupted == 60 and row.interrupted_oldest_s is not None and row.interrupted_oldest_s >= 4
    assert row.max_ms is not None and row.max_ms < 2 and row.failed_max_ms is None
    phase = live.run.view().phase
    assert phase is not None
    judged = {judgement.rule.metric: judgement.verdict for judgement in phase.judgements if judgement.protocol == HTTP}
    assert judged == {"p95": Verdict.INCONCLUSIVE, "error_rate": Verdict.PASSED}


def test_failures_stand_apart_by_kind_with_latencies_of_their_own() -> None:
    live = loaded()
    for _ in range(3):
        for ask, kind in zip(live.ask(2), ("refused", "session lost"), strict=True):
            ask.failed(kind, "why", 250.0)
        (ask,) = live.ask()
        ask.timeout("no answer", 5000.0)
        (ask,) = live.ask()
        ask.busy("no room")
        live.second()
    (row,) = [row for row in live.run.totals() if row.protocol == HTTP]
    assert row.kinds == {"refused": 3, "session lost": 3} and sum(row.kinds.values()) == row.failed
    assert (row.timeout, row.busy) == (3, 3)
    assert row.max_ms == 1.0 and row.failed_max_ms == 5000.0
    assert row.failed_p50_ms is not None and abs(row.failed_p50_ms - 250) < 1
    kept = summary(live.run)["operations"][0]
    assert kept["kinds"] == row.kinds and kept["failed_max_ms"] == 5000.0 and kept["failed_p95_ms"] is None


def test_kinds_are_bounded_and_their_counts_exact() -> None:
    live = loaded()
    for number in range(100):
        (ask,) = live.ask()
        ask.failed(f"kind {number}", "why")
    live.second()
    (row,) = [row for row in live.run.totals() if row.protocol == HTTP]
    assert len(row.kinds) <= 31 and sum(row.kinds.values()) == row.failed == 100


def test_a_stall_and_its_end_are_told_once() -> None:
    live = loaded()
    news = News(live.run)
    assert [text for _, text in news.fresh()] == ["settled after 0.0 s"]
    hanging = live.hang(3, 1.2)
    told = []
    for _ in range(3):
        live.second()
        told += news.fresh()
        for ask in hanging:
            ask.began -= 1
    assert told == [(EventKind.WARNING, "the target answers nothing: 3 asks in flight for 2.2 s")]
    for ask in hanging:
        ask.ok()
    live.second()
    assert [kind for kind, _ in news.fresh()] == [EventKind.NOTE]
    live.second()
    assert news.fresh() == []
