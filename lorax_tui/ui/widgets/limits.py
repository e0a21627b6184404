"""The limits of the phase that goes on: what each says now and over the whole, and for how long it has been broken."""

from __future__ import annotations

from lorax_tui.model import format as words
from lorax_tui.model.thresholds import Judgement, Verdict
from lorax_tui.session.view import SessionView
from lorax_tui.ui import names
from lorax_tui.ui.lines import Line, fit
from lorax_tui.ui.widgets.panel import Panel

_FIGURES = (("now", 8, 0), ("whole", 9, 56), ("margin", 8, 66), ("broken", 8, 0))
"""Columns of figures, their cells, and the width from which on there is room for them."""

_WHOLE_NAMES = 56
"""From here on a protocol has its whole name."""


class LimitsPanel(Panel, can_focus=True):
    """One line a rule; those that are broken now first."""

    def lines(self, view: SessionView, width: int, height: int) -> list[Line]:
        """A heading and the rules."""
        judgements = view.run.phase.judgements if view.run.phase else ()
        if not judgements:
            return [((" nothing is judged yet", "muted"),)]
        broken_first = sorted(judgements, key=lambda judgement: (-judgement.breach_s, not _is_broken(judgement)))
        return [_heading(width), *(_row(judgement, width) for judgement in broken_first)]


def _is_broken(judgement: Judgement) -> bool:
    return judgement.verdict is Verdict.FAILED


def _columns(width: int) -> list[tuple[str, int]]:
    return [(name, cells) for name, cells, least in _FIGURES if width >= least]


def _rule_cells(width: int) -> int:
    """What is left for the rule, with a cell at the right where the scroll bar may be."""
    return width - 4 - sum(cells for _, cells in _columns(width))


def _heading(width: int) -> Line:
    heads = "".join(fit(name, cells, right=True) for name, cells in _columns(width))
    return ((fit("   rule", _rule_cells(width) + 3) + heads, "muted"),)


def _row(judgement: Judgement, width: int) -> Line:
    figures = {
        "now": words.figure(judgement.rule, judgement.now),
        "whole": words.measured(judgement),
        "margin": words.margin(judgement.margin),
        "broken": f"{judgement.breach_s:.0f} s" if judgement.breach_s else "",
    }
    roles = {
        "now": "bad" if judgement.breach_s else "text",
        "whole": "bad" if _is_broken(judgement) else "text",
        "broken": "bad",
    }
    protocol = names.protocol(judgement.protocol, 9 if width >= _WHOLE_NAMES else 4)
    parts = (protocol, judgement.name, "due" if judgement.is_intended else "", judgement.rule.text)
    return (
        (f" {words.MARKS[judgement.verdict]} ", words.VERDICT_ROLES[judgement.verdict]),
        (fit(" ".join(filter(None, parts)), _rule_cells(width) - 1) + " ", "strong"),
        *((fit(figures[name], cells, right=True), roles.get(name, "muted")) for name, cells in _columns(width)),
    )
