"""A search for the breaking point in words: how it stands, what it found, and why."""

from __future__ import annotations

from lorax_tui.model import format as words
from lorax_tui.model.capacity import Break, CapacityView, StepView
from lorax_tui.model.search import Grade, Purpose
from lorax_tui.model.thresholds import Judgement


def standing(search: CapacityView) -> str:
    """What goes on: trying 68, held 45, broken 90."""
    trying, bracket = search.trying, search.bracket
    parts = []
    if trying is not None:
        verb = {Purpose.RECOVER: "recovering at", Purpose.CONFIRM: "confirming"}.get(trying.purpose, "trying")
        parts.append(f"{verb} {trying.users}")
    parts += [f"held {bracket.held}"] if bracket.held is not None else []
    parts += [f"broken {bracket.broken}"] if bracket.broken is not None else []
    parts += [f"undecided {search.undecided.users}"] if search.undecided is not None else []
    return ", ".join(parts)


def finding(search: CapacityView) -> str:
    """What is known now: holds 62 users, 118/s; Socket.IO p95 < 2s broke first at 70, on load_file."""
    held, broken = search.held, search.broken
    above = [_broke(broken)] if broken is not None else []
    above += ["the target did not get well again"] if search.is_gone and not search.goes_on else []
    if held is None:
        if broken is None:
            return "; ".join([*_between(search), *above]) or "nothing could be decided"
        what = "holds not even 1 user" if broken.users == 1 else "held nothing that was tried"
        return "; ".join([what, *_between(search), *above])
    told = f"holds {held.users} user{'' if held.users == 1 else 's'}, {words.rate(held.rate)}/s"
    if search.is_at_ceiling:
        told += ", the most that was allowed: not broken"
    else:
        between = _between(search)
        if not between and broken is None:
            above = above or ["nothing has broken yet" if search.goes_on else "it ended before anything broke"]
        told = "; ".join([told, *between, *above])
    return told if search.goes_on or search.bracket.is_confirmed else f"{told} (held once only)"


def _between(search: CapacityView) -> list[str]:
    """A load above those that held of which nothing is known, and why."""
    step = search.undecided
    return [] if step is None else [f"at {step.users} nothing could be decided: {evidence(step)}"]


def _broke(step: StepView) -> str:
    if not step.breaks:
        return f"{step.users} users broke"
    first = step.breaks[0]
    return f"{rule(first)} broke first at {step.users}{culprits(first)}"


def rule(broken: Break) -> str:
    """The rule that was broken: Socket.IO p95 < 2s."""
    return _of(broken.judgement, broken.judgement.rule.text.removesuffix(" then stop"))


def _of(judgement: Judgement, what: str) -> str:
    """With the protocol it is about; `due` where it counts from the moments at which the asks were due."""
    return f"{judgement.protocol} {'due ' if judgement.is_intended else ''}{what}"


def culprits(broken: Break) -> str:
    """On which operations, to follow a rule: `, on load_file`; nothing where none was over it by itself."""
    names = broken.operations
    if broken.is_all:
        return ", on all operations"
    if len(names) > 2:
        return f", on {names[0]} and {len(names) - 1} more"
    return f", on {' and '.join(names)}" if names else ""


def evidence(step: StepView) -> str:
    """Why a load was graded as it was: HTTP p95 1.2 s, limit 1s, on all operations."""
    if step.breaks and step.grade is Grade.BROKEN:
        broken = step.breaks[0]
        judgement = broken.judgement
        value, limit = words.measured(judgement), words.limit(judgement)
        return f"{_of(judgement, judgement.rule.metric)} {value}, limit {limit}{culprits(broken)}"
    if step.grade is not Grade.UNDECIDED:
        return ""
    return "; ".join(step.doubts) or f"it was left after {words.age(step.held_s)}"
