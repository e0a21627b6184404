"""Streams of records as a run could bring them, and nastier ones."""

from __future__ import annotations

from hypothesis import strategies as st

from lorax_tui.model.arrivals import Arrivals, Pacing
from lorax_tui.model.crew import WorkerPart, WorkerState
from lorax_tui.model.health import Health
from lorax_tui.model.histogram import Histogram
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
from lorax_tui.model.search import Purpose, SearchPlan, SearchStep
from lorax_tui.model.stages import Planned, StageMark
from lorax_tui.model.tally import ErrorCount, Raised, Tally
from lorax_tui.model.text import safe

TIMES = st.floats(0, 1e5, allow_nan=False)
COUNTS = st.integers(0, 500)
TEXTS = st.text(max_size=20).map(safe)
CLASSES = st.sampled_from(["LoraxHttpUser", "LoraxSocketUser", "Own"])
PHASES = st.integers(0, 4)


@st.composite
def histograms(draw: st.DrawFn) -> Histogram:
    result = Histogram()
    for value in draw(st.lists(st.floats(1e-4, 1e5), max_size=12)):
        result.record(value)
    return result


def tallies() -> st.SearchStrategy[Tally]:
    errors = st.lists(st.builds(ErrorCount, st.sampled_from(["refused", "status"]), TEXTS, COUNTS), max_size=3)
    return st.builds(
        Tally,
        PHASES,
        st.booleans(),
        st.sampled_from([HTTP, SOCKET_IO]),
        st.sampled_from(["GET /health", "ping", "other"]),
        asks=COUNTS,
        ok=COUNTS,
        failed=COUNTS,
        timeout=COUNTS,
        busy=COUNTS,
        disconnected=COUNTS,
        interrupted=COUNTS,
        late=COUNTS,
        in_flight=COUNTS,
        oldest_s=TIMES,
        waited=histograms(),
        interrupted_latency=histograms(),
        kinds=st.dictionaries(st.sampled_from(["refused", "status", "session lost"]), COUNTS, max_size=3),
        ok_latency=histograms(),
        intended_latency=histograms(),
        failed_latency=histograms(),
        errors=errors,
    )


ARRIVALS = st.builds(
    Arrivals,
    PHASES,
    st.booleans(),
    offered=COUNTS,
    started=COUNTS,
    missed=COUNTS,
    never_started=COUNTS,
    waiting=COUNTS,
    oldest_s=TIMES,
)


RAISED = st.builds(
    Raised,
    PHASES,
    st.sampled_from(["Own.look", "other"]),
    st.lists(st.builds(ErrorCount, st.just("exception"), TEXTS, COUNTS), max_size=3),
)


def _maybe(strategy: st.SearchStrategy[float]) -> st.SearchStrategy[float | None]:
    return st.none() | strategy


HEALTH = st.builds(Health, _maybe(TIMES), _maybe(TIMES), _maybe(TIMES), _maybe(TIMES), _maybe(st.floats(0, 100)))
WORKERS = st.builds(
    WorkerPart,
    st.sampled_from(["w1", "w2", "elsewhere/1"]),
    st.sampled_from(WorkerState),
    TEXTS,
    st.none() | st.integers(1, 9),
    COUNTS,
    COUNTS,
    COUNTS,
    HEALTH,
    st.integers(0, 3),
    st.integers(0, 3),
    st.integers(0, 3),
    _maybe(TIMES),
    _maybe(TIMES),
)
USERS = st.dictionaries(CLASSES, st.builds(UserCount, COUNTS, COUNTS, COUNTS), max_size=3)
INTERVALS = st.builds(
    Interval,
    TIMES,
    st.floats(1e-6, 10),
    PHASES,
    _maybe(TIMES),
    st.lists(tallies(), max_size=5),
    USERS,
    HEALTH,
    st.lists(ARRIVALS, max_size=2),
    st.lists(RAISED, max_size=2),
    st.lists(WORKERS, max_size=2),
)
SAMPLES = st.builds(
    TargetSample,
    TIMES,
    round_trip_ms=_maybe(TIMES),
    pid=st.none() | st.integers(1, 5),
    rss_mb=_maybe(st.floats(0, 1e6)),
    vms_mb=_maybe(st.floats(0, 1e6)),
    file_cache_size=st.none() | st.integers(0, 100),
    error=st.none() | TEXTS,
    age_s=_maybe(st.floats(0, 1e5)),
    ended=st.lists(st.integers(1, 5), max_size=2),
)
STARTS = st.builds(
    PhaseStart,
    st.integers(1, 4),
    st.sampled_from(["smoke", "medium"]),
    st.integers(1, 100),
    st.floats(0.1, 100),
    st.just({"LoraxHttpUser": 1.0}),
    _maybe(TIMES),
    st.sampled_from([{}, {HTTP: ["p95 < 1s", "error_rate < 1%"], SOCKET_IO: ["p99 < 5s"]}]),
    guards_stop=st.booleans(),
    own_thresholds=st.booleans(),
    max_growth_mb_per_min=_maybe(st.floats(0.1, 10)),
    search=st.none()
    | st.builds(
        SearchStep,
        st.builds(SearchPlan, st.integers(1, 9), st.integers(9, 99), st.floats(1, 60)),
        st.sampled_from(Purpose),
    ),
    stage=st.none() | st.builds(StageMark, st.integers(1, 3), st.just(3), st.just([Planned(4, 2.0, 30.0)])),
    scenario_start_s=_maybe(st.sampled_from([0.0, 10.0])),
    pacing=st.none() | st.builds(Pacing, st.floats(0.1, 1000), st.integers(0, 2**32 - 1), TIMES),
)
EVENTS = st.builds(Event, TIMES, st.sampled_from(list(EventKind)), TEXTS, st.none() | STARTS)
HEADER = Header(schema="1.0", run="run", host="http://127.0.0.1:8080", started_at="2026-01-01T00:00:00+00:00")


@st.composite
def runs(draw: st.DrawFn) -> list[Record]:
    """A header, records in any order, and perhaps an end."""
    records: list[Record] = [HEADER]
    records += draw(st.lists(st.one_of(INTERVALS, SAMPLES, EVENTS), max_size=15))
    if draw(st.booleans()):
        records.append(End(draw(TIMES), draw(st.sampled_from(["finished", "signal SIGTERM"]))))
    return records
