"""The load of one run: which step of the plan is held and with how many users, and each change of that as a record.

Decides and counts; starts no user, reads no clock, writes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from msgspec.structs import replace

from lorax_tui.errors import UsageError
from lorax_tui.model.records import EventKind, PhaseStart
from lorax_tui.model.scenario import Scenario
from lorax_tui.model.search import SearchStep
from lorax_tui.session.plan import Plan, Step
from lorax_tui.session.seeker import Move, Seeker

ONE_CHANGE_S = 2.0
"""Keys pressed within this time of each other are one change of the load."""


@dataclass(frozen=True, slots=True)
class Change:
    """The load that takes the place of the one before, and what the record says of it."""

    at_s: float
    start: PhaseStart
    kind: EventKind
    text: str


class Load:
    """Whoever asks for a change has to carry it out."""

    def __init__(self, scenarios: Sequence[Scenario], most_users: int) -> None:
        self.plan = Plan(scenarios)
        self.seeker: Seeker | None = None
        """Decides how many users there are, while the breaking point is looked for."""
        self._most_users = most_users
        self._users = 0
        self._phase = 0
        self._key_s = float("-inf")

    def coming(self) -> Step | None:
        """What follows the step that is held; `None`: nothing."""
        return next(iter(self.plan.coming()), None)

    def go_on(self, now_s: float, by_key: bool) -> tuple[Step, Change]:
        """Go over to the step that follows."""
        before, step = self.plan.step, self.plan.advance(now_s)
        name, pace = step.scenario.name, f"users at {step.spawn_rate:g}/s"
        if step.requests_per_second is not None:
            pace += f", {step.requests_per_second:g} requests/s"
        if before is None:
            text = f"{name}: {step.users} {pace}"
        else:
            text = f"{before.scenario.name} → {name}, {self._users} → {step.users} {pace}"
        self.seeker, search = None, None
        if step.scenario.search is not None:
            self.seeker = Seeker(step.scenario)
            search = self.seeker.first()
            text += f", the first of a search up to {step.scenario.users}"
        return step, self._change(step, step.users, EventKind.SWITCH, text, now_s, by_key, search)

    def adjust(self, users_delta: int, now_s: float) -> Change:
        """Want more users in the step that is held, or fewer.

        Raises:
            UsageError: there can be no more, or no fewer, or a search decides that.
        """
        step = self.plan.step
        if step is None:
            raise UsageError("no load is running: press a scenario's number to start one")
        if self.seeker is not None:
            raise UsageError("the search decides how many users there are: switch to a scenario to do so yourself")
        users = min(max(1, self._users + users_delta), self._most_users)
        if users == self._users:
            bound = "at least 1" if users_delta < 0 else f"at most {self._most_users} ([guard] max_users)"
            raise UsageError(f"{bound}: still {users} users")
        text = f"{step.scenario.name}: {self._users} → {users} users at {step.spawn_rate:g}/s"
        return self._change(step, users, EventKind.ADJUST, text, now_s, by_key=True)

    def try_out(self, step: Step, move: Move, now_s: float) -> Change:
        """Go to what a search wants to try."""
        return self._change(step, move.users, EventKind.SWITCH, move.text, now_s, by_key=False, search=move.step)

    def _change(
        self,
        step: Step,
        users: int,
        kind: EventKind,
        text: str,
        now_s: float,
        by_key: bool,
        search: SearchStep | None = None,
    ) -> Change:
        if not (by_key and now_s - self._key_s <= ONE_CHANGE_S):
            self._phase += 1
        if by_key:
            self._key_s = now_s
        self._users = users
        start = replace(
            step.phase_start(self._phase, users, now_s),
            scenario_start_s=self.plan.start_s,
            scenario_end_s=self.plan.end_s,
            search=search,
            lead_s=0.0 if search is None else search.lead_s,
        )
        return Change(now_s, start, kind, text)
