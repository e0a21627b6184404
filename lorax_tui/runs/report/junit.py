"""JUnit XML: a test case for each threshold of each phase, so that a CI server shows which one was broken."""

from __future__ import annotations

import re
from xml.etree import ElementTree as Xml

from lorax_tui.model.thresholds import Verdict
from lorax_tui.runs.plain import Plain
from lorax_tui.runs.report.figures import FAILED, PASSED, earlier, exact, named, why

_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 cannot hold, not even escaped."""


def junit(found: Plain) -> str:
    """The report of a summary. A phase in doubt is skipped whole, because its verdict is not that of its rules."""
    suites = Xml.Element("testsuites", name="lorax-tui", time=_seconds(found["elapsed_s"]))
    for search in found["searches"]:
        suites.append(_search_suite(search))
    for phase in found["phases"]:
        if phase["search"] is None:
            suites.append(_suite(found, phase))
    if found["earlier_phases"]:
        suites.append(_earlier(found))
    if not found["phases"]:
        suite = Xml.SubElement(suites, "testsuite", name="no phase")
        _skip(Xml.SubElement(suite, "testcase", classname="lorax-tui", name="load"), "no load was made")
        _count(suite)
    _count(suites)
    Xml.indent(suites)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + Xml.tostring(suites, encoding="unicode") + "\n"


def _earlier(found: Plain) -> Xml.Element:
    """One case for all phases that are not listed: failed where the verdict is, and no listed phase tells why."""
    suite = Xml.Element("testsuite", name="earlier phases")
    case = Xml.SubElement(suite, "testcase", classname="lorax-tui.earlier phases", name="thresholds")
    listed = {phase["verdict"] for phase in found["phases"]}
    if found["verdict"] == FAILED and FAILED not in listed:
        Xml.SubElement(case, "failure", type="threshold", message=f"a limit was broken; {earlier(found)}")
    else:
        _skip(case, earlier(found))
    _count(suite)
    return suite


def _search_suite(search: Plain) -> Xml.Element:
    """One case for a search: its loads may break their limits."""
    name = _text(f"search: {search['scenario']}")
    suite = Xml.Element("testsuite", name=name)
    case = Xml.SubElement(suite, "testcase", classname=f"lorax-tui.{name}", name="capacity")
    if search["verdict"] == FAILED:
        Xml.SubElement(case, "failure", type="capacity", message=_text(search["finding"]))
    elif search["verdict"] != PASSED:
        _skip(case, search["finding"])
    Xml.SubElement(case, "system-out").text = _text(search["finding"])
    _count(suite)
    return suite


def _suite(found: Plain, phase: Plain) -> Xml.Element:
    name = _text(f"phase {phase['number']}: {phase['scenario']}")
    settled_s = _lasted(phase["settled_s"], _end_s(found, phase))
    suite = Xml.Element(
        "testsuite",
        name=name,
        timestamp=_text(found["started_at"]),
        hostname=_text(found["host"]),
        time=_seconds(_lasted(phase["start_s"], _end_s(found, phase))),
    )
    over = Verdict.over([Verdict(rule["verdict"]) for rule in phase["thresholds"]])
    doubt = "; ".join(phase["doubts"]) if over != phase["verdict"] else ""
    for rule in phase["thresholds"]:
        case = Xml.SubElement(
            suite,
            "testcase",
            classname=f"lorax-tui.{name}",
            name=_text(named(rule)),
            time=_seconds(settled_s),
        )
        _judge(case, rule, doubt)
    if not phase["thresholds"]:
        case = Xml.SubElement(suite, "testcase", classname=f"lorax-tui.{name}", name="thresholds")
        _skip(case, "there is no threshold")
    _count(suite)
    return suite


def _judge(case: Xml.Element, rule: Plain, doubt: str) -> None:
    if doubt:
        _skip(case, doubt)
    elif rule["verdict"] == FAILED:
        failure = Xml.SubElement(case, "failure", type="threshold", message=_text(why(rule)))
        failure.text = _text(why(rule))
    elif rule["verdict"] != PASSED:
        _skip(case, why(rule))
    if rule["value"] is not None:
        bound = "at most " if rule["at_most"] else ""
        Xml.SubElement(case, "system-out").text = f"measured {bound}{exact(rule['value'], rule['unit'])}"


def _skip(case: Xml.Element, reason: str) -> None:
    Xml.SubElement(case, "skipped", message=_text(reason))


def _count(element: Xml.Element) -> None:
    for name, found in (("tests", "testcase"), ("failures", "failure"), ("skipped", "skipped")):
        element.set(name, str(len(element.findall(f".//{found}"))))
    element.set("errors", "0")


def _end_s(found: Plain, phase: Plain) -> float | None:
    end_s: float | None = found["elapsed_s"] if phase["end_s"] is None else phase["end_s"]
    return end_s


def _lasted(start_s: float | None, end_s: float | None) -> float | None:
    return None if start_s is None or end_s is None else max(0.0, end_s - start_s)


def _seconds(value: float | None) -> str:
    return f"{value or 0:.3f}"


def _text(text: str) -> str:
    return _NO_XML.sub("\N{REPLACEMENT CHARACTER}", text)
