"""The baseline beside a run that goes on: which phase, at which time, and only where it says something."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import pytest

from lorax_tui.errors import RunError
from lorax_tui.model.phase_view import PhaseView
from lorax_tui.model.records import HTTP, Record
from lorax_tui.model.run import Run
from lorax_tui.runs.baseline import load_baseline
from tests.unit.synthetic import Target, made_run, two_phases


def written(folder, records: list[Record]):
    folder.mkdir()
    (folder / "run.jsonl").write_bytes(b"".join(msgspec.json.encode(record) + b"\n" for record in records))
    return folder


def phases(records: list[Record]) -> tuple[PhaseView, ...]:
    run = Run()
    for record in records:
        run.fold(record)
    return run.view().phases


def test_a_phase_is_drawn_from_its_own_start_whenever_it_began_in_the_baseline(tmp_path) -> None:
    baseline = load_baseline(written(tmp_path / "base", two_phases(1, "calm", "busy")))
    now = phases(made_run(2, 20, scenario="busy"))
    drawn = list(baseline.drawn(now, (0.0, 20.0), lambda phase: phase.ok_rate))
    assert drawn[0] == (0.0, None) and [at_s for at_s, _ in drawn[1:]] == [float(second) for second in range(1, 21)]
    (busy,) = [phase for phase in baseline.phases if phase.scenario == "busy"]
    assert [value for _, value in drawn[1:]] == list(busy.ok_rate[:20])


def test_only_what_is_on_the_axis_is_drawn_and_only_as_long_as_the_phase_lasted(tmp_path) -> None:
    baseline = load_baseline(written(tmp_path / "base", made_run(1, 30)))
    (now,) = phases(made_run(2, 100))
    late = list(baseline.drawn([now], (20.0, 80.0), lambda phase: phase.ok_rate))
    assert [at_s for at_s, _ in late[1:]] == [float(second) for second in range(21, 31)]
    assert list(baseline.drawn([now], (40.0, 100.0), lambda phase: phase.ok_rate))[1:] == []
    over = replace(now, end_s=5.0)
    assert max(at_s for at_s, _ in baseline.drawn([over], (0.0, 60.0), lambda phase: phase.ok_rate)) == 5.0


def test_another_load_is_no_measure(tmp_path) -> None:
    baseline = load_baseline(written(tmp_path / "base", made_run(1, 20)))
    for changed in ({"users": 11}, {"scenario": "other"}, {"mix": {"LoraxLoadUser": 1.0}}):
        now = phases(made_run(2, 20, **changed))
        assert baseline.beside(now, 0) is None
        assert not list(baseline.drawn(now, (0.0, 20.0), lambda phase: phase.ok_rate))
    twice = phases(two_phases(1, "made", "made"))
    assert baseline.beside(twice, 0) is not None and baseline.beside(twice, 1) is None


def test_its_figures_are_those_of_the_run_itself(tmp_path) -> None:
    records = made_run(1, 120, Target(pauses=0))
    baseline = load_baseline(written(tmp_path / "base", records))
    (phase,), (view,) = baseline.phases, phases(records)
    assert {(row.protocol, row.name): row.p95_ms for row in view.operations} == {
        operation: latency.p95_ms for operation, latency in phase.settled.items()
    }
    assert len(phase.at_s) == len(phase.ok_rate) == len(phase.p95_ms[(HTTP, "")]) == 120


def test_a_long_run_has_all_of_its_phases_and_points(tmp_path) -> None:
    records = made_run(1, 700, Target(speed=0.05))
    assert len(load_baseline(written(tmp_path / "base", records)).phases[0].at_s) == 700


def test_what_is_no_run_is_refused(tmp_path) -> None:
    with pytest.raises(RunError):
        load_baseline(tmp_path)
