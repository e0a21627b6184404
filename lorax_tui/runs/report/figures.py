"""The words of a threshold as the summary holds it, and the phrases that several reports share."""

from __future__ import annotations

from lorax_tui.model import format as words
from lorax_tui.model.crew import WorkerState
from lorax_tui.model.doubts import Lack
from lorax_tui.model.search import Purpose
from lorax_tui.model.thresholds import MEMORY, Verdict
from lorax_tui.runs.plain import Plain

PASSED, FAILED, INCONCLUSIVE = map(str, Verdict)

_BAD = ("failed", "timeout", "busy", "disconnected")

MARKS = {str(verdict): mark for verdict, mark in words.MARKS.items()}


def named(rule: Plain) -> str:
    """A rule with its protocol; `due` where it counts from the moments at which the asks were due."""
    return f"{rule['protocol']} {'due ' if rule['intended'] else ''}{rule['rule']}"


def loop(phase: Plain) -> str:
    """Whether users waited for their answers, or how much of a schedule they kept."""
    if phase["closed_loop"]:
        return "closed loop"
    offered, started = words.rate(phase["offered_rps"]), words.rate(phase["achieved_rps"])
    late = phase["missed"] - phase["settling_missed"]
    text = f"paced: offered {offered}/s, started {started}/s" + (f", {late} starts missed" if late else "")
    return text + (f", {phase['never_started']} never started" if phase["never_started"] else "")


def measured(rule: Plain) -> str:
    """What was measured, shortly: 34 ms, 0.2 %; `≤` where only a bound is known."""
    if rule["value"] is None:
        return words.UNKNOWN
    if rule["protocol"] == MEMORY:
        return words.slope(rule["value"])
    value = words.percent(rule["value"] / 100) if rule["unit"] == "%" else words.latency(rule["value"])
    return f"≤ {value}" if rule["at_most"] else value


def limit(rule: Plain) -> str:
    """Where the limit lies: 1s, 250ms, 1 %."""
    return words.tick(rule["limit"]) if rule["unit"] == "ms" else f"{rule['limit']:g} {rule['unit']}"


def exact(value: float, unit: str) -> str:
    """A figure with all the digits that the summary has: 12.346 ms."""
    return f"{value:.3f}".rstrip("0").rstrip(".") + f" {unit}"


def why(rule: Plain) -> str:
    """Why a rule was broken or could not be decided; empty where it was kept."""
    value, limited = rule["value"], exact(rule["limit"], rule["unit"])
    metric = ("due " if rule["intended"] else "") + rule["rule"].partition(" ")[0]
    if rule["verdict"] == FAILED:
        return f"{rule['protocol']} {metric} was {exact(value, rule['unit'])}, the limit is {limited}"
    if rule["verdict"] == PASSED:
        return ""
    undecided = f"{rule['protocol']} {metric} is undecided: {rule['lack'] or 'too short to tell'}"
    match rule["lack"]:
        case Lack.FEW:
            return f"{undecided}, the slowest {exact(value, rule['unit'])}, the limit is {limited}"
        case Lack.WAITED:
            return f"{undecided}, {exact(value, rule['unit'])} since they were due"
        case Lack.HANGING:
            return f"{undecided} of {limited}"
        case Lack.PASSING:
            return f"{undecided}: {exact(value, rule['unit'])} in all, the limit is {limited}"
        case _:
            return undecided


def bad(row: Plain) -> int:
    """How many asks of an operation went wrong, in whichever way."""
    return sum(int(row[outcome]) for outcome in _BAD)


def earlier(found: Plain) -> str:
    """What a reader must know of phases that are not listed any more; empty where all are."""
    count = found["earlier_phases"]
    return f"{count} earlier phases are not listed: they are in the totals and in the verdict" if count else ""


def told(found: Plain) -> list[Plain]:
    """The phases that a report goes into: of a search only the largest load that held and the smallest that broke."""
    ends = {search[end] for search in found["searches"] for end in ("held_phase", "broken_phase")}
    return [phase for phase in found["phases"] if phase["search"] is None or phase["number"] in ends]


def proofs(search: Plain) -> list[Plain]:
    """The loads of a search that prove something, the smallest first."""
    steps = [step for step in search["steps"] if step["purpose"] != Purpose.RECOVER]
    return sorted(steps, key=lambda step: (step["users"], step["phase"]))


def reasons(found: Plain) -> list[str]:
    """Everything that keeps a run from having passed, one clause each."""
    phases = found["phases"]
    if not phases:
        return ["no load was made"]
    several = len(phases) > 1
    searches = [search for search in found["searches"] if search["verdict"] != PASSED]
    return [
        *(f"{search['scenario']}: {search['finding']}" for search in searches),
        *(
            reason + (f" (phase {phase['number']}, {phase['scenario']})" if several else "")
            for phase in phases
            if phase["search"] is None
            for reason in _reasons(phase)
        ),
    ]


def _reasons(phase: Plain) -> list[str]:
    doubts: list[str] = phase["doubts"]
    rules = phase["thresholds"]
    told = [why(rule) for rule in rules if not _is_told_by(doubts, rule)]
    return [*doubts, *filter(None, told), *([] if rules else ["there is no threshold"])]


def _is_told_by(doubts: list[str], rule: Plain) -> bool:
    """Whether a doubt on the phase says already why the rule is undecided."""
    return bool(doubts) and rule["verdict"] == INCONCLUSIVE and (rule["value"] is None or rule["protocol"] == MEMORY)


def told_of(worker: Plain) -> str:
    """One of the processes that made the load."""
    cpu = words.UNKNOWN if worker["cpu_p95_percent"] is None else f"{worker['cpu_p95_percent']:.0f} %"
    told = [
        f"{words.count(worker['asks'])} asks",
        f"lag p99 {words.latency(worker['lag_p99_ms'])}, CPU p95 {cpu}",
        *(["at its limit"] if worker["bound"] else []),
        *([f"{worker['seconds_late']} s told late"] if worker["seconds_late"] else []),
        *([f"{worker['seconds_lost']} s lost"] if worker["seconds_lost"] else []),
        *(["lost"] if worker["state"] == WorkerState.LOST else []),
    ]
    return f"{worker['host']}: {'; '.join(told)}" if worker["host"] else "; ".join(told)


def unreached(found: Plain, phase: Plain) -> list[str]:
    """The stages that were to follow a phase and did not, one clause each."""
    stage = phase["stage"]
    following = next((other for other in found["phases"] if other["number"] > phase["number"]), None)
    came = None if following is None or following["stage"] is None else following["stage"]["number"]
    if stage is None or came == stage["number"] + 1:
        return []
    return [
        f"not reached: stage {number} of {stage['of']}, {each['users']} users at {each['spawn_rate']:g} a second "
        f"for {words.duration(each['duration_s'])}"
        for number, each in enumerate(stage["ahead"], start=stage["number"] + 1)
    ]
