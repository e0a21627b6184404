"""The seconds of several workers as one: nothing is lost or told twice, and one process would tell the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from lorax_tui.engine.recorder import Ask, Recorder
from lorax_tui.model.merging import capped, joined, left, merged, standing, washed
from lorax_tui.model.records import HTTP, SOCKET_IO, Event, EventKind, Interval, PhaseStart, UserCount
from lorax_tui.model.run import Run
from lorax_tui.model.sums import Operation, Sum
from lorax_tui.model.tally import OTHER, ErrorCount, Outcome, Raised, Tally
from lorax_tui.model.text import safe
from tests.unit.strategies import HEADER, INTERVALS

PARTS = st.lists(INTERVALS, min_size=1, max_size=4)
COUNTS = ("asks", "late", *Outcome)
HISTOGRAMS = ("ok_latency", "intended_latency", "failed_latency", "interrupted_latency")


def together(parts: list[Interval]) -> Interval:
    return merged({f"w{place}": part for place, part in enumerate(parts, 1)}, 4.0, 1.0, 2, 3.5)


def totals(intervals: Iterable[Interval]) -> Counter[object]:
    """Everything that is counted, by what it belongs to, down to the buckets of the histograms."""
    found: Counter[object] = Counter()
    for interval in intervals:
        for tally in interval.tallies:
            key = (tally.phase, tally.settled, tally.protocol, tally.name)
            found.update({(*key, name): getattr(tally, name) for name in COUNTS})
            found.update({(*key, "kinds"): sum(tally.kinds.values())})
            found.update({(*key, "errors"): sum(error.count for error in tally.errors)})
            for name in HISTOGRAMS:
                histogram = getattr(tally, name)
                found.update({(*key, name, bucket): count for bucket, count in histogram.counts.items()})
                found.update({(*key, name, "sum"): histogram.sum_ns})
        for arrivals in interval.arrivals:
            for name in ("offered", "started", "missed", "never_started"):
                found.update({(arrivals.phase, arrivals.settled, name): getattr(arrivals, name)})
        for raised in interval.raised:
            found.update({(raised.phase, raised.task): raised.count})
    return +found


def states(intervals: Iterable[Interval]) -> Counter[object]:
    """What stands at the end: in flight, waiting for a user, users."""
    found: Counter[object] = Counter()
    for interval in intervals:
        for tally in interval.tallies:
            key = (tally.phase, tally.settled, tally.protocol, tally.name)
            found.update({(*key, "in flight"): tally.in_flight})
            if tally.in_flight:
                waited = tally.waited.counts.items()
                found.update({(*key, "waited", bucket): count for bucket, count in waited})
        for arrivals in interval.arrivals:
            found.update({(arrivals.phase, arrivals.settled, "waiting"): arrivals.waiting})
        for name, users in interval.users.items():
            found.update({(name, field): getattr(users, field) for field in ("actual", "wanted", "draining")})
    return +found


def copy(interval: Interval) -> bytes:
    return msgspec.json.encode(interval)


@settings(max_examples=40)
@given(PARTS)
def test_the_whole_is_the_sum_of_its_parts_to_the_last_request(parts: list[Interval]) -> None:
    before = [copy(part) for part in parts]
    whole = together(parts)
    assert totals([whole]) == totals(parts)
    assert states([whole]) == states(parts)
    ages = [tally.oldest_s for part in parts for tally in part.tallies if tally.in_flight]
    assert max((tally.oldest_s for tally in whole.tallies), default=0) == max(ages, default=0)
    assert (whole.began_s, whole.lasted_s, whole.phase, whole.settled_s) == (4.0, 1.0, 2, 3.5)
    assert [copy(part) for part in parts] == before, "the parts are as they were"


@settings(max_examples=40)
@given(PARTS)
def test_every_operation_is_in_the_whole_once(parts: list[Interval]) -> None:
    keys = [(tally.phase, tally.settled, tally.protocol, tally.name) for tally in together(parts).tallies]
    assert len(keys) == len(set(keys))


@settings(max_examples=40)
@given(PARTS, st.randoms())
def test_the_order_of_workers_changes_nothing(parts: list[Interval], random: object) -> None:
    shuffled = list(parts)
    random.shuffle(shuffled)
    assert totals([together(parts)]) == totals([together(shuffled)])
    assert states([together(parts)]) == states([together(shuffled)])


@settings(max_examples=40)
@given(INTERVALS, INTERVALS)
def test_two_parts_of_one_worker_add_their_counts_and_keep_the_later_states(earlier: Interval, later: Interval) -> None:
    both = joined(earlier, later)
    assert totals([both]) == totals([earlier, later])
    assert states([both]) == states([later])
    assert both.began_s == earlier.began_s
    assert both.health == later.health


@settings(max_examples=40)
@given(INTERVALS)
def test_what_stands_of_a_part_counts_nothing(part: Interval) -> None:
    stays = standing(part)
    assert not totals([stays])
    assert states([stays]) == states([part])


@settings(max_examples=40)
@given(INTERVALS)
def test_a_worker_that_is_gone_leaves_nothing_in_flight(part: Interval) -> None:
    rest = left(part)
    assert not states([rest])
    booked = totals([rest])
    flying = sum(tally.in_flight for tally in part.tallies)
    assert sum(count for key, count in booked.items() if key[-1] == "interrupted") == flying
    waiting = sum(arrivals.waiting for arrivals in part.arrivals)
    assert sum(count for key, count in booked.items() if key[-1] == "never_started") == waiting


@settings(max_examples=40)
@given(INTERVALS, st.text(min_size=1))
def test_no_text_of_another_process_is_kept_as_it_came(part: Interval, hostile: str) -> None:
    part = replace(
        part,
        tallies=[
            replace(
                tally,
                name=tally.name + hostile,
                kinds={hostile: 1},
                errors=[ErrorCount(hostile, hostile * 400, 2, hostile)],
            )
            for tally in part.tallies
        ],
        raised=[Raised(1, hostile, [ErrorCount("exception", hostile, 1)])],
        users={hostile: UserCount(1, 1)},
    )
    clean = washed(part)
    texts = [*(text for tally in clean.tallies for text in (tally.name, *tally.kinds))]
    texts += [text for tally in clean.tallies for error in tally.errors for text in (error.kind, error.message)]
    texts += [clean.raised[0].task, *clean.users]
    assert all(safe(text) == text for text in texts)
    assert [tally.asks for tally in clean.tallies] == [tally.asks for tally in part.tallies]
    assert washed(clean) == clean


@given(st.lists(st.lists(st.sampled_from("abcdef"), max_size=4, unique=True), max_size=4), st.integers(0, 4))
def test_so_many_operations_are_told_apart_whichever_worker_names_them_first(seen: list[list[str]], most: int) -> None:
    known: set[tuple[str, str]] = set()
    parts = [Interval(0.0, 1.0, 1, tallies=[Tally(1, True, HTTP, name, asks=3) for name in names]) for names in seen]
    told = [tally for part in parts for tally in capped(part, known, most).tallies]
    first = list(dict.fromkeys(name for names in seen for name in names))[:most]
    assert known == {(HTTP, name) for name in first}
    assert {tally.name for tally in told} <= {*first, OTHER}
    for name in first:
        assert sum(tally.asks for tally in told if tally.name == name) == 3 * sum(name in names for names in seen)
    assert sum(tally.asks for tally in told) == 3 * sum(map(len, seen))


def test_operations_beyond_the_cap_are_one_with_all_that_they_had_in_flight() -> None:
    tallies = [
        Tally(1, True, HTTP, name, asks=3, ok=1, in_flight=2, oldest_s=age_s)
        for name, age_s in zip("abc", (1, 2, 3), strict=True)
    ]
    told = capped(Interval(0.0, 1.0, 1, tallies=tallies), set(), 1)
    assert [(tally.name, tally.asks, tally.in_flight, tally.oldest_s) for tally in told.tallies] == [
        ("a", 3, 2, 1),
        (OTHER, 6, 4, 3),
    ]


def test_a_standstill_is_the_whole_crews_only_if_nobody_went_on() -> None:
    stopped, going = Interval(0.0, 3.0, 1, stood_still_s=2.5), Interval(0.0, 3.0, 1)
    assert together([stopped, going]).stood_still_s == 0.0
    assert together([stopped, replace(stopped, stood_still_s=2.0)]).stood_still_s == 2.0
    assert joined(stopped, going).stood_still_s == joined(going, stopped).stood_still_s == 2.5
    assert standing(stopped).stood_still_s == left(stopped).stood_still_s == 0.0


@dataclass(frozen=True)
class Asked:
    """One ask of a run: who asks it, what, when it ends, and how."""

    worker: int
    name: str
    began: int
    ended: int | None
    """Second; `None`: never."""
    outcome: Outcome
    elapsed_ms: float
    message: str


SECONDS = 3
ASKED = st.builds(
    Asked,
    st.integers(0, 2),
    st.sampled_from(["GET /health", "ping"]),
    st.integers(0, SECONDS - 1),
    st.none() | st.integers(0, SECONDS - 1),
    st.sampled_from(Outcome),
    st.floats(0.01, 4000),
    st.sampled_from(["no session 1", "no session 22", "refused"]),
)
SETTLES_AT = 1
"""The second from whose beginning on the phase has settled."""


def recorded(asked: list[Asked]) -> list[Interval]:
    """The seconds that one process tells whose users ask all this."""
    recorder, flying = Recorder(), dict[int, Ask]()
    recorder.phase = 1
    told = []
    for second in range(SECONDS):
        recorder.settled = second >= SETTLES_AT
        for place, ask in enumerate(asked):
            if ask.began == second:
                protocol = SOCKET_IO if ask.name == "ping" else HTTP
                flying[place] = recorder.begin(protocol, ask.name)
        for place, ask in enumerate(asked):
            if place in flying and ask.ended is not None and ask.ended <= second:
                recorder.end(flying.pop(place), ask.outcome, ask.elapsed_ms, "application", ask.message)
        users = {"User": UserCount(len(asked), len(asked))}
        settled_s = float(SETTLES_AT) if recorder.settled else None
        told.append(Interval(float(second), 1.0, 1, settled_s, recorder.cut(), users))
    return told


def folded(intervals: list[Interval], users: int) -> Run:
    run = Run()
    run.fold(HEADER)
    rules = {HTTP: ["p95 < 1s", "error_rate < 1%"], SOCKET_IO: ["p99 < 2s"]}
    start = PhaseStart(1, "made", users, 10, {"User": 1.0}, thresholds=rules)
    run.fold(Event(0.0, EventKind.SWITCH, "made", start))
    for interval in intervals:
        run.fold(interval)
    return run


def figures(sums: dict[Operation, Sum]) -> object:
    """All that is kept of every operation, but for the ages of what hangs, which are real time."""
    ageless = {"oldest_s": 0.0, "waited": []}
    return {
        operation: [{**msgspec.to_builtins(part), **ageless, "errors": []} for part in (total.settling, total.settled)]
        for operation, total in sums.items()
    }


@settings(max_examples=40)
@given(st.lists(ASKED, min_size=1, max_size=25))
def test_a_crew_tells_what_one_process_would(asked: list[Asked]) -> None:
    alone = recorded(asked)
    crews = [recorded([ask for ask in asked if ask.worker == worker]) for worker in range(3)]
    whole = [
        merged({str(worker): parts[second] for worker, parts in enumerate(crews)}, like.began_s, 1.0, 1, like.settled_s)
        for second, like in enumerate(alone)
    ]
    one, crew = folded(alone, len(asked)), folded(whole, len(asked))
    assert figures(crew.sums()[0]) == figures(one.sums()[0])
    ours, theirs = one.view(), crew.view()
    assert theirs.phases[0].verdict == ours.phases[0].verdict
    assert [(j.rule, j.value, j.verdict) for j in theirs.phases[0].judgements] == [
        (j.rule, j.value, j.verdict) for j in ours.phases[0].judgements
    ]
    assert theirs.users == ours.users
    assert theirs.in_flight == ours.in_flight
    told = [{(e.protocol, e.name, e.kind, e.message): e.count for e in view.errors} for view in (ours, theirs)]
    assert told[0] == told[1]


@settings(max_examples=40)
@given(st.lists(ASKED, max_size=25), st.integers(0, SECONDS - 1), st.booleans())
def test_asks_are_outcomes_and_asks_in_flight_whoever_is_late_or_lost(
    asked: list[Asked], silent_from: int, comes_back: bool
) -> None:
    alone, other = (recorded([ask for ask in asked if (ask.worker == 0) is first]) for first in (True, False))
    told: list[Interval] = []
    for second in range(SECONDS):
        if second < silent_from:
            part = alone[second]
        elif second < SECONDS - 1:
            part = standing(alone[silent_from - 1]) if silent_from else Interval(0.0, 1.0, 1)
        elif comes_back:
            part = alone[silent_from]
            for late in alone[silent_from + 1 :]:
                part = joined(part, late)
        else:
            part = left(alone[silent_from - 1]) if silent_from else Interval(0.0, 1.0, 1)
        told.append(merged({"w1": part, "w2": other[second]}, float(second), 1.0, 1, None))
        for operation in folded(told, 1).totals():
            ended = operation.ok + operation.bad + operation.interrupted
            assert operation.asks == ended + operation.in_flight
    whole = folded(told, 1).totals()
    if comes_back:
        assert sum(operation.asks for operation in whole) == len(asked)
    else:
        kept = [ask for ask in asked if ask.worker or ask.began < silent_from]
        assert sum(operation.asks for operation in whole) == len(kept)
