"""Thresholds as a file has them: rules by protocol, by operation, or of the memory."""

from __future__ import annotations

from lorax_tui.config.document import Document, nearest
from lorax_tui.errors import ConfigError
from lorax_tui.model.records import HTTP, SOCKET_IO
from lorax_tui.model.rule import RSS_GROWTH, OnBreach, Rule
from lorax_tui.model.text import safe
from lorax_tui.model.thresholds import MEMORY

Thresholds = dict[str, list[str]]

COMMON_THRESHOLDS: Thresholds = {
    HTTP: ["p95 < 1s", "p99 < 2s", "error_rate < 1%"],
    SOCKET_IO: ["p95 < 2s", "p99 < 5s", "error_rate < 1%"],
}
"""For scenarios of a file that says nothing of thresholds: what is not judged must not look as if it had passed."""


def read_thresholds(doc: Document, key: str, value: object) -> Thresholds:
    """Rules by subject, each as it is printed."""
    found: Thresholds = {}
    for subject, rules in doc.table(key, value).items():
        protocol, _, name = subject.partition(" ")
        if protocol not in (HTTP, SOCKET_IO, MEMORY) or (name and protocol == MEMORY) or safe(name) != name:
            others = f"{nearest(protocol, (HTTP, SOCKET_IO, MEMORY))}, or an operation as in 'HTTP GET /projects'"
            doc.refuse(f"{key}.{subject}", rules, f"unknown key; {others}")
        place = f'{key}."{subject}"'
        if not isinstance(rules, list):
            doc.refuse(place, rules, 'expected a list of rules as in ["p95 < 1s"]')
        parsed = [_rule(doc, place, rule) for rule in rules]
        for rule in parsed:
            if (rule.metric == RSS_GROWTH) != (protocol == MEMORY):
                doc.refuse(place, rule.text, f"{RSS_GROWTH} is the rule of {MEMORY}, and of nothing else")
            if protocol == MEMORY and (rule.for_s is not None or rule.on_breach is OnBreach.STOP):
                doc.refuse(place, rule.text, "memory is judged over all of a phase: leave 'for' and 'then' out")
            if parsed.count(rule) > 1:
                doc.refuse(place, rule.text, "that rule is there twice: leave one out")
        found[subject] = [rule.text for rule in parsed]
    return found


def _rule(doc: Document, key: str, value: object) -> Rule:
    """A rule; one in a table says apart for how long, and what then."""
    if isinstance(value, dict):
        doc.known(key, value, ("rule", "for", "on_breach"))
        words = {"rule": "", "for": " for ", "on_breach": " then "}
        value = "".join(f"{word}{value[name]}" for name, word in words.items() if name in value)
    if not isinstance(value, str):
        doc.refuse(key, value, 'expected a rule as in "p95 < 1s"')
    try:
        return Rule.parse(value)
    except ValueError as error:
        raise ConfigError(f"{doc.path}: {key}: {error}") from error
