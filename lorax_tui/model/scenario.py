"""What a person asks for: scenarios, the target they are aimed at, and the limits they keep to."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct, field

from lorax_tui.model.records import GuardLimits
from lorax_tui.model.rule import OnBreach


class OnEnd(StrEnum):
    """What happens when a scenario's time is over and no other was asked to follow."""

    STOP = "stop"
    HOLD = "hold"
    NEXT = "next"


class Stage(Struct, frozen=True):
    """One step of a scenario: so many users, reached at so many a second, for so long."""

    users: int
    spawn_rate: float
    duration_s: float
    requests_per_second: float | None = None


FIRST_USERS = 10
HOLD_S = 20.0
"""What a search does where nothing else is said."""


class Search(Struct, frozen=True):
    """How the breaking point is looked for."""

    start: int
    """Users to begin with."""
    hold_s: float = HOLD_S
    """How long each load is held."""


class Scenario(Struct, frozen=True):
    """A named load."""

    name: str
    users: int
    spawn_rate: float
    """Users started or stopped a second."""
    duration_s: float | None
    """`None`: until something else happens."""
    mix: dict[str, float]
    """Weight by user class."""
    purpose: str = ""
    thresholds: dict[str, list[str]] = field(default_factory=dict)
    """Rules by protocol, as in `p95 < 1s`."""
    own_thresholds: bool = False
    """Whether they are this scenario's own; the common ones do not judge a protocol that the mix never speaks."""
    max_growth_mb_per_min: float | None = None
    """How fast the memory of a worker of the target may grow; `None`: it is not judged."""
    stages: list[Stage] = field(default_factory=list)
    """Steps that replace `users`, `spawn_rate` and `duration_s`, one after the other."""
    on_end: OnEnd = OnEnd.STOP
    on_breach: OnBreach = OnBreach.STOP
    """What the guards do under this load; one that is made to break things goes on."""
    requests_per_second: float | None = None
    """Asks that a schedule has started by all users together; `None`: the loop is closed."""
    search: Search | None = None
    """A search for the breaking point: `users` are the most that it tries, `duration_s` the time it has."""


class Transport(StrEnum):
    """What Socket.IO goes over."""

    WEBSOCKET = "websocket"
    POLLING = "polling"


class Target(Struct, frozen=True):
    """The Lorax backend under load."""

    host: str = "http://127.0.0.1:8080"
    """Base URL, with the path that a proxy puts before the backend's own."""
    socketio_path: str = "socket.io"
    """Path of the Socket.IO endpoint below the base URL."""
    project: str | None = None
    file: str | None = None
    """The data set that users load; found through `/projects` where it is not named."""
    ca_file: str | None = None
    """Certificates to trust instead of the system's."""
    addresses: tuple[str, ...] = ()
    """What its name meant when it was admitted: connections go there and nowhere else; none: it was never asked."""
    transport: Transport = Transport.WEBSOCKET
    """What Socket.IO goes over."""
    is_remote: bool = False
    """Whether it is not this machine, so that it must be confirmed before anything is sent there."""


LONGEST_RUN_S = 24 * 3600.0


class Guard(Struct, frozen=True):
    """Bounds that keep a slip of the finger from becoming an outage."""

    max_users: int = 1_000
    max_spawn_rate: float = 100.0
    limits: GuardLimits = field(default_factory=GuardLimits)
    """What ends a run by itself."""
    max_requests_per_second: float = 1_000.0
    allow: tuple[str, ...] = ()
    """Hosts beyond this machine that may be sent load, plain."""
    max_duration_s: float = LONGEST_RUN_S
    """A run that lasts longer is ended."""
