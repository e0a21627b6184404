"""A search for the breaking point in words: how it stands, what it found, and why."""

from __future__ import annotations

from lorax_tui.model import format as words
from lorax_tui.model.capacity import Break, CapacityView, StepView
from lorax_tui.model.search import Grade, Purpose


def standing(search: CapacityView) -> str:
    """What goes on: trying 68, held 45, broken 90."""
    trying, bracket = search.trying, search.bracket
    parts = []
    if trying is not None:
        verb = {Purpose.RECOVER: "recovering at", Purpose.CONFIRM: "confirming"}.get(trying.purpose, "trying")
        parts.append(f"{verb} {trying.users}")
    parts += [f"held {bracket.held}"] if bracket.held is not None else []
    parts += [f"broken {bracket.broken}"] if bracket.broken is not None else []
    parts += [f"undecided {bracket.wall}"] if bracket.wall is not None else []
    return ", ".join(parts)


def finding(search: CapacityView) -> str:
    """What is known now: holds 62 users, 118/s; Socket.IO p95 < 2s broke first at 70, on load_file."""
    held, broken, wall = search.held, search.broken, search.wall
    if held is None:
        if broken is None:
            return "nothing could be decided" + _why_undecided(wall)
        what = "holds not even 1 user" if broken.users == 1 else "held nothing that was tried"
        return f"{what}; {_broke(broken)}"
    told = f"holds {held.users} users, {words.rate(held.rate)}/s"
    if search.is_at_ceiling:
        told += ", the most that was allowed: not broken"
    elif broken is not None:
        told += f"; {_broke(broken)}"
    elif wall is not None:
        told += f"; at {wall.users} nothing could be decided{_why_undecided(wall)}"
    else:
        told += "; nothing has broken yet" if search.goes_on else "; it ended before anything broke"
    return told if search.goes_on or search.bracket.is_confirmed else f"{told} (held once only)"


def _broke(step: StepView) -> str:
    if not step.breaks:
        return f"{step.users} users broke"
    first = step.breaks[0]
    return f"{rule(first)} broke first at {step.users}{culprits(first)}"


def rule(broken: Break) -> str:
    """The rule that was broken: Socket.IO p95 < 2s."""
    judgement = broken.judgement
    due = "due " if judgement.is_intended else ""
    return f"{judgement.protocol} {due}{judgement.rule.text.removesuffix(' then stop')}"


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
        value, limit = words.measured(broken.judgement), words.limit(broken.judgement)
        return f"{rule(broken).split(' <')[0].split(' >')[0]} {value}, limit {limit}{culprits(broken)}"
    return "; ".join(step.doubts) if step.grade is Grade.UNDECIDED else ""


def _why_undecided(step: StepView | None) -> str:
    return f": {evidence(step)}" if step is not None and evidence(step) else ""
