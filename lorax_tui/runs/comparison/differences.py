"""What differs between two runs beside their figures: what is only doubtful is told, what is meaningless left out."""

from __future__ import annotations

from collections.abc import Iterator

from lorax_tui.model.match import Load, difference, turns
from lorax_tui.model.phase import Phase
from lorax_tui.model.records import Header
from lorax_tui.runs.comparison.side import Side

_LONGER = 2.0
"""From here on the lengths of two phases are worth a word."""


def pairs(base: Side, run: Side) -> tuple[list[tuple[Phase, Phase]], list[str]]:
    """The phases that can be held against each other, and why the others cannot."""
    before, after = _by_turn(base), _by_turn(run)
    found: list[tuple[Phase, Phase]] = []
    reasons: list[str] = []
    for turn, phase in after.items():
        other = before.get(turn)
        what = f"phase {phase.start.phase}, {turn[0]}"
        if other is None:
            reasons.append(f"{what}: not in the base")
        elif reason := difference(_load(other), _load(phase)):
            reasons.append(f"{what}: {reason}")
        else:
            found.append((other, phase))
    for turn, phase in before.items():
        if turn not in after:
            reasons.append(f"phase {phase.start.phase} of the base, {turn[0]}: not in this run")
    return found, reasons


def _load(phase: Phase) -> Load:
    return Load(phase.start.users, phase.start.mix, phase.start.requests_per_second)


def _by_turn(side: Side) -> dict[tuple[str, int], Phase]:
    return dict(zip(turns([phase.start.scenario for phase in side.phases]), side.phases, strict=True))


def doubt(base: Phase, run: Phase) -> str:
    """Why nothing of two phases can be judged; empty where it can."""
    for phase, where in ((base, "in the base"), (run, "in this run")):
        if phase.settled_s is None:
            return f"never settled {where}"
        if phase.bound:
            return f"the generator was at its own limit {where}"
        if phase.seconds_lost:
            return f"{phase.seconds_lost} s of a worker's figures are lost {where}"
        if phase.users_missing:
            return f"{phase.users_missing} users died {where}"
        if phase.exceptions:
            return f"tasks raised exceptions {where}"
    return ""


def warnings(base: Side, run: Side) -> Iterator[str]:
    """What is not the same about the two runs, and may be the reason for whatever changed."""
    before, after = base.run.header, run.run.header
    if before is not None and after is not None:
        yield from _header_warnings(before, after)


def _header_warnings(base: Header, run: Header) -> Iterator[str]:
    if base.host != run.host:
        yield f"another target: {base.host} in the base, {run.host} here"
    for name, before, after in (
        *((f"target {key}", _target(base, key), _target(run, key)) for key in ("project", "file")),
        *((name, base.versions.get(name), run.versions.get(name)) for name in ("lorax-tui", "locust", "python")),
    ):
        if before != after:
            yield f"another {name}: {before or 'unknown'} in the base, {after or 'unknown'} here"
    if base.user_classes != run.user_classes:
        yield "other user classes were there to choose from"


def _target(header: Header, key: str) -> object:
    target = header.config.get("target")
    return target.get(key) if isinstance(target, dict) else None


def pair_warnings(pair: tuple[Phase, Phase], base_s: float | None, run_s: float | None) -> Iterator[str]:
    """Phases of very different lengths see different things, as a cold start; too few users are no slow target."""
    for phase, where in zip(pair, ("in the base", "in this run"), strict=True):
        if phase.view(phase.end_s or phase.start_s).is_short_of_users:
            yield f"phase {phase.start.phase}, {phase.start.scenario}: paced asks waited for a user {where}"
    if not base_s or not run_s or base_s <= 0 or run_s <= 0:
        return
    if max(base_s, run_s) > _LONGER * min(base_s, run_s):
        what = f"phase {pair[1].start.phase}, {pair[1].start.scenario}"
        yield f"{what}: {base_s:.0f} s settled in the base, {run_s:.0f} s here"
