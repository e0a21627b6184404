"""Reports of a real run, the page of them in a real browser."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as Xml

import pytest

from tests.backend import Backend
from tests.e2e.browser import CHROMIUM, Page, page
from tests.e2e.program import Ended, Launcher, records

pytestmark = pytest.mark.backend

HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(2)>"

OWN = f"""
from lorax_tui.users import LoraxHttpUser, constant, task

class Own(LoraxHttpUser):
    wait_time = constant(0.1)

    @task(5)
    def hostile(self):
        with self.client.get("/health", name={HOSTILE!r}, catch_response=True) as response:
            response.failure("<b>=1+1</b> {HOSTILE}")
"""

SCENARIOS = """
[scenarios.first]
users = 4
spawn_rate = 20
duration = "5s"
mix = { LoraxHttpUser = 1, LoraxSocketUser = 1 }

[scenarios.second]
users = 6
spawn_rate = 20
duration = "5s"
mix = { Own = 2, LoraxSocketUser = 1 }
"""

needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed here")


@dataclass(frozen=True)
class Reported:
    """A run that ended, and the folder of its reports."""

    launcher: Launcher
    ended: Ended
    folder: Path


@pytest.fixture(scope="module")
def reported(backend: Backend, tmp_path_factory: pytest.TempPathFactory) -> Reported:
    """Two scenarios, the second with failures and names that would rather be markup; written by `--report`."""
    launcher = Launcher(tmp_path_factory.mktemp("reported"))
    (launcher.home / "scenarios.toml").write_text(SCENARIOS)
    (launcher.home / "own.py").write_text(OWN)
    folder = launcher.home / "reports/of this run"
    arguments = ("run", "first", "second", "--quiet", "-f", "own.py", "--host", backend.url, "--report", folder)
    return Reported(launcher, launcher.run(*arguments), folder)


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    with page(tmp_path_factory.mktemp("browser")) as opened:
        yield opened


@pytest.fixture
def shown(reported: Reported, browser: Page) -> Page:
    browser.complaints.clear()
    browser.requests.clear()
    browser.open((reported.folder / "report.html").as_uri())
    return browser


def test_a_quiet_run_says_the_end_alone_and_where_its_reports_are(reported: Reported) -> None:
    *before, reports, _ = reported.ended.out.splitlines()
    assert reports == f"reports: {reported.folder}"
    assert not [line for line in before if re.match(r" *\d\d:\d\d  ", line) and "limit" not in line]
    assert any(line.startswith("verdict: ") for line in before)
    assert reported.ended.code in (4, 7)  # broken, or in doubt on a machine that others keep busy
    assert reported.ended.err == ""


def test_all_formats_are_of_the_same_run(reported: Reported) -> None:
    names = {"report.html", "report.json", "report.md", "report.xml"}
    names |= {f"report_{part}.csv" for part in ("stats", "failures", "stats_history")}
    assert {path.name for path in reported.folder.iterdir()} == names
    assert all(path.stat().st_mode & 0o777 == 0o600 for path in reported.folder.iterdir())
    summary = reported.ended.summary
    assert json.loads((reported.folder / "report.json").read_text()) == summary
    rules = [rule for phase in summary["phases"] for rule in phase["thresholds"]]
    suites = Xml.parse(reported.folder / "report.xml").getroot()
    assert suites.get("tests") == str(len(rules))
    doubt = any(phase["doubts"] for phase in summary["phases"])
    assert int(suites.get("failures", "")) == (sum(rule["passed"] is False for rule in rules) if not doubt else 0)
    with (reported.folder / "report_stats.csv").open(newline="") as file:
        *_, aggregated = csv.DictReader(file)
    ended = ("ok", "failed", "timeout", "busy", "disconnected")
    assert int(aggregated["Request Count"]) == sum(row[name] for row in summary["operations"] for name in ended)


def test_the_command_reports_again_what_the_run_reported(reported: Reported) -> None:
    again = reported.launcher.home / "again"
    again.mkdir()
    options = ("--html", again / "report.html", "--csv", again / "report", "--junit", again / "report.xml")
    more = ("--json", again / "report.json", "--markdown", again / "report.md")
    ended = reported.launcher.run("report", "last", *options, *more)
    assert (ended.code, ended.err) == (0, "")
    assert len(ended.out.splitlines()) == 7
    for path in again.iterdir():
        assert path.read_bytes() == (reported.folder / path.name).read_bytes()
    short = reported.launcher.run("report", reported.ended.folder.name)
    assert short.out.rstrip().splitlines()[-1] == next(
        line for line in reported.ended.out.splitlines() if line.startswith("verdict: ")
    )


def test_a_folder_that_cannot_hold_reports_is_refused_before_the_run(launcher: Launcher, backend: Backend) -> None:
    (launcher.home / "file").touch()
    ended = launcher.run("run", "smoke", "--headless", "--host", backend.url, "--report", "file")
    assert (ended.code, ended.out) == (2, "")
    assert ended.err == "lorax-tui: file: no report can be written there: File exists\n"
    assert not (launcher.home / "state/lorax-tui/runs").exists()


@needs_chromium
def test_the_page_opens_alone_and_its_charts_have_their_points(reported: Reported, shown: Page) -> None:
    intervals = [record for record in records(reported.ended.folder) if record["type"] == "interval"]
    samples = [record for record in records(reported.ended.folder) if record["type"] == "target"]
    drawn = shown.run("[...document.querySelectorAll('.chart')].map(chart => chart.plot.data[0].length)")
    assert drawn == [len(intervals)] * 3 + [sum("rss_mb" in sample for sample in samples)]
    inked = (
        "[...document.querySelectorAll('canvas')].map(canvas => canvas.getContext('2d')"
        ".getImageData(0, 0, canvas.width, canvas.height).data.filter((part, i) => i % 4 == 3 && part).length)"
    )
    assert all(pixels > 2_000 for pixels in shown.run(inked))
    assert shown.run("document.querySelector('h1').innerText").split()[1] == reported.ended.summary["verdict"]
    _assert_alone(reported, shown)


@needs_chromium
def test_a_pointer_shows_values_and_a_drag_zooms_all_charts(reported: Reported, shown: Page) -> None:
    left, top, width, height = _over(shown)
    shown.mouse("mouseMoved", left + width / 2, top + height / 2)
    index = shown.run("document.querySelector('.chart').plot.cursor.idx")
    wanted = shown.run(f"JSON.parse(document.getElementById('data').textContent).ok[{index}].toFixed(1) + ' /s'")
    assert shown.run("document.querySelectorAll('.u-value')[1].textContent") == wanted
    others = shown.run("[...document.querySelectorAll('.chart')].slice(0, 3).map(chart => chart.plot.cursor.idx)")
    assert others == [index] * 3
    assert re.match(r"00:0\d", shown.run("document.getElementById('near').textContent"))
    whole = _seen(shown)
    shown.mouse("mousePressed", left + width / 4, top + height / 2, button="left", clickCount=1, buttons=1)
    shown.mouse("mouseMoved", left + width / 2, top + height / 2, button="left", buttons=1)
    shown.mouse("mouseReleased", left + width / 2, top + height / 2, button="left", clickCount=1)
    zoomed = _seen(shown)
    assert len(zoomed) == 4 and all(seen == zoomed[0] for seen in zoomed)
    assert zoomed[0][1] - zoomed[0][0] < (whole[0][1] - whole[0][0]) / 2
    assert shown.run("document.getElementById('reset').style.visibility") == "visible"
    shown.run("document.getElementById('reset').click()")
    shown.run("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    assert _seen(shown) == whole
    _assert_alone(reported, shown)


@needs_chromium
@pytest.mark.parametrize("dark", [False, True])
def test_a_phone_shows_all_of_it_without_scrolling_sideways(reported: Reported, shown: Page, dark: bool) -> None:
    shown.open((reported.folder / "report.html").as_uri(), width=390, dark=dark)
    assert shown.run("document.documentElement.scrollWidth") <= 390
    beyond = "[...document.querySelectorAll('main *')].filter(one => one.getBoundingClientRect().right > 391).length"
    assert shown.run(beyond) == 0
    assert shown.run("[...document.querySelectorAll('.chart')].every(chart => chart.plot.width <= 390)") is True
    _assert_alone(reported, shown)


def _assert_alone(reported: Reported, shown: Page) -> None:
    """Nothing was asked for but the file, nothing was complained of, and what is hostile is text."""
    assert set(shown.requests) == {(reported.folder / "report.html").as_uri()}
    assert shown.complaints == []
    assert HOSTILE in shown.run("document.body.innerText")
    assert shown.run("document.querySelectorAll('main script, main img, main b').length") == 0


def _over(shown: Page) -> list[float]:
    shown.run("document.querySelector('.u-over').scrollIntoView({block: 'center'})")
    box = (
        "(box => [box.left, box.top, box.width, box.height])(document.querySelector('.u-over').getBoundingClientRect())"
    )
    found: list[float] = shown.run(box)
    return found


def _seen(shown: Page) -> Any:
    scales = "(({min, max}) => [min, max])(chart.plot.scales.x)"
    return shown.run(f"[...document.querySelectorAll('.chart')].map(chart => {scales})")
