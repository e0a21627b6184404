"""One HTML page that opens without a network: the verdict first, then charts, tables and what it ran on.

Everything that came from the run is text in it: escaped in the markup, and set as text by the script.
"""

from __future__ import annotations

import json
from base64 import b64encode
from hashlib import sha256
from importlib.resources import files

from lorax_tui.runs.plain import Plain
from lorax_tui.runs.report import knee, sections
from lorax_tui.runs.report.course import Course
from lorax_tui.runs.report.markup import esc
from lorax_tui.runs.report.operations import operations
from lorax_tui.runs.report.series import series
from lorax_tui.runs.summary import summary

_UNSAFE = {ord(character): f"\\u{ord(character):04x}" for character in "<>&\u2028\u2029"}
"""What would end a script, or a line of one."""

_CHART_HELP = "drag to zoom, double click for the whole run"


def html(course: Course) -> str:
    """The report of a run."""
    found = summary(course.run)
    columns = series(course)
    scripts = [_asset("vendor/uPlot.iife.min.js"), _asset("assets/report.js")]
    styles = _asset("vendor/uPlot.min.css") + _asset("assets/report.css")
    return (
        "<!doctype html>\n"
        '<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_policy(scripts)}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="referrer" content="no-referrer">\n<link rel="icon" href="data:,">\n'
        f"<title>{esc(found['verdict'])}: {esc(found['run'])}</title>\n<style>\n{styles}</style>\n</head>\n<body>\n"
        f"<main>\n{_body(course, found, columns)}</main>\n"
        f'<script type="application/json" id="data">{script_safe(columns)}</script>\n'
        + "".join(f"<script>{script}</script>\n" for script in scripts)
        + "</body>\n</html>\n"
    )


def script_safe(value: object) -> str:
    """JSON that cannot end the script element it stands in."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":")).translate(_UNSAFE)


def _body(course: Course, found: Plain, columns: Plain) -> str:
    view = course.run.view()
    parts = [
        sections.hero(found, course.notice),
        knee.searches(found),
        sections.thresholds(found),
        _charts(columns) if columns["at_s"] else "",
        operations(found),
        sections.errors(found, view.errors),
        sections.target(found, view.phases),
        sections.events(course.events),
        sections.environment(found, course.run.header),
        sections.footer(found),
    ]
    return "\n".join(part for part in parts if part)


def _charts(columns: Plain) -> str:
    each = columns["each"]
    thinned = (
        f'<p class="muted small">This is a long run: each point stands for {each} intervals. Rates are their mean, '
        "percentiles and memory the highest of them.</p>"
        if each > 1
        else ""
    )
    return (
        '<section><h2>Course of the run</h2><div class="panel"><div class="tools">'
        f'<p id="near" data-idle="{_CHART_HELP}">{_CHART_HELP}</p>'
        '<button id="reset" type="button" style="visibility:hidden">whole run</button></div>'
        f'{thinned}<div id="charts"></div><noscript>The charts need scripts to be allowed.</noscript></div>'
        '<p class="muted small">Shaded: users were still being started or stopped. A line is where a phase begins, '
        "a mark at the foot something that happened.</p></section>"
    )


def _asset(name: str) -> str:
    return files("lorax_tui.runs.report").joinpath(name).read_text(encoding="utf-8")


def _policy(scripts: list[str]) -> str:
    """Nothing is loaded from anywhere, and no script runs but ours, known by their hashes."""
    hashes = " ".join(f"'sha256-{b64encode(sha256(script.encode()).digest()).decode()}'" for script in scripts)
    return (
        f"default-src 'none'; script-src {hashes}; style-src 'unsafe-inline'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )
