"""Journals with whatever numbers somebody may have written into them: compared or refused, never more than that."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random
from typing import Any

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lorax_tui.errors import RunError
from lorax_tui.model.records import Record
from lorax_tui.model.run import Run
from lorax_tui.runs.baseline import load_baseline
from lorax_tui.runs.comparison import compare_runs
from lorax_tui.runs.comparison.documents import markdown, plain
from lorax_tui.runs.comparison.table import table
from lorax_tui.runs.recorded import read
from tests.unit.synthetic import made_run

NUMBERS = (0, -1, 1, -5, 1e308, -1e308, 1e-300, 1e17, 2**63, 2**64, 10**30, None)
PLAIN = [msgspec.to_builtins(record, str_keys=True) for record in made_run(1, 8)]
DECODER = msgspec.json.Decoder(Record)


def changed(value: Any, random: Random, share: float) -> Any:
    if isinstance(value, dict):
        return {key: changed(item, random, share) for key, item in value.items()}
    if isinstance(value, list):
        return [changed(item, random, share) for item in value]
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return random.choice(NUMBERS) if is_number and random.random() < share else value


def lines(seed: int) -> list[bytes]:
    """A journal each of whose lines can be read."""
    random, found = Random(seed), []
    for record in PLAIN:
        share = random.choice((0.0, 0.02, 0.1, 0.3))
        for tried in (changed(record, random, share), record):
            line = msgspec.json.encode(tried)
            try:
                DECODER.decode(line)
            except msgspec.DecodeError:
                continue
            found.append(line + b"\n")
            break
    return found


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
@given(seeds=st.tuples(st.integers(0, 10**6), st.integers(0, 10**6)))
def test_any_numbers_are_compared_or_refused_and_drawn(tmp_path: Path, seeds: tuple[int, int]) -> None:
    folders = [tmp_path / "base", tmp_path / "run"]
    for folder, seed in zip(folders, seeds, strict=True):
        folder.mkdir(exist_ok=True)
        (folder / "run.jsonl").write_bytes(b"".join(lines(seed)))
    try:
        comparison = compare_runs(*folders)
    except RunError as refusal:
        assert "\n" not in str(refusal)
    else:
        json.dumps(plain(comparison), allow_nan=False)
        assert markdown(comparison) and table(comparison, 118)
    run = Run()
    for record in read(folders[1] / "run.jsonl").records:
        run.fold(record)
    phases = run.view().phases
    drawn = list(load_baseline(folders[0]).drawn(phases, (0.0, 60.0), lambda phase: phase.ok_rate))
    assert all(value is None or value == value for _, value in drawn)
