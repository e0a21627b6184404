"""What a reader sees of one phase: its operations and protocols, and what its limits say; part of a run's picture."""

from __future__ import annotations

from dataclasses import dataclass, field

from lorax_tui.model.growth import Growth
from lorax_tui.model.pace import PaceView
from lorax_tui.model.search import SearchStep
from lorax_tui.model.stages import StageMark
from lorax_tui.model.strain import Limit
from lorax_tui.model.thresholds import Judgement, Verdict


@dataclass(frozen=True, slots=True)
class OperationView:
    """One row of the operations table, for one phase.

    Counts are of the whole phase. Latencies and `rps` are of its settled part, or of the settling part where nothing
    has settled yet (`settling`).
    """

    protocol: str
    name: str
    asks: int
    settling_asks: int
    """Those of `asks` that began before the wanted users were reached."""
    ok: int
    failed: int
    timeout: int
    busy: int
    disconnected: int
    interrupted: int
    late: int
    in_flight: int
    oldest_s: float | None
    """Age of the oldest ask in flight."""
    rate: float
    """Answers a second in the last interval."""
    rps: float | None
    """Answers a second over the settled part."""
    p50_ms: float | None
    p95_ms: float | None
    p99_ms: float | None
    max_ms: float | None
    settling: bool
    verdict: Verdict | None
    """The protocol's rules held against this operation alone; `None` where there is no rule."""
    failed_p50_ms: float | None = None
    failed_p95_ms: float | None = None
    failed_max_ms: float | None = None
    """Latencies of those that failed or timed out, which are in none of the figures above."""
    interrupted_oldest_s: float | None = None
    """Age of the oldest ask that we interrupted."""
    kinds: dict[str, int] = field(default_factory=dict)
    """The asks of `failed` by kind."""
    intended_p50_ms: float | None = None
    intended_p95_ms: float | None = None
    intended_p99_ms: float | None = None
    """Counted from the moment at which the schedule of a paced phase meant the ask to start."""

    @property
    def bad(self) -> int:
        """Asks that ended neither ok nor by us."""
        return self.failed + self.timeout + self.busy + self.disconnected


@dataclass(frozen=True, slots=True)
class ProtocolView:
    """All operations of one protocol together, for one phase; scopes as in `OperationView`."""

    protocol: str
    asks: int
    ok: int
    bad: int
    in_flight: int
    oldest_s: float | None
    rate: float
    bad_rate: float
    """Asks that ended badly a second in the last interval."""
    rps: float | None
    p50_ms: float | None
    p95_ms: float | None
    p99_ms: float | None
    max_ms: float | None
    error_rate: float | None
    """Share of the asks that ended badly, of those that ended other than by being interrupted."""
    judgements: tuple[Judgement, ...]
    intended_p50_ms: float | None = None
    intended_p95_ms: float | None = None
    intended_p99_ms: float | None = None


@dataclass(frozen=True, slots=True)
class PhaseView:
    """The time from one load change to the next."""

    number: int
    scenario: str
    start_s: float
    settled_s: float | None
    """When the wanted users were reached; `None`: not yet, or never."""
    end_s: float | None
    """`None` while it goes on."""
    planned_s: float | None
    users_wanted: int
    users_peak: int
    spawn_rate: float
    mix: dict[str, float]
    operations: tuple[OperationView, ...]
    protocols: tuple[ProtocolView, ...]
    judgements: tuple[Judgement, ...]
    verdict: Verdict
    """As things stand; final once `end_s` is there."""
    bound: bool
    """Whether the generator was at its own limit, so that latencies may be its own."""
    users_missing: int = 0
    """Most users that were not there in an interval after the wanted ones had been reached."""
    bound_by: frozenset[Limit] = frozenset()
    """What the generator was at the limit of."""
    bound_workers: frozenset[str] = frozenset()
    """Which workers of a crew were."""
    seconds_lost: int = 0
    """Seconds that workers of a crew have not told, so that what was asked in them is in no figure."""
    exceptions: int = 0
    """What tasks of users raised."""
    growths: dict[int, Growth] = field(default_factory=dict)
    """How the memory of each worker stands over the settled part, by pid."""
    is_watched: bool = False
    """Whether the scenario limits that growth."""
    pace: PaceView | None = None
    """`None`: the loop is closed, users wait for an answer before they ask again."""
    search: SearchStep | None = None
    """Which part of a search for the breaking point it is; it may break its limits, the search is judged."""
    scenario_start_s: float | None = None
    """When the scenario's clock started."""
    scenario_end_s: float | None = None
    """When its time will be over."""
    stage: StageMark | None = None
    """Which stage of its scenario it is, and those that are to follow."""
    settled_for_s: float | None = None
    """How long the wanted users were there, until now or its end; `None`: never."""

    @property
    def requests_per_second(self) -> float | None:
        return self.pace.requests_per_second if self.pace else None

    @property
    def is_short_of_users(self) -> bool:
        """Whether it is undecided because its asks waited for a free user, or never found one."""
        if self.pace is None or self.verdict is not Verdict.INCONCLUSIVE:
            return False
        return self.pace.is_unmet or any(judgement.is_waiting for judgement in self.judgements)
