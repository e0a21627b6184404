"""Hand-made pictures of a run, rich enough to fill every panel, the same in every process."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from math import sin
from pathlib import Path

from msgspec.structs import replace as replace_health

from lorax_tui.model.baseline import Baseline, BaselinePhase
from lorax_tui.model.blocks import Block, Blocks
from lorax_tui.model.crew import WorkerState
from lorax_tui.model.crew_view import WorkerView
from lorax_tui.model.growth import Growth, Standing
from lorax_tui.model.health import Health
from lorax_tui.model.match import Load
from lorax_tui.model.pace import PaceView
from lorax_tui.model.phase_view import OperationView, PhaseView, ProtocolView
from lorax_tui.model.point import Latency, Point
from lorax_tui.model.records import HTTP, SOCKET_IO, Event, EventKind, UserCount
from lorax_tui.model.rule import Rule
from lorax_tui.model.scenario import Scenario
from lorax_tui.model.strain import Limit
from lorax_tui.model.target_view import LoadView, PidView, TargetView
from lorax_tui.model.thresholds import MEMORY, Judgement, Verdict
from lorax_tui.model.view import ErrorView, RunView, WaitingView
from lorax_tui.session.view import SessionView, State

HOST = "http://127.0.0.1:8080"
MIX = {"LoraxHttpUser": 5.0, "LoraxSocketUser": 2.0, "LoraxMixedUser": 3.0}
RULES = {
    HTTP: ["p95 < 1s", "p99 < 2s", "error_rate < 1%"],
    SOCKET_IO: ["p95 < 2s", "p99 < 5s", "error_rate < 1%"],
}
SCENARIOS = tuple(
    Scenario(name, users, spawn_rate, duration_s, MIX, purpose, RULES)
    for name, users, spawn_rate, duration_s, purpose in (
        ("smoke", 5, 5, 60, "quick verification"),
        ("light", 10, 2, 120, "light load"),
        ("medium", 50, 5, 300, "normal load"),
        ("heavy", 100, 10, 600, "heavy load"),
        ("sustained", 50, 5, 1800, "memory leak detection"),
        ("spike", 200, 50, 300, "spike"),
        ("stress", 150, 15, 900, "find the breaking point"),
        ("endurance", 30, 3, 3600, "long run"),
    )
)
OPERATIONS = (
    (HTTP, "GET /health", 17.1, 2.3),
    (HTTP, "GET /memory_status", 9.4, 8.1),
    (HTTP, "GET /projects", 12.0, 4.9),
    (HTTP, "POST /init-session", 1.1, 3.2),
    (SOCKET_IO, "connect", 0.0, 6.4),
    (SOCKET_IO, "load_file", 0.8, 9.8),
    (SOCKET_IO, "ping", 6.3, 0.94),
)
FOLDER = Path("/home/operator/.local/state/lorax-tui/runs/20250611T091500Z-smoke-1f2e3d")


def operation(
    protocol: str, name: str, rate: float, base_ms: float, *, bad: int = 0, settling: bool = False, seconds: float = 70
) -> OperationView:
    asks = max(5, int(rate * seconds))
    many = asks >= 100
    return OperationView(
        protocol=protocol,
        name=name,
        asks=asks,
        settling_asks=asks if settling else asks // 8,
        ok=asks - bad - 1,
        failed=bad // 2,
        timeout=0,
        busy=bad - bad // 2,
        disconnected=0,
        interrupted=0,
        late=0,
        in_flight=1,
        oldest_s=0.1,
        rate=rate,
        rps=rate,
        p50_ms=base_ms,
        p95_ms=base_ms * 3.4 if asks >= 20 else None,
        p99_ms=base_ms * 6.2 if many else None,
        max_ms=base_ms * 14,
        settling=settling,
        verdict=None if settling else Verdict.FAILED if bad > 9 else Verdict.PASSED,
        failed_p50_ms=1240.0 if bad else None,
        failed_p95_ms=2900.0 if bad > 40 else None,
        failed_max_ms=5003.0 if bad else None,
        kinds={"application": bad // 2 - 3, "session lost": 3} if bad else {},
    )


def protocol_view(protocol: str, operations: list[OperationView], p95_ms: float, bad: int = 0) -> ProtocolView:
    asks = sum(o.asks for o in operations)
    rate = bad / asks if asks else None
    values = {"p95": p95_ms, "p99": p95_ms * 1.8, "error_rate": rate}
    judgements = []
    for text in RULES[protocol]:
        rule = Rule.parse(text)
        value = values[rule.metric]
        good = value is not None and value < rule.limit
        verdict, breach_s = (Verdict.PASSED, 0.0) if good else (Verdict.FAILED, 12.0)
        judgements.append(Judgement(protocol, rule, value, verdict, now=value, breach_s=breach_s))
    return ProtocolView(
        protocol=protocol,
        asks=asks,
        ok=asks - bad,
        bad=bad,
        in_flight=2,
        oldest_s=0.2,
        rate=sum(o.rate for o in operations),
        bad_rate=bad / 70,
        rps=sum(o.rate for o in operations),
        p50_ms=p95_ms / 3,
        p95_ms=p95_ms,
        p99_ms=p95_ms * 1.8,
        max_ms=p95_ms * 4,
        error_rate=rate,
        judgements=tuple(judgements),
    )


def phase(number: int, scenario: str, users: int, start_s: float, **changes: object) -> PhaseView:
    failing = bool(changes.pop("failing", False))
    settling = bool(changes.pop("settling", False))
    operations = [
        operation(*row, bad=46 if failing and row[1] == "load_file" else 0, settling=settling) for row in OPERATIONS
    ]
    by_protocol = {p: [o for o in operations if o.protocol == p] for p in (HTTP, SOCKET_IO)}
    protocols = (
        protocol_view(HTTP, by_protocol[HTTP], 1240.0 if failing else 34.0),
        protocol_view(SOCKET_IO, by_protocol[SOCKET_IO], 12.0, bad=46 if failing else 0),
    )
    judgements = tuple(j for p in protocols for j in p.judgements)
    verdict = Verdict.INCONCLUSIVE if settling else Verdict.over([j.verdict for j in judgements])
    built = PhaseView(
        number=number,
        scenario=scenario,
        start_s=start_s,
        settled_s=None if settling else start_s + 9,
        end_s=None,
        planned_s=300.0,
        users_wanted=users,
        users_peak=users,
        spawn_rate=5.0,
        mix=MIX,
        operations=tuple(operations),
        protocols=protocols,
        judgements=judgements,
        verdict=verdict,
        bound=False,
    )
    return replace(built, **changes)  # type: ignore[arg-type]


def point(at_s: float, users: int, *, failing: bool = False, wanted: int = 50) -> Point:
    wave = 1 + 0.12 * sin(at_s * 0.9) + 0.05 * sin(at_s * 2.3)
    ok = users * 0.95 * wave
    http = (2.4 + users / 40) * wave
    if failing:
        http *= 12
    latency: dict[tuple[str, str], Latency] = {
        (HTTP, ""): Latency(http, http * 5.1 * wave, http * 9.3 * wave**2),
        (SOCKET_IO, ""): Latency(1.1 * wave, 9.0 * wave, 21.0 * wave if users > 20 else None),
    }
    for protocol, name, _, base_ms in OPERATIONS:
        latency[(protocol, name)] = Latency(base_ms * wave, base_ms * 3.1 * wave, None)
    bad = users * 0.06 * (1 + sin(at_s)) if failing else 0.0
    return Point(at_s, ok, bad, users, wanted, latency)


def points(until_s: float, switch_s: float = 30.0, failing: bool = False) -> tuple[Point, ...]:
    made = []
    for second in range(1, int(until_s) + 1):
        users = min(5, 5 * second) if second < switch_s else min(50, 5 + int(5 * (second - switch_s)))
        made.append(point(float(second), users, failing=failing, wanted=5 if second < switch_s else 50))
    return tuple(made)


def pid(number: int, resident_mb: float, until_s: float, slope: float | None = 0.1) -> PidView:
    samples = tuple((float(s), resident_mb - 8 + 8 * min(1, s / 40) + sin(s)) for s in range(1, int(until_s) + 1))
    return PidView(
        pid=number,
        rss_mb=resident_mb,
        first_mb=resident_mb - 8,
        min_mb=resident_mb - 9,
        max_mb=resident_mb + 1,
        growth=Growth(mb_per_min=slope),
        last_s=until_s,
        points=samples,
    )


FLAT = Growth(Standing.FLAT, 0.04, -0.1, 0.2, 1780.0)
GROWING = Growth(Standing.GROWING, 1.8, 1.2, 2.4, 1780.0)
SHORT = Growth(Standing.SHORT, 8.3, None, None, 580.0)

ERRORS = (
    ErrorView(
        SOCKET_IO,
        "load_file",
        "busy",
        "SERVER_BUSY: too many loads in progress",
        "the load queue is full: it takes 9 at a time",
        44,
        0.6,
        41.0,
        97.0,
    ),
    ErrorView(
        HTTP,
        "GET /projects",
        "refused",
        "[Errno 111] Connection refused",
        "nobody listens at the target: has the backend ended?",
        2,
        0.0,
        52.0,
        58.0,
    ),
)


def run_view(until_s: float = 100.0, *, failing: bool = False) -> RunView:
    smoke = phase(1, "smoke", 5, 0.0, end_s=30.0, settled_s=1.0)
    medium = phase(2, "medium", 50, 30.0, failing=failing)
    return RunView(
        run=FOLDER.name,
        host=HOST,
        started_at="2025-06-11T09:15:00Z",
        elapsed_s=until_s,
        users={
            "LoraxHttpUser": UserCount(25, 25),
            "LoraxSocketUser": UserCount(10, 10, 1 if failing else 0),
            "LoraxMixedUser": UserCount(15, 15),
        },
        health=Health(
            lag_p50_ms=0.2,
            lag_p99_ms=2.1,
            lag_max_ms=4.0,
            cpu_percent=34.0,
            idle_percent=40.0,
            rss_mb=120.0,
            open_files=97,
            file_limit=1024,
            http_connections=40,
            sockets_connected=25,
            http_in_use=3,
            sockets_wanted=25,
            ui_tick_ms=8.4,
        ),
        phases=(smoke, medium),
        points=points(until_s, failing=failing),
        window_s={(HTTP, ""): 10.0, (SOCKET_IO, ""): 14.0, (HTTP, "GET /projects"): 10.0},
        marks=((0.5, "smoke"), (30.0, "medium"), (until_s - 24.0, "60 users")),
        errors=ERRORS if failing else (),
        target=TargetView(
            samples=int(until_s),
            last_s=until_s - 0.4,
            round_trip_ms=3.2,
            pids=(pid(2280, 412.0, until_s), pid(2281, 398.0, until_s, 2.4)),
            restarts=0,
        ),
        waiting=(WaitingView(HTTP, 4, 0.1, False), WaitingView(SOCKET_IO, 3, 0.1, False)),
        events=(
            Event(0.0, EventKind.SWITCH, "smoke, 5 users at 5/s"),
            Event(1.0, EventKind.NOTE, "settled after 1.0 s"),
            Event(30.0, EventKind.SWITCH, "smoke → medium, 5 → 50 users at 5/s"),
            Event(39.0, EventKind.NOTE, "settled after 9.0 s"),
        ),
        verdict=Verdict.FAILED if failing else Verdict.PASSED,
        lag_p99_ms=2.8,
        cpu_p95_percent=41.0,
    )


def blocks(values: list[tuple[float, float]], width_s: float = 10.0) -> tuple[Block, ...]:
    series = Blocks(width_s, 240)
    for at_s, value in values:
        series.push(at_s, value)
    return series.blocks()


def worker(
    number: int,
    resident_mb: Callable[[float], float],
    growth: Growth = FLAT,
    from_s: float = 1.0,
    until_s: float = 1800.0,
    gone: bool = False,
) -> PidView:
    """A worker over half an hour; its size by the second, with some noise on top."""
    sizes = [(float(s), resident_mb(s) + 2 * sin(s / 7) + sin(s)) for s in range(int(from_s), int(until_s), 2)]
    values = [value for _, value in sizes]
    return PidView(
        pid=number,
        rss_mb=values[-1],
        first_mb=values[0],
        min_mb=min(values),
        max_mb=max(values),
        growth=growth,
        first_s=sizes[0][0],
        last_s=sizes[-1][0],
        points=tuple(sizes[-120:]),
        gone=gone,
        vms_mb=values[-1] * 4.2,
        file_cache_size=None if gone else 3,
        artifacts={"metrics.gauges.process_rss_bytes": values[-1] * 2**20, "registry.contexts": 2.0},
        resident=blocks(sizes),
        virtual=blocks([(at_s, 4.2 * value) for at_s, value in sizes]),
        cached=blocks([(at_s, min(3.0, at_s // 40)) for at_s, _ in sizes]),
    )


def watched(kind: str = "flat") -> SessionView:
    """Half an hour of `sustained`: four workers, all `flat`, one `growing` or `restarted`; or `unknown`."""
    now_s = 1800.0
    view = running(100.0)
    pids = [worker(2280 + n, lambda s, n=n: 390 + 12 * n + 20 * min(1.0, s / 300)) for n in range(4)]
    marks: tuple[tuple[float, str], ...] = ((0.5, "sustained"),)
    if kind == "growing":
        pids[1] = worker(2281, lambda s: 400 + 1.8 * s / 60, GROWING)
    if kind == "restarted":
        pids[2] = worker(2282, lambda s: 430.0, until_s=1210, gone=True)
        pids.append(worker(2291, lambda s: 300 + 100 * min(1.0, (s - 1216) / 90), SHORT, from_s=1216))
        marks = (*marks, (1210.0, "pid 2282 has ended"), (1216.0, "pid 2291 is new"))
    seconds = [float(s) for s in range(1, 1800, 2)]
    load = LoadView(
        blocks([(s, min(50.0, 5 * s)) for s in seconds]),
        blocks([(s, min(50.0, 5 * s) * (0.95 + 0.05 * sin(s / 30))) for s in seconds]),
        blocks([(s, 0.0) for s in seconds]),
    )
    is_over = kind == "growing"
    rule = Rule.of_growth(1.0)
    memory = Judgement(MEMORY, rule, 1.8 if is_over else 0.1, Verdict.FAILED if is_over else Verdict.PASSED)
    held = phase(1, "sustained", 50, 0.5, settled_s=10.5, planned_s=3600.0, is_watched=True)
    held = replace(
        held,
        judgements=(*held.judgements, memory),
        growths={pid.pid: pid.growth for pid in pids},
        verdict=Verdict.FAILED if is_over else Verdict.PASSED,
    )
    target = TargetView(
        samples=3600,
        last_s=now_s - 0.4,
        round_trip_ms=3.2,
        pids=tuple(pids),
        restarts=1 if kind == "restarted" else 0,
        round_trips=blocks([(s, 3 + sin(s / 9)) for s in seconds]),
        marks=marks[1:],
    )
    if kind == "unknown":
        target = TargetView(error="HTTP 404: Not Found")
    run = replace(
        view.run,
        elapsed_s=now_s,
        phases=(held,),
        points=tuple(point(now_s - 60 + s, 50) for s in range(1, 61)),
        load=load,
        marks=marks,
        target=target,
        verdict=held.verdict,
    )
    return replace(
        view, scenario="sustained", scenario_start_s=0.5, scenario_end_s=3600.5, elapsed_s=now_s + 0.2, run=run
    )


def idle() -> SessionView:
    return SessionView(State.IDLE, HOST, SCENARIOS)


def starting() -> SessionView:
    notice = "warming up 1000Genomes/chr20.trees: 6 s so far"
    return SessionView(State.STARTING, HOST, SCENARIOS, "smoke", notice=notice, folder=FOLDER)


def running(until_s: float = 100.0, *, failing: bool = False) -> SessionView:
    return SessionView(
        state=State.RUNNING,
        host=HOST,
        scenarios=SCENARIOS,
        scenario="medium",
        scenario_start_s=30.0,
        scenario_end_s=330.0,
        elapsed_s=until_s + 0.2,
        run=run_view(until_s, failing=failing),
        folder=FOLDER,
    )


def beside(until_s: float = 100.0, *, failing: bool = False) -> SessionView:
    """With a baseline that was a little slower, and had other users in the first phase."""
    before = run_view(400.0)
    phases = []
    for phase, until in zip(before.phases, (30.0, 400.0), strict=True):
        shown = [point for point in points(400.0, failing=False) if phase.start_s < point.at_s <= until]
        phases.append(
            BaselinePhase(
                phase.scenario,
                Load(phase.users_wanted + (phase.number == 1), phase.mix),
                tuple(point.at_s - phase.start_s for point in shown),
                tuple(point.ok_rate * 0.8 for point in shown),
                {
                    subject: tuple((found.p95_ms or 0.0) * 1.6 for point in shown if (found := point.latency[subject]))
                    for subject in shown[-1].latency
                },
                {
                    (row.protocol, row.name): Latency(row.p50_ms, (row.p95_ms or 0) * (0.7 + 0.2 * place), row.p99_ms)
                    for place, row in enumerate(phase.operations)
                    if row.p95_ms
                },
            )
        )
    return replace(running(until_s, failing=failing), baseline=Baseline("20250610T091500Z-smoke-0a1b2c", tuple(phases)))


def settling() -> SessionView:
    view = running(34.0)
    medium = phase(2, "medium", 50, 30.0, settling=True)
    users = {
        "LoraxHttpUser": UserCount(12, 25),
        "LoraxSocketUser": UserCount(4, 10),
        "LoraxMixedUser": UserCount(7, 15),
    }
    run = replace(view.run, phases=(view.run.phases[0], medium), users=users, verdict=Verdict.INCONCLUSIVE)
    return replace(view, run=run)


def bound() -> SessionView:
    view = running()
    health = Health(lag_p99_ms=82.0, cpu_percent=97.0)
    return replace(view, run=replace(view.run, bound=True, health=health))


def load_worker(number: int, **changes: object) -> WorkerView:
    """A worker of the crew that is well."""
    health = Health(
        lag_p99_ms=1.8 + number / 10, cpu_percent=31.0 + number, idle_percent=40, rss_mb=96.0 + number, open_files=60
    )
    worker = WorkerView(
        name=f"w{number}",
        host="bench",
        pid=4100 + number,
        state=WorkerState.HERE,
        users=25,
        wanted=25,
        rate=23.4,
        asks=1650,
        health=health,
        told_s=100.0,
        clock_offset_ms=0.01,
        clock_error_ms=0.05,
    )
    return replace(worker, **changes)


def crewed(*, hurt: bool = False) -> SessionView:
    """A run whose load two workers make; `hurt`: one is lost, one from elsewhere at its limit."""
    view = running()
    program = Health(lag_p99_ms=0.9, cpu_percent=6.0, rss_mb=118.0, ui_tick_ms=7.2)
    workers = [load_worker(1), load_worker(2)]
    if hurt:
        busy = replace_health(workers[1].health, cpu_percent=97.0, lag_p99_ms=61.0)
        limits = frozenset({Limit.CPU, Limit.LAG})
        workers = [
            load_worker(1, seconds_late=2),
            load_worker(2, health=busy, bound_by=limits, was_bound=True),
            load_worker(3, name="loader-7/1", state=WorkerState.MISSING, rate=0.0, told_s=98.0, clock_offset_ms=-212.0),
            load_worker(4, state=WorkerState.LOST, users=0, wanted=0, rate=0.0, told_s=91.0, seconds_lost=2),
        ]
    run = replace(view.run, crew=tuple(workers), program=program, bound=hurt, health=workers[1].health)
    return replace(view, run=run)


def paced(*, stalled: bool = False) -> SessionView:
    """Fifty requests a second on a schedule; `stalled`: half of them have found no user for a while."""
    view = running()
    smoke, medium = view.run.phases
    pace = PaceView(
        requests_per_second=50.0,
        seed=7,
        offered=3071,
        started=2951 if stalled else 3071,
        missed=412 if stalled else 3,
        settling_missed=3,
        never_started=0,
        waiting=120 if stalled else 0,
        oldest_s=2.4 if stalled else None,
        offered_rate=48.0,
        started_rate=0.0 if stalled else 48.0,
        offered_rps=50.3,
        achieved_rps=48.1 if stalled else 50.3,
        is_unmet=stalled,
    )
    judgements = [replace(j, is_intended=j.rule.metric != "error_rate") for j in medium.judgements]
    medium = replace(
        medium,
        pace=pace,
        judgements=tuple(judgements),
        protocols=tuple(
            replace(p, judgements=tuple(j for j in judgements if j.protocol == p.protocol)) for p in medium.protocols
        ),
    )
    points = tuple(
        replace(
            point,
            latency={
                subject: replace(
                    shown,
                    intended_p99_ms=None
                    if shown.p99_ms is None
                    else shown.p99_ms * (40 if stalled and point.at_s > 95 else 1.3),
                )
                for subject, shown in point.latency.items()
            },
        )
        if point.at_s > 30
        else point
        for point in view.run.points
    )
    return replace(view, run=replace(view.run, phases=(smoke, medium), points=points, closed_loop=False))


def ended(*, failing: bool = False) -> SessionView:
    view = running(130.0, failing=failing)
    phases = (view.run.phases[0], replace(view.run.phases[1], end_s=130.0))
    run = replace(view.run, ended="stopped", users={}, phases=phases, waiting=())
    return replace(view, state=State.ENDED, run=run)


def stalled(until_s: float = 100.0, since_s: float = 94.0) -> SessionView:
    """The target has frozen; every user waits."""
    view = running(until_s)
    frozen = []
    for before in view.run.points:
        age_s = before.at_s - since_s
        if age_s > 0:
            oldest = {(protocol, name): age_s for protocol in (HTTP, SOCKET_IO) for name in ("", "GET /projects")}
            before = replace(before, ok_rate=0.0, bad_rate=0.0, oldest_s=oldest)
        frozen.append(before)
    age_s = until_s - since_s
    medium = view.run.phases[1]
    operations = [
        replace(o, rate=0.0, in_flight=7, oldest_s=age_s - 0.1, verdict=Verdict.INCONCLUSIVE) for o in medium.operations
    ]
    judgements = tuple(replace(j, verdict=Verdict.INCONCLUSIVE) for j in medium.judgements)
    medium = replace(medium, operations=tuple(operations), judgements=judgements, verdict=Verdict.INCONCLUSIVE)
    waiting = (WaitingView(HTTP, 28, age_s, True), WaitingView(SOCKET_IO, 21, age_s - 0.2, True))
    phases = (view.run.phases[0], medium)
    run = replace(view.run, points=tuple(frozen), phases=phases, waiting=waiting, verdict=Verdict.INCONCLUSIVE)
    return replace(view, run=run)
