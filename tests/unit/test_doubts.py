"""What a rule lacks that could not be decided, in words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lorax_tui.headless.closing import closing
from lorax_tui.model.doubts import Lack, lack, open_rules
from lorax_tui.model.records import HTTP
from lorax_tui.model.rule import Rule
from lorax_tui.model.run import Run
from lorax_tui.model.thresholds import MEMORY, Judgement, Verdict
from lorax_tui.runs.plain import threshold
from lorax_tui.runs.report.figures import why
from tests.ui import views
from tests.unit.recorded import records

OPEN = Verdict.INCONCLUSIVE


def judged(rule: str, value: float | None, **changes: object) -> Judgement:
    return replace(Judgement(HTTP, Rule.parse(rule), value, OPEN), **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("judgement", "missing", "told"),
    [
        (
            judged("p99 < 2s", 3100.0, at_most=True),
            Lack.FEW,
            "HTTP p99 is undecided: too few answers, the slowest 3100",
        ),
        (judged("p99 < 2s", None, at_most=True), Lack.NOTHING, "nothing was answered once the users were there"),
        (judged("error_rate < 1%", None), Lack.NOTHING, "HTTP error_rate is undecided: nothing was answered"),
        (judged("p99 < 2s", None), Lack.HANGING, "could put it over its limit of 2000 ms"),
        (judged("p99 < 2s", 12.0), Lack.HANGING, "asks that were still without an answer could put it over"),
        (judged("p95 < 1s", 1200.0, is_intended=True), Lack.WAITED, "want of a free user, 1200 ms since they were due"),
        (judged("p95 < 1s for 30s", 1200.0), Lack.PASSING, "never for so long: 1200 ms in all, the limit is 1000 ms"),
        (judged("error_rate < 5% for 10s", 0.08), Lack.PASSING, "never for so long: 8 % in all, the limit is 5 %"),
        (judged("rps > 50 for 30s", 40.0), Lack.PASSING, "HTTP rps is undecided: it was beyond its limit"),
        (judged("rps > 50", 40.0), Lack.BRIEF, "HTTP rps is undecided: the users were there for too short a time"),
        (judged("rss_growth < 1 MB/min", None, protocol=MEMORY), None, "is undecided: too short to tell"),
    ],
)
def test_what_is_lacking_is_named_alike_on_the_screen_and_in_reports(
    judgement: Judgement, missing: Lack | None, told: str
) -> None:
    assert lack(judgement) is missing and told in why(threshold(judgement))
    assert lack(replace(judgement, verdict=Verdict.FAILED)) is lack(replace(judgement, verdict=Verdict.PASSED)) is None


def test_a_phase_names_the_first_of_its_open_rules_and_counts_the_rest() -> None:
    few = [judged(rule, 3100.0, at_most=True) for rule in ("p99 < 2s", "p95 < 1s", "p50 < 1s")]
    phase = replace(views.phase(1, "smoke", 5, 0.0), judgements=(*few, judged("p95 < 2s", None)), verdict=OPEN)
    assert open_rules([phase, phase]) == [
        "HTTP p99 < 2s and 2 more: too few answers",
        "HTTP p95 < 2s: asks that were still without an answer could put it over its limit",
    ]
    assert open_rules([replace(phase, verdict=Verdict.FAILED), replace(phase, settled_s=None)]) == []


def test_the_plain_reader_says_why_it_cannot_tell() -> None:
    run = Run()
    for record in records():
        run.fold(record)
    view = run.view()
    few = replace(views.phase(1, "smoke", 5, 0.0), judgements=(judged("p99 < 2s", 3100.0, at_most=True),), verdict=OPEN)
    told = closing(replace(view, phases=(few,), errors=(), verdict=OPEN))
    assert told.endswith("verdict: inconclusive  (HTTP p99 < 2s: too few answers)")
