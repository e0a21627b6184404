"""The reports: the same figures in each to the last digit that it prints, and strings that stay text."""

from __future__ import annotations

import csv
import io
import json
import re
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as Xml

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings

from lorax_tui.errors import RunError
from lorax_tui.model.arrivals import Pacing
from lorax_tui.model.health import Health
from lorax_tui.model.point import Latency, Point
from lorax_tui.model.records import (
    HTTP,
    SOCKET_IO,
    End,
    Event,
    EventKind,
    Interval,
    PhaseStart,
    Record,
    TargetSample,
    UserCount,
)
from lorax_tui.model.stages import Planned, StageMark
from lorax_tui.model.tally import Tally
from lorax_tui.runs import store
from lorax_tui.runs.plain import Plain
from lorax_tui.runs.report import locust_csv
from lorax_tui.runs.report.course import Course, thinned
from lorax_tui.runs.report.figures import reasons
from lorax_tui.runs.report.files import Wanted, make_folder, write
from lorax_tui.runs.report.html import html, script_safe
from lorax_tui.runs.report.junit import junit
from lorax_tui.runs.report.markdown import markdown
from lorax_tui.runs.report.operations import operations
from lorax_tui.runs.report.series import series
from lorax_tui.runs.summary import summary
from tests.unit.recorded import FORMULAS, HOSTILE, records, tally
from tests.unit.strategies import HEADER, runs


class Page(HTMLParser):
    """What a browser would make of the markup: its elements, its text and the cells of its tables."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.rows: list[list[str]] = []
        self.scripts: list[str] = []
        self._in_cell = self._in_script = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")
            self._in_cell = True
        if tag == "script":
            self.scripts.append("")
            self._in_script = True

    def handle_endtag(self, tag: str) -> None:
        self._in_script = self._in_script and tag != "script"
        self._in_cell = self._in_cell and tag not in ("td", "th")

    def handle_data(self, data: str) -> None:
        if self._in_script:
            self.scripts[-1] += data
        elif self._in_cell:
            self.rows[-1][-1] += data


def table(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def assert_printed(shown: str, value: float | None) -> None:
    """What is printed is the value, to the last digit of what is printed."""
    if value is None:
        assert shown in ("–", "– MB/min")
        return
    number = re.search(r"\d+(?:\.(\d+))?", shown)
    assert number is not None, shown
    factor = 1000 if shown.endswith(" s") else 1
    digits = len(number[1] or "")
    assert abs(float(number[0]) * factor - value) <= factor * 0.5 * 10**-digits + 1e-9, (shown, value)


def test_all_reports_print_the_figures_of_the_summary() -> None:
    course = Course(records())
    found = summary(course.run)
    page, operations = Page(html(course)), locust_csv.stats(course.run)
    _assert_html(page, found)
    for row, shown in zip(sorted(found["operations"], key=_locust_order), table(operations), strict=False):
        assert int(shown["Request Count"]) == row["ok"] + row["failed"]
        for figure, column in {"rps": "Requests/s", "p50_ms": "50%", "p95_ms": "95%", "p99_ms": "99%"}.items():
            assert shown[column] == ("N/A" if row[figure] is None else str(row[figure])), (row["name"], figure)
        assert shown["Max Response Time"] == str(row["max_ms"])
    cases = Xml.fromstring(junit(found)).findall(".//testcase")
    rules = [rule for phase in found["phases"] for rule in phase["thresholds"]]
    assert len(cases) == len(rules) == 10
    for case, rule in zip(cases, rules, strict=True):
        if rule["value"] is None:
            assert case.find("system-out") is None
            continue
        measured = re.fullmatch(r"measured (at most )?([\d.]+) (ms|%)", case.findtext("system-out") or "")
        assert measured is not None
        assert (bool(measured[1]), float(measured[2]), measured[3]) == (rule["at_most"], rule["value"], rule["unit"])


def _locust_order(row: Plain) -> tuple[str, str]:
    kind, _, name = row["name"].partition(" ")
    return (name, kind) if kind == "GET" else (row["name"], row["protocol"])


def _assert_html(page: Page, found: Plain) -> None:
    rows = iter(page.rows)
    for phase in found["phases"]:
        assert next(rows)[0] == "threshold"
        for rule, (name, measured, _, _, verdict) in zip(phase["thresholds"], rows, strict=False):
            assert name == f"{rule['protocol']} {rule['rule']}"
            assert_printed(measured, rule["value"])
            assert verdict.endswith(rule["verdict"])
            if rule is phase["thresholds"][-1]:
                break
    for part in (*found["phases"], found):
        assert next(rows)[0] == "operation"
        for row in part["operations"]:
            name, rps, asks, failed, interrupted, *latencies = next(rows)
            assert name.startswith(row["name"])
            assert (int(asks), int(failed), int(interrupted)) == (row["asks"], row["failed"], row["interrupted"])
            assert_printed(rps, row["rps"])
            for shown, figure in zip(latencies, ("p50_ms", "p95_ms", "p99_ms", "max_ms"), strict=True):
                assert_printed(shown, row[figure])


def test_a_broken_rule_fails_its_case_and_an_undecided_one_is_skipped() -> None:
    suites = Xml.fromstring(junit(summary(Course(records()).run)))
    assert [suites.get(count) for count in ("tests", "failures", "skipped")] == ["10", "3", "2"]
    first, second = suites
    assert first.get("name") == "phase 1: smoke" and second.get("name") == "phase 2: medium"
    failure = second.find("testcase/failure")
    assert failure is not None
    assert re.fullmatch(r"HTTP p95 was [\d.]+ ms, the limit is 10 ms", failure.get("message", ""))
    skipped = second.find("testcase[@name='Socket.IO p99 < 5ms']/skipped")
    assert skipped is not None and "too few answers" in skipped.get("message", "")


def test_a_phase_in_doubt_has_no_failed_and_no_passed_case() -> None:
    strained = [
        msgspec.structs.replace(record, health=Health(lag_p99_ms=500)) if isinstance(record, Interval) else record
        for record in records()
    ]
    suites = Xml.fromstring(junit(summary(Course(strained).run)))
    assert suites.get("failures") == "0" and suites.get("skipped") == suites.get("tests") == "10"
    assert {skipped.get("message") for skipped in suites.iter("skipped")} == {
        "the generator was at its limit: its loop lagged by more than 50 ms"
    }


def test_memory_that_cannot_be_told_skips_its_own_case_alone() -> None:
    watched = [
        msgspec.structs.replace(record, start=msgspec.structs.replace(record.start, max_growth_mb_per_min=1.0))
        if isinstance(record, Event) and record.start is not None
        else record
        for record in records()
    ]
    found = summary(Course(watched).run)
    suites = Xml.fromstring(junit(found))
    assert [suites.get(count) for count in ("tests", "failures", "skipped")] == ["12", "3", "4"]
    assert reasons(found)[0] == "the memory was watched for too short a time (phase 1, smoke)"
    _assert_html(Page(html(Course(watched))), found)


def test_phases_that_are_not_listed_any_more_are_told_and_fail_if_they_did() -> None:
    found = summary(Course(records()).run) | {"earlier_phases": 7}
    told = "7 earlier phases are not listed: they are in the totals and in the verdict"
    assert told in markdown(found) and told in operations(found)
    suite = Xml.fromstring(junit(found)).find("testsuite[@name='earlier phases']")
    assert suite is not None and (suite.get("tests"), suite.get("skipped")) == ("1", "1")
    for phase in found["phases"]:
        phase["verdict"] = "passed"
    suite = Xml.fromstring(junit(found)).find("testsuite[@name='earlier phases']")
    assert suite is not None and (suite.get("tests"), suite.get("failures")) == ("1", "1")


def test_strings_of_the_run_stay_text() -> None:
    course = Course(records())
    text = html(course)
    page = Page(text)
    assert len(page.scripts) == 3 and page.tags.count("b") == page.tags.count("img") == 0
    assert not [name for name, _ in page.attributes if name.startswith("on")]
    assert "alert(1)" in text and "<script>alert" not in text and "\u2028" not in page.scripts[0]
    assert json.loads(page.scripts[0])["events"][1]["text"] == HOSTILE
    assert (
        text.count("http://") + text.count("https://") == text.count("http://127.0.0.1:8080") + 1
    )  # where uPlot is from
    shown = markdown(summary(course.run))
    assert "<b" not in shown and "`" not in shown
    assert not [line for line in shown.splitlines() if line.startswith("|") and line.count("|") not in (5, 10)]


def test_a_script_cannot_be_ended_by_its_data() -> None:
    value = {"text": "</script><!--&\u2028\u2029"}
    assert not set(script_safe(value)) & set("<>&\u2028\u2029")
    assert json.loads(script_safe(value)) == value


@pytest.mark.parametrize("text", FORMULAS)
def test_a_spreadsheet_finds_no_formula(text: str) -> None:
    start = Event(0.0, EventKind.SWITCH, "", PhaseStart(1, "smoke", 1, 1, {}))
    run = Course([HEADER, start, Interval(0.0, 1.0, 1, tallies=[tally(1, False, SOCKET_IO, text, bad=1)])]).run
    assert table(locust_csv.stats(run))[0]["Name"] == f"'{text}"
    assert table(locust_csv.failures(run))[0]["Name"] == f"'{text}"


def test_the_history_ends_with_the_aggregated_row() -> None:
    course = Course(records())
    *_, total = table(locust_csv.stats(course.run))
    rows = table(locust_csv.history(records()))
    assert len(rows) == 12 and [row["User Count"] for row in rows] == ["5"] * 6 + ["50"] * 6
    assert {row["Name"] for row in rows} == {"Aggregated"}
    assert [int(row["Total Request Count"]) for row in rows] == [38 * n for n in range(1, 9)] + [
        38 * n + 4 for n in range(9, 13)
    ]
    for name in ("Request Count", "Failure Count", "Average Response Time", "Max Response Time"):
        assert rows[-1][f"Total {name}"] == total[name]
    assert [rows[-1][name] for name in ("50%", "99%", "100%")] == [total[name] for name in ("50%", "99%", "100%")]
    assert [int(after["Timestamp"]) - int(before["Timestamp"]) for before, after in pairwise(rows)] == [1] * 11
    assert table(locust_csv.failures(course.run))[0]["First Seen"] == "2026-01-01T00:00:09Z"


def test_a_long_run_is_thinned_and_says_so() -> None:
    points = [
        Point(float(second), 10.0 * (second % 2), 1.0, second, 9, {("HTTP", ""): Latency(1.0, second, None)})
        for second in range(1, 8)
    ]
    few, each = thinned(points, most=3)
    assert each == 3 and [point.at_s for point in few] == [3.0, 6.0, 7.0]
    assert [point.ok_rate for point in few] == [pytest.approx(20 / 3), pytest.approx(10 / 3), 10.0]
    assert [point.latency["HTTP", ""] for point in few] == [Latency(1.0, highest, None) for highest in (3, 6, 7)]
    assert thinned(points, most=7) == (points, 1) and thinned([]) == ([], 1)
    many = [HEADER, *(Interval(float(second), 1.0, 0) for second in range(7_300)), End(7_300.0, "finished")]
    text = html(Course(many))
    assert "each point stands for 3 intervals" in text
    assert len(json.loads(Page(text).scripts[0])["at_s"]) == 2_434


def test_a_hang_and_what_was_due_are_drawn_beside_the_percentiles() -> None:
    rules = {HTTP: ["p95 < 1s", "rps > 50"], "HTTP GET /health": ["p99 < 2s"]}
    start = PhaseStart(1, "paced", 2, 5, {"A": 1.0}, thresholds=rules, pacing=Pacing(40, 7, 0.0))

    def counted(**changes: Any) -> Tally:
        one = Tally(1, True, HTTP, "GET /health", **changes)
        for _ in range(one.ok):
            one.ok_latency.record(4.0)
            one.intended_latency.record(9.0)
        return one

    def interval(second: int, one: Tally) -> Interval:
        return Interval(float(second), 1.0, 1, 0.0, [one], {"A": UserCount(2, 2)})

    course = Course(
        [
            HEADER,
            Event(0.0, EventKind.SWITCH, "", start),
            interval(0, counted(asks=120, ok=120)),
            interval(1, counted(asks=2, in_flight=2, oldest_s=0.9)),
            interval(2, counted(in_flight=2, oldest_s=1.9)),
            End(3.0, "stopped"),
        ]
    )
    text = html(course)
    data = json.loads(Page(text).scripts[0])
    whole, operation = data["latency"]
    assert (whole["name"], operation["name"]) == ("", "GET /health")
    for drawn in (whole, operation):
        assert drawn["at_least"] == [None, 900.0, 1900.0]
        assert drawn["intended_p99"][0] == pytest.approx(9.0, rel=0.001)
    limits = [(limit["name"], limit["metric"], limit["ms"]) for limit in data["phases"][0]["limits"]]
    assert limits == [("", "p95", 1000.0), ("GET /health", "p99", 2000.0)]
    assert ">due p99<" in text.replace("\n", "")


def test_the_whole_course_is_told_and_not_its_end_alone() -> None:
    course = Course([HEADER, *(Interval(float(second), 1.0, 0) for second in range(1_000))])
    assert len(course.points) == 1_000 and course.points[0].at_s == 1.0


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(runs())
def test_any_run_can_be_reported(found: list[Record]) -> None:
    course = Course(found)
    Page(html(course))
    Xml.fromstring(junit(summary(course.run)))
    assert markdown(summary(course.run)).startswith("## ")
    assert table(locust_csv.stats(course.run))[-1]["Name"] == "Aggregated"
    locust_csv.failures(course.run)
    locust_csv.history(found)


def test_a_run_that_was_cut_off_is_reported_and_said_to_be(tmp_path: Path) -> None:
    folder = _kept(tmp_path, records()[:12])
    with (folder / store.JOURNAL).open("ab") as journal:
        journal.write(b'{"type":"interv')
    files = write(folder, Wanted.all_in(tmp_path))
    assert sorted(path.name for path in files) == [
        "report.html", "report.json", "report.md", "report.xml", "report_failures.csv", "report_stats.csv",
        "report_stats_history.csv",
    ]  # fmt: skip
    assert all(path.stat().st_mode & 0o777 == 0o600 for path in files)
    told = "recovered: cut off at 00:05, 15 bytes dropped"
    assert told in (tmp_path / "report.html").read_text() and told in (tmp_path / "report.md").read_text()
    assert json.loads((tmp_path / "report.json").read_text())["ended"] is None


def test_a_report_that_cannot_be_written_is_told_in_one_line(tmp_path: Path) -> None:
    folder = _kept(tmp_path, records())
    with pytest.raises(RunError, match=r"nowhere/page\.html: cannot be written"):
        write(folder, Wanted(html=tmp_path / "nowhere/page.html"))
    (tmp_path / "file").touch()
    with pytest.raises(RunError, match="no report can be written there"):
        make_folder(tmp_path / "file")


def _kept(folder: Path, found: list[Record]) -> Path:
    (folder / store.JOURNAL).write_bytes(b"".join(msgspec.json.encode(record) + b"\n" for record in found))
    return folder


def test_stages_that_were_never_reached_are_told() -> None:
    ahead = [Planned(40, 5, 60), Planned(80, 5, 90)]
    found = [
        msgspec.structs.replace(record, start=msgspec.structs.replace(record.start, stage=StageMark(1, 3, ahead)))
        if isinstance(record, Event) and record.start is not None and record.start.phase == 2
        else record
        for record in records()
    ]
    page = html(Course(found))
    assert "not reached: stage 2 of 3, 40 users at 5 a second for 1m" in page
    assert "not reached: stage 3 of 3, 80 users at 5 a second for 1m30s" in page
    assert "not reached" not in html(Course(records()))


def test_seconds_without_a_sample_are_a_gap_in_the_memory_of_each_worker() -> None:
    silent = [TargetSample(20.0 + second, error="timed out") for second in range(3)]
    course = Course([*records()[:-2], *silent, TargetSample(23.0, 3.0, 42, 101.0), *records()[-2:]])
    by_pid = {one["pid"]: list(zip(one["at_s"], one["mb"], strict=True)) for one in series(course)["memory"]}
    assert by_pid[42][-2:] == [(20.0, None), (23.0, 101.0)] and by_pid[43][-1] == (20.0, None)
    assert [mb for _, mb in by_pid[42][:-2]].count(None) == 0
