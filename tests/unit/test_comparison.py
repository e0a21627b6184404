"""Comparison: what is told of two runs, what is not, and how."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from msgspec.structs import replace

from lorax_tui.cli import run as run_program
from lorax_tui.errors import ExitCode, RunError
from lorax_tui.model.arrivals import Pacing
from lorax_tui.model.crew import WorkerPart, WorkerState
from lorax_tui.model.health import Health
from lorax_tui.model.histogram import Histogram
from lorax_tui.model.records import End, Event, Header, Interval, Record
from lorax_tui.runs.comparison import Change, Comparison, Figure, Limits, Result, compare
from lorax_tui.runs.comparison.documents import markdown, plain
from lorax_tui.runs.comparison.side import Side
from lorax_tui.runs.comparison.table import table
from lorax_tui.runs.comparison.words import changes
from tests.unit.strategies import runs
from tests.unit.synthetic import Target, made_run, two_phases

HEALTH = "HTTP GET /health"


def changed(comparison: Comparison) -> set[tuple[str, str, str]]:
    return {
        (row.label, figure.metric, str(figure.change))
        for _, row, figure in comparison.figures()
        if figure.change in (Change.WORSE, Change.BETTER)
    }


def figure(comparison: Comparison, label: str, metric: str) -> Figure:
    return next(f for _, row, f in comparison.figures() if row.label == label and f.metric == metric)


def written(folder: Path, records: Iterable[Record]) -> Path:
    folder.mkdir()
    encoder = msgspec.json.Encoder()
    (folder / "run.jsonl").write_bytes(b"".join(encoder.encode(record) + b"\n" for record in records))
    return folder


def test_a_slower_operation_is_named_and_nothing_else() -> None:
    comparison = compare(made_run(1), made_run(2, target=Target(slower_ms={"GET /health": 30})))
    assert (comparison.result, comparison.exit_code) == (Result.REGRESSION, ExitCode.REGRESSION)
    assert {label for label, _, _ in changed(comparison)} == {HEALTH}
    p50 = figure(comparison, HEALTH, "p50_ms")
    assert p50.delta == pytest.approx(30, abs=1) and p50.share == pytest.approx(10, rel=0.1)
    assert 0 < p50.noise < 2
    (text, *_) = [text for _, text in changes(comparison)]
    assert text.startswith(f"{HEALTH}: p50 3.0 ms → 33 ms (+30 ms, ")


def test_an_improvement_is_told_and_passes() -> None:
    comparison = compare(made_run(1, target=Target(slower_ms={"GET /tree": 30})), made_run(2))
    assert (comparison.result, comparison.exit_code) == (Result.IMPROVEMENT, ExitCode.PASSED)
    assert ("HTTP GET /tree", "p50_ms", "better") in changed(comparison)


def test_a_run_is_the_same_as_itself_and_as_its_repetition() -> None:
    records = made_run(1)
    itself = compare(records, records)
    assert (itself.result, itself.exit_code) == (Result.SAME, ExitCode.PASSED)
    assert all(not f.delta for _, _, f in itself.figures())
    assert compare(records, made_run(2)).result is Result.SAME


def test_whenever_it_is_made_a_comparison_is_the_same() -> None:
    first, second = (compare(made_run(1), made_run(2)) for _ in range(2))
    assert first == second


@pytest.mark.parametrize(
    ("limits", "result"),
    [(Limits(), Result.REGRESSION), (Limits(ms=40), Result.SAME), (Limits(percent=2000), Result.SAME)],
)
def test_a_change_has_to_be_beyond_every_limit(limits: Limits, result: Result) -> None:
    run = made_run(2, target=Target(slower_ms={"GET /health": 30}))
    assert compare(made_run(1), run, limits).result is result


def test_a_change_within_the_noise_is_none_however_large() -> None:
    """A pause in two seconds of fifteen shows in the p95 of one run and not in that of the next."""

    def shaken(record: Record) -> Record:
        if not (isinstance(record, Interval) and record.began_s in (4, 5)):
            return record
        tallies = [replace(tally, ok_latency=Histogram()) for tally in record.tallies]
        for tally in tallies:
            for _ in range(tally.ok):
                tally.ok_latency.record(80.0)
        return replace(record, tallies=tallies)

    calm = Target(pauses=0)
    comparison = compare(made_run(1, 15, calm), [shaken(record) for record in made_run(2, 15, calm)])
    p95 = figure(comparison, HEALTH, "p95_ms")
    assert p95.delta == pytest.approx(74, abs=5) and p95.noise > p95.delta and p95.change is Change.SAME


def test_a_p99_needs_its_thousand() -> None:
    base = made_run(1, target=Target(pauses=0))
    run = made_run(2, target=Target({"GET /health": 30}, pauses=0))
    assert figure(compare(base, run), HEALTH, "p99_ms").change is Change.UNJUDGED
    assert figure(compare(base, run, Limits(p99_asks=500)), HEALTH, "p99_ms").change is Change.WORSE


def test_failures_are_told_by_what_their_counts_allow() -> None:
    comparison = compare(made_run(1), made_run(2, target=Target(failing={"GET /projects": 0.1})))
    assert changed(comparison) == {("HTTP GET /projects", "failed", "worse")}
    one_in_many = compare(made_run(1), made_run(2, target=Target(failing={"POST /login": 0.02})))
    assert one_in_many.result is Result.SAME


def test_an_outage_of_three_seconds_is_told_although_it_filled_few_of_the_intervals() -> None:
    def broken(record: Record) -> Record:
        if not (isinstance(record, Interval) and 30 <= record.began_s < 33):
            return record
        tallies = [replace(t, ok=0, failed=t.asks, ok_latency=type(t.ok_latency)()) for t in record.tallies]
        return replace(record, tallies=tallies)

    comparison = compare(made_run(1), [broken(record) for record in made_run(2)])
    assert (HEALTH, "failed", "worse") in changed(comparison)


def test_the_rate_of_a_phase_is_judged_as_a_whole() -> None:
    """Users that wait for one slow operation ask all the others less: none of those is to blame."""
    slow = [
        replace(r, lasted_s=2.0, began_s=2 * r.began_s)
        if isinstance(r, Interval)
        else replace(r, at_s=2 * r.at_s)
        if isinstance(r, End)
        else r
        for r in made_run(2)
        if isinstance(r, Header | Interval | Event | End)
    ]
    comparison = compare(made_run(1), slow)
    assert changed(comparison) == {("all operations", "rps", "worse")}
    assert figure(comparison, "all operations", "rps").share == pytest.approx(-0.5, abs=0.05)


def test_memory_is_told_worker_by_worker() -> None:
    comparison = compare(made_run(1, 120), made_run(2, 120, Target(slope_mb_per_min=6)))
    (worker,) = comparison.run_workers
    assert worker.change is Change.WORSE and worker.slope_mb_per_min == pytest.approx(6, abs=0.5)
    assert comparison.result is Result.REGRESSION
    short = compare(made_run(1, 30), made_run(2, 30, Target(slope_mb_per_min=60)))
    assert short.run_workers[0].change is Change.UNJUDGED and short.result is Result.SAME


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"users": 20}, "10 users in the base, 20 here"),
        ({"mix": {"LoraxLoadUser": 1.0}}, "mix LoraxHttpUser 1 in the base, LoraxLoadUser 1 here"),
        ({"scenario": "another"}, "phase 1, another: not in the base"),
    ],
)
def test_what_says_nothing_of_each_other_is_refused(change: dict[str, object], reason: str) -> None:
    with pytest.raises(RunError, match=reason) as refusal:
        compare(made_run(1), made_run(2, **change))
    assert refusal.value.exit_code == ExitCode.USAGE


def test_a_mix_is_the_same_in_other_numbers() -> None:
    assert compare(made_run(1, mix={"A": 5.0, "B": 2.0}), made_run(2, mix={"A": 50.0, "B": 20.0})).phases


def test_phases_are_matched_by_scenario_and_turn() -> None:
    comparison = compare(two_phases(1, "calm", "busy"), two_phases(2, "busy", "busy"))
    assert [(p.scenario, p.base_number, p.run_number) for p in comparison.phases] == [("busy", 2, 1)]
    assert "phase 2, busy: not in the base: not compared" in comparison.warnings
    assert "phase 1 of the base, calm: not in this run: not compared" in comparison.warnings


def test_what_is_only_doubtful_is_a_warning() -> None:
    base = made_run(1)
    header = replace(
        base[0], host="http://10.0.0.7:8080", versions={"lorax-tui": "9"}, config={"target": {"project": "x"}}
    )
    comparison = compare(base, [header, *made_run(2, 150)[1:-1]])
    assert comparison.result is Result.SAME
    told = "\n".join(comparison.warnings)
    for words in ("another target", "another lorax-tui", "another target project", "60 s settled"):
        assert words in told


def test_a_phase_that_is_inconclusive_is_not_judged() -> None:
    bound = Health(lag_p99_ms=400.0, cpu_percent=99.0)
    run = [replace(r, health=bound) if isinstance(r, Interval) else r for r in made_run(2)]
    comparison = compare(made_run(1, target=Target(slower_ms={"GET /health": -1})), run)
    assert comparison.phases[0].doubt == "the generator was at its own limit in this run"
    assert (comparison.result, comparison.exit_code) == (Result.INCONCLUSIVE, ExitCode.INCONCLUSIVE)
    unsettled = [replace(r, settled_s=None) if isinstance(r, Interval) else r for r in made_run(2)]
    assert compare(made_run(1), unsettled).phases[0].doubt == "never settled in this run"
    lost = WorkerPart("w1", WorkerState.LOST, seconds_lost=1)
    untold = [replace(r, workers=[lost]) if isinstance(r, Interval) and r.began_s == 9 else r for r in made_run(2)]
    assert compare(made_run(1), untold).phases[0].doubt == "1 s of a worker's figures are lost in this run"


def test_what_stood_still_is_no_stretch_of_a_phase() -> None:
    stopped = [replace(r, stood_still_s=1.0) if isinstance(r, Interval) and r.began_s == 9 else r for r in made_run(2)]
    whole, side = Side(made_run(2)), Side(stopped)
    lengths = [sum(part.lasted_s for part in one.slices(one.phases[0])) for one in (whole, side)]
    assert lengths == [whole.settled_for_s(whole.phases[0]), side.settled_for_s(side.phases[0])] == [60.0, 59.0]


@settings(max_examples=80, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(runs(), runs())
def test_any_two_journals_are_compared_or_refused(base: list[Record], run: list[Record]) -> None:
    try:
        comparison = compare(base, run)
    except RunError as refusal:
        assert "\n" not in str(refusal)
        return
    json.dumps(plain(comparison), allow_nan=False)
    assert markdown(comparison)
    assert all("\n" not in text for width in (60, 80, 118) for _, text in table(comparison, width))


def test_the_table_has_every_figure_where_there_is_room_and_fits_where_there_is_less() -> None:
    comparison = compare(made_run(1), made_run(2, target=Target(slower_ms={"GET /health": 30})))
    for width in (80, 118):
        lines = [text for _, text in table(comparison, width)]
        (row,) = [text for text in lines if text.startswith("✗ GET /health")]
        assert row.split()[3:5] == ["3.0", "33"] and len(row) <= width
    assert "p99 ms" in "\n".join(lines) and "all operations" in "\n".join(lines)


def test_hostile_names_stay_text() -> None:
    records = made_run(1)
    hostile = [
        replace(r, tallies=[replace(t, name="a|b <script> @all [x](y)") for t in r.tallies[:1]])
        if isinstance(r, Interval)
        else r
        for r in records
    ]
    comparison = compare(hostile, hostile)
    assert "<script>" not in markdown(comparison) and "a|b" not in markdown(comparison)
    (row,) = [line for line in markdown(comparison).splitlines() if "script" in line]
    assert row.count("|") == 7


def test_the_command_tells_its_result_in_three_ways(tmp_path: Path, capsys, monkeypatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    base = written(tmp_path / "20260101T000000Z-made-aaaaaa", made_run(1))
    slower = written(
        tmp_path / "20260102T000000Z-made-bbbbbb", made_run(2, target=Target(slower_ms={"GET /health": 30}))
    )
    again = written(tmp_path / "again", made_run(3)[:-1])
    common = ["--runs-dir", str(tmp_path)]
    assert run_program(["compare", base.name, str(again), *common]) == 0
    out = capsys.readouterr().out
    assert out.startswith("same: ") and "! this run: recovered: cut off at 01:00" in out
    report = tmp_path / "report.md"
    assert run_program(["compare", base.name, slower.name, "--markdown", str(report), *common]) == 5
    assert f"✗ {HEALTH}: p50" in capsys.readouterr().out
    assert report.read_text().startswith("## regression") and report.stat().st_mode & 0o777 == 0o600
    assert run_program(["compare", base.name, slower.name, "--json", "--ms", "50", *common]) == 0
    assert json.loads(capsys.readouterr().out)["result"] == "same"
    assert run_program(["compare", base.name, "nothing", *common]) == 2
    assert "there is no such run" in capsys.readouterr().err


def test_paced_phases_are_compared_from_the_intended_start_and_with_none_but_paced_ones() -> None:
    """The target answers as fast as ever; what waited for its turn tells that it had stalled."""
    pacing = Pacing(20.0, 1, 0.0)

    def paced(seed: int, waited_ms: float) -> list[Record]:
        records = made_run(seed, 30, pacing=pacing)
        for record in records:
            for tally in record.tallies if isinstance(record, Interval) else ():
                tally.intended_latency.merge(tally.ok_latency)
                if tally.name == "GET /health" and waited_ms:
                    tally.intended_latency = Histogram()
                    for _ in range(tally.ok):
                        tally.intended_latency.record(waited_ms)
        return records

    comparison = compare(paced(1, 0), paced(2, 50))
    assert comparison.phases[0].is_paced and ("HTTP GET /health", "p50_ms", "worse") in changed(comparison)
    with pytest.raises(RunError, match="closed loop in the base, 20 requests/s here"):
        compare(made_run(1), paced(2, 0))


def test_what_is_never_answered_any_more_is_not_the_same() -> None:
    def hung(record: Record) -> Record:
        if not isinstance(record, Interval):
            return record
        return replace(record, tallies=[tally for tally in record.tallies if tally.name != "POST /login"])

    comparison = compare(made_run(1), [hung(record) for record in made_run(2)])
    assert (comparison.result, comparison.exit_code) == (Result.INCONCLUSIVE, ExitCode.INCONCLUSIVE)
    assert "HTTP POST /login: answered in the base only" in comparison.warnings
