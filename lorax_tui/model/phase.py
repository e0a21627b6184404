"""One phase: the time from one load change to the next, with the figures of its own."""

from __future__ import annotations

from math import inf

from lorax_tui.model.records import PhaseStart, Tally
from lorax_tui.model.thresholds import Judgement, Rule, Verdict, judge
from lorax_tui.model.view import OperationView, PhaseView, ProtocolView

TABLE_SHARES = (0.50, 0.95, 0.99)

Operation = tuple[str, str]
"""Protocol and name."""


class Sum:
    """All there is of one operation or protocol, the settling part and the settled part apart."""

    def __init__(self, protocol: str, name: str) -> None:
        self.protocol = protocol
        self.name = name
        self.settling = Tally(0, False, protocol, name)
        self.settled = Tally(0, True, protocol, name)
        self.rate = 0.0
        """Answers a second in the last interval."""
        self.bad_rate = 0.0

    @property
    def shown(self) -> Tally:
        """The part whose latencies are shown: the settled one as soon as something was asked in it."""
        return self.settled if self.settled.asks else self.settling

    def calm(self) -> None:
        """Forget what was true of the last interval alone."""
        self.rate = self.bad_rate = 0.0
        for part in (self.settling, self.settled):
            part.in_flight, part.oldest_s = 0, 0.0

    def fold(self, tally: Tally, settled: bool) -> None:
        """Add what an interval counted to one of the parts."""
        part = self.settled if settled else self.settling
        part.absorb(tally)
        part.in_flight += tally.in_flight
        part.oldest_s = max(part.oldest_s, tally.oldest_s)

    def unsettle(self) -> None:
        """What had settled is settling after all: the load was changed again."""
        part, self.settled = self.settled, Tally(0, True, self.protocol, self.name)
        self.settling.absorb(part)
        self.settling.in_flight += part.in_flight
        self.settling.oldest_s = max(self.settling.oldest_s, part.oldest_s)

    def count(self, outcome: str) -> int:
        """An outcome, or `asks`, over both parts."""
        return int(getattr(self.settling, outcome)) + int(getattr(self.settled, outcome))

    @property
    def oldest_s(self) -> float | None:
        oldest_s = max(self.settling.oldest_s, self.settled.oldest_s)
        return oldest_s if self.count("in_flight") else None


class Phase:
    """Folds the tallies of the asks that began in it."""

    def __init__(self, start: PhaseStart, start_s: float) -> None:
        self.start = start
        self.start_s = start_s
        self.settled_s: float | None = None
        self.end_s: float | None = None
        self.users_peak = 0
        self.bound = False
        self.users_missing = 0
        self.operations: dict[Operation, Sum] = {}
        self.protocols: dict[str, Sum] = {}
        self._changed_s = start_s
        self._rules = _parsed(start)
        self._live = True
        self._frozen: PhaseView | None = None

    def calm(self) -> None:
        """A new interval begins to be folded: forget what was true of the last one alone."""
        if self._live:
            for total in (*self.operations.values(), *self.protocols.values()):
                total.calm()
        self._live = self.end_s is None

    def redefine(self, start: PhaseStart, at_s: float) -> None:
        """The load is changed again before this phase was one: keys pressed in a row."""
        self.start, self.settled_s, self._changed_s = start, None, at_s
        self._rules = _parsed(start)
        for total in (*self.operations.values(), *self.protocols.values()):
            total.unsettle()
        self._touch()

    def close(self, at_s: float) -> None:
        """The load is another from here on; a second call changes nothing."""
        if self.end_s is None:
            self.end_s = at_s
            self._touch()

    def populate(self, users: int, missing: int, settled_s: float | None) -> None:
        """So many users there are, so many are missing, and the wanted ones were reached at `settled_s`, if they were.

        An interval can be cut after a change was recorded and before it reached the users: what it says of the load
        before that change is not true of the one after.
        """
        is_ours = settled_s is not None and self._changed_s <= settled_s <= (inf if self.end_s is None else self.end_s)
        if is_ours or self.end_s is None:
            self.settled_s = settled_s if is_ours else None
        self.users_peak = max(self.users_peak, users, self.start.users if is_ours else 0)
        if is_ours and self.end_s is None:
            self.users_missing = max(self.users_missing, missing)
        self._touch()

    def strain(self) -> None:
        """The generator is at its own limit."""
        self.bound = True
        self._touch()

    def pace(self, answered: Tally, lasted_s: float) -> None:
        """So much was answered in the last interval, by one operation, or by a protocol (name `""`)."""
        name = answered.name
        total = self.operations.get((answered.protocol, name)) if name else self.protocols.get(answered.protocol)
        if total is not None:
            total.rate, total.bad_rate = answered.answered / lasted_s, answered.bad / lasted_s
            self._touch()

    def fold(self, tally: Tally) -> None:
        operation = (tally.protocol, tally.name)
        if operation not in self.operations:
            self.operations[operation] = Sum(*operation)
        if tally.protocol not in self.protocols:
            self.protocols[tally.protocol] = Sum(tally.protocol, "")
        # Where the wanted users were never reached, or no longer are the wanted ones, nothing has settled.
        settled = tally.settled and self.settled_s is not None
        self.operations[operation].fold(tally, settled)
        self.protocols[tally.protocol].fold(tally, settled)
        self._touch()

    def view(self, now_s: float) -> PhaseView:
        """The phase as it stands at `now_s`, or at its end; built once where nothing can change any more."""
        if self._frozen is not None:
            return self._frozen
        view = self._view(now_s)
        if not self._live:
            self._frozen = view
        return view

    def _touch(self) -> None:
        self._live, self._frozen = True, None

    def _view(self, now_s: float) -> PhaseView:
        end_s = now_s if self.end_s is None else self.end_s
        settled_for_s = None if self.settled_s is None else end_s - self.settled_s
        judgements = self._judgements()
        return PhaseView(
            number=self.start.phase,
            scenario=self.start.scenario,
            start_s=self.start_s,
            settled_s=self.settled_s,
            end_s=self.end_s,
            planned_s=self.start.duration_s,
            users_wanted=self.start.users,
            users_peak=self.users_peak,
            spawn_rate=self.start.spawn_rate,
            mix=self.start.mix,
            operations=tuple(
                operation_view(total, settled_for_s, self._rules.get(total.protocol, []))
                for _, total in sorted(self.operations.items())
            ),
            protocols=tuple(
                _protocol_view(total, settled_for_s, judgements) for _, total in sorted(self.protocols.items())
            ),
            judgements=judgements,
            verdict=self._verdict(judgements),
            bound=self.bound,
            users_missing=self.users_missing,
        )

    def _judgements(self) -> tuple[Judgement, ...]:
        asked = {protocol for protocol, total in self.protocols.items() if self._is_asked(total)}
        return tuple(
            _judge(self.protocols.get(protocol) or Sum(protocol, ""), rule)
            for protocol, rules in sorted(self._rules.items())
            if protocol in asked or self.start.own_thresholds or not asked
            for rule in rules
        )

    def _is_asked(self, total: Sum) -> bool:
        """Whether the phase's own load speaks the protocol, and not only users that were on their way out."""
        if self.settled_s is None:
            return total.count("asks") > 0
        return bool(total.settled.asks or total.settling.in_flight or total.settling.bad)

    def _verdict(self, judgements: tuple[Judgement, ...]) -> Verdict:
        verdict = Verdict.over([judgement.verdict for judgement in judgements])
        doubtful = self.settled_s is None or self.bound or self.users_missing > 0
        return Verdict.INCONCLUSIVE if doubtful else verdict


def operation_view(total: Sum, settled_for_s: float | None, rules: list[Rule]) -> OperationView:
    """A row for one operation; `settled_for_s` is the length of the settled part, if there is one."""
    shown = total.shown
    p50_ms, p95_ms, p99_ms = shown.ok_latency.percentiles(TABLE_SHARES)
    verdicts = [_judge(total, rule).verdict for rule in rules]
    return OperationView(
        protocol=total.protocol,
        name=total.name,
        asks=total.count("asks"),
        settling_asks=total.settling.asks,
        ok=total.count("ok"),
        failed=total.count("failed"),
        timeout=total.count("timeout"),
        busy=total.count("busy"),
        disconnected=total.count("disconnected"),
        interrupted=total.count("interrupted"),
        late=total.count("late"),
        in_flight=total.count("in_flight"),
        oldest_s=total.oldest_s,
        rate=total.rate,
        rps=_rps(total, settled_for_s),
        p50_ms=p50_ms,
        p95_ms=p95_ms,
        p99_ms=p99_ms,
        max_ms=shown.ok_latency.max_ms,
        settling=shown is total.settling,
        verdict=Verdict.over(verdicts) if verdicts else None,
    )


def _protocol_view(total: Sum, settled_for_s: float | None, judgements: tuple[Judgement, ...]) -> ProtocolView:
    shown = total.shown
    p50_ms, p95_ms, p99_ms = shown.ok_latency.percentiles(TABLE_SHARES)
    return ProtocolView(
        protocol=total.protocol,
        asks=total.count("asks"),
        ok=total.count("ok"),
        bad=total.count("bad"),
        in_flight=total.count("in_flight"),
        oldest_s=total.oldest_s,
        rate=total.rate,
        bad_rate=total.bad_rate,
        rps=_rps(total, settled_for_s),
        p50_ms=p50_ms,
        p95_ms=p95_ms,
        p99_ms=p99_ms,
        max_ms=shown.ok_latency.max_ms,
        error_rate=shown.bad / shown.answered if shown.answered else None,
        judgements=tuple(judgement for judgement in judgements if judgement.protocol == total.protocol),
    )


def _rps(total: Sum, settled_for_s: float | None) -> float | None:
    return total.settled.answered / settled_for_s if settled_for_s else None


def _judge(total: Sum, rule: Rule) -> Judgement:
    settled = total.settled
    return judge(total.protocol, rule, settled.ok_latency, settled.bad, settled.answered)


def _parsed(start: PhaseStart) -> dict[str, list[Rule]]:
    return {protocol: [Rule.parse(rule) for rule in rules] for protocol, rules in start.thresholds.items()}
