"""What other programs call, on runs that are on disk and on one that is folded."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

import lorax_tui
from lorax_tui import validate_results
from lorax_tui.errors import RunError, UsageError
from lorax_tui.model.records import Event, EventKind, Interval, PhaseStart, Record
from lorax_tui.model.run import Run
from lorax_tui.runs import store
from lorax_tui.runs.summary import summary
from tests.unit.recorded import records
from tests.unit.strategies import HEADER

RULES = """
[scenarios.lenient]
users = 1
spawn_rate = 1
duration = "1s"
mix = { LoraxHttpUser = 1 }
thresholds = { HTTP = ["p95 < 10s"] }
"""


@pytest.fixture
def scenarios(tmp_path: Path) -> Path:
    path = tmp_path / "scenarios.toml"
    path.write_text(RULES)
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return kept(tmp_path / "20260101T000000Z-smoke-abc123", records())


def kept(folder: Path, found: list[Record]) -> Path:
    folder.mkdir()
    (folder / store.JOURNAL).write_bytes(b"".join(msgspec.json.encode(record) + b"\n" for record in found))
    return folder


def folded(found: list[Record]) -> Run:
    run = Run()
    for record in found:
        run.fold(record)
    return run


def test_what_is_exported_is_there() -> None:
    assert all(hasattr(lorax_tui, name) for name in lorax_tui.__all__)
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = lorax_tui.nothing


def test_a_broken_rule_is_a_failure_with_its_figures(folder: Path) -> None:
    results = validate_results(folder)
    assert results["passed"] is False
    assert [failure.partition(" was ")[0] for failure in results["failures"] if " was " in failure] == [
        "HTTP p95", "HTTP p95", "HTTP error_rate",
    ]  # fmt: skip
    assert results["failures"][0].endswith("the limit is 10 ms (phase 1, smoke)")
    assert results["metrics"].keys() == {"HTTP", "Socket.IO"}
    http, socket_io = results["metrics"]["HTTP"], results["metrics"]["Socket.IO"]
    assert http["asks"] == 334 and http["error_rate"] == round(4 / 334, 6)
    assert http["p95_ms"] is not None and http["p99_ms"] is not None and http["p95_ms"] < http["p99_ms"]
    assert socket_io["asks"] == 50 and socket_io["error_rate"] == 0 and socket_io["p99_ms"] is None


@pytest.mark.parametrize("how", ["folder", "text", "name", "beginning", "last", "run"])
def test_a_run_is_named_in_any_way(how: str, folder: Path) -> None:
    named: dict[str, Run | str | Path] = {
        "folder": folder, "text": str(folder), "name": folder.name, "beginning": "20260101", "last": "last",
        "run": folded(records()),
    }  # fmt: skip
    assert validate_results(named[how], runs_dir=folder.parent) == validate_results(folder)


@pytest.mark.parametrize("is_folded", [True, False])
def test_the_rules_can_be_another_scenarios(is_folded: bool, folder: Path, scenarios: Path) -> None:
    run = folded(records())
    before = summary(run)
    found = validate_results(run if is_folded else folder, "lenient", config_file=scenarios)
    assert found == {"passed": True, "failures": [], "metrics": validate_results(folder)["metrics"]}
    assert summary(run) == before
    with pytest.raises(UsageError, match="did you mean lenient"):
        validate_results(folder, "lenien", config_file=scenarios)


def test_metrics_of_one_phase_are_those_of_its_summary() -> None:
    run = folded(records()[:14])
    [phase] = summary(run)["phases"]
    for protocol, metrics in validate_results(run)["metrics"].items():
        for name in ("p95_ms", "p99_ms", "error_rate"):
            assert metrics[name] == phase["protocols"][protocol][name]  # type: ignore[literal-required]


@pytest.mark.parametrize(
    ("found", "why"),
    [
        ([HEADER], "no load was made"),
        ([HEADER, Event(0.0, EventKind.SWITCH, "", PhaseStart(1, "smoke", 1, 1, {}))], "users were not always reached"),
        (
            [
                HEADER,
                Event(0.0, EventKind.SWITCH, "", PhaseStart(1, "smoke", 1, 1, {}, None, {"HTTP": ["p95 < 1s"]})),
                Interval(0.0, 1.0, 1, 0.0),
            ],
            "HTTP p95 is undecided: nothing was answered",
        ),
    ],
)
def test_no_data_is_not_passed(found: list[Record], why: str) -> None:
    results = validate_results(folded(found))
    assert results["passed"] is False and results["metrics"] == {}
    assert why in results["failures"][0]


def test_a_run_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="there is no such run"):
        validate_results("nowhere", runs_dir=tmp_path)
