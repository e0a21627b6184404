"""What was counted of one operation, or of one protocol, in a phase; and the row that shows it."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from lorax_tui.model.histogram import Histogram, merged
from lorax_tui.model.phase_view import OperationView, ProtocolView
from lorax_tui.model.rule import RPS, Rule
from lorax_tui.model.tally import Tally
from lorax_tui.model.thresholds import Judgement, Verdict, judge, judge_rps

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
            part.in_flight, part.oldest_s, part.waited = 0, 0.0, Histogram()

    def fold(self, tally: Tally, settled: bool) -> None:
        """Add what an interval counted to one of the parts."""
        part = self.settled if settled else self.settling
        part.absorb(tally)
        part.hold(tally)

    def merge(self, other: Sum) -> None:
        """Add all that another one holds, part by part."""
        self.fold(other.settling, settled=False)
        self.fold(other.settled, settled=True)

    def unsettle(self) -> None:
        """What had settled is settling after all: the load was changed again."""
        part, self.settled = self.settled, Tally(0, True, self.protocol, self.name)
        self.settling.absorb(part)
        self.settling.hold(part)

    def count(self, outcome: str) -> int:
        """An outcome, or `asks`, over both parts."""
        return int(getattr(self.settling, outcome)) + int(getattr(self.settled, outcome))

    @property
    def oldest_s(self) -> float | None:
        oldest_s = max(self.settling.oldest_s, self.settled.oldest_s)
        return oldest_s if self.count("in_flight") else None

    @property
    def interrupted_oldest_s(self) -> float | None:
        oldest_s = max(self.settling.interrupted_oldest_s, self.settled.interrupted_oldest_s)
        return oldest_s if self.count("interrupted") else None

    @property
    def kinds(self) -> dict[str, int]:
        """What failed by kind, over both parts, the most frequent first."""
        kinds = Counter(self.settling.kinds) + Counter(self.settled.kinds)
        return dict(sorted(kinds.items(), key=lambda item: (-item[1], item[0])))


def operation_view(total: Sum, settled_for_s: float | None, verdicts: list[Verdict]) -> OperationView:
    """A row for one operation.

    Args:
        settled_for_s: length of the settled part, if there is one.
        verdicts: of the rules that hold for it.
    """
    shown = total.shown
    p50_ms, p95_ms, p99_ms = shown.ok_latency.percentiles(TABLE_SHARES)
    failed_p50_ms, failed_p95_ms = shown.failed_latency.percentiles((0.50, 0.95))
    intended_p50_ms, intended_p95_ms, intended_p99_ms = shown.intended_latency.percentiles(TABLE_SHARES)
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
        failed_p50_ms=failed_p50_ms,
        failed_p95_ms=failed_p95_ms,
        failed_max_ms=shown.failed_latency.max_ms,
        interrupted_oldest_s=total.interrupted_oldest_s,
        kinds=total.kinds,
        intended_p50_ms=intended_p50_ms,
        intended_p95_ms=intended_p95_ms,
        intended_p99_ms=intended_p99_ms,
    )


def protocol_view(total: Sum, settled_for_s: float | None, judgements: tuple[Judgement, ...]) -> ProtocolView:
    """All operations of one protocol together; `settled_for_s` as in `operation_view`."""
    shown = total.shown
    p50_ms, p95_ms, p99_ms = shown.ok_latency.percentiles(TABLE_SHARES)
    intended_p50_ms, intended_p95_ms, intended_p99_ms = shown.intended_latency.percentiles(TABLE_SHARES)
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
        judgements=tuple(
            judgement for judgement in judgements if (judgement.protocol, judgement.name) == (total.protocol, "")
        ),
        intended_p50_ms=intended_p50_ms,
        intended_p95_ms=intended_p95_ms,
        intended_p99_ms=intended_p99_ms,
    )


def _rps(total: Sum, settled_for_s: float | None) -> float | None:
    return total.settled.answered / settled_for_s if settled_for_s else None


def judged(total: Sum, rule: Rule, settled_for_s: float | None, is_stalled: bool = False) -> Judgement:
    """A rule held against the settled part; while nothing is answered, none counts as kept.

    In a paced phase, latencies count from the intended start. Where such a latency is over its limit, although even
    the slowest ask was answered within it, the asks waited for a free user and not for the target: that is undecided.
    """
    settled = total.settled
    if rule.metric == RPS:
        return judge_rps(total.protocol, rule, settled.answered, settled_for_s)
    is_paced = rule.share is not None and settled.intended_latency.total > 0
    latency = settled.intended_latency if is_paced else settled.ok_latency
    unended = merged((settled.waited, settled.interrupted_latency))
    judgement = judge(total.protocol, rule, latency, settled.bad, settled.answered, unended)
    is_open = is_stalled and judgement.verdict is Verdict.PASSED
    if is_paced and judgement.verdict is Verdict.FAILED:
        taken = (settled.ok_latency, settled.failed_latency, unended)
        is_open = max(latency.max_ms or 0.0 for latency in taken) < rule.limit
    return replace(judgement, verdict=Verdict.INCONCLUSIVE if is_open else judgement.verdict, is_intended=is_paced)
