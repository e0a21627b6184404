"""What the engine and its workers say to each other; each message is the payload of one of Locust's.

    worker    Hello ──────────────► Heard ... ► Ready ──────► Alive ...  Acked   Placed ...   Part ...   Stopped   Left
    engine           Who, Welcome ►                  Begin ►        Phase ►  Users ...  Settle, Deal     Stop ►     Quit
                     or Refused

Data only, never code; whatever does not decode was not meant for us, and what a worker tells is within the bounds of a
record, which it ends up in. A worker that goes says `Leaving` before its users finish. Seconds are of the run's clock
where nothing else is said. Knows nothing of the wire.
"""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from lorax_tui.model.bounds import Count, Whole
from lorax_tui.model.records import Interval, PhaseStart
from lorax_tui.model.scenario import Target
from lorax_tui.model.schedule import Share

ClockSeconds = Annotated[float, Meta(ge=-1e9, le=1e9)]
"""How far two clocks can be apart: a machine's counts from its start."""

TYPE = "lorax"
"""The type of Locust's messages that ours travel in."""


class Hello(Struct, frozen=True, tag=True):
    """A worker asks to be let in."""

    lorax_tui: str
    locust: str
    python: str
    file_hash: str
    """Of the user's own file; empty where it has none."""
    classes: list[str]
    host: str
    pid: Whole


class Ready(Struct, frozen=True, tag=True):
    """A welcome worker knows the time, and waits for users."""


class Alive(Struct, frozen=True, tag=True):
    """A sign of life, and a question for the time."""

    asked_s: float
    """By the worker's own clock (monotonic)."""
    users: dict[str, Count]
    clock_ahead_s: ClockSeconds | None = None
    """How far its clock is ahead of the engine's, as it knows."""
    clock_error_s: ClockSeconds | None = None


class Acked(Struct, frozen=True, tag=True):
    """What is asked from now on belongs to that change of the load."""

    change: Count


class Placed(Struct, frozen=True, tag=True):
    """The users that a step wanted were started and stopped."""

    step: Count
    users: dict[str, Count]


class Part(Struct, frozen=True, tag=True):
    """About a second of a worker's load."""

    run: Count
    interval: Interval


class Stopped(Struct, frozen=True, tag=True):
    """All users have ended, and the last part was told."""

    run: Count
    files_left: Count


class Leaving(Struct, frozen=True, tag=True):
    """A worker goes when its users have ended, which it stops now: they are others' from here on."""


class Left(Struct, frozen=True, tag=True):
    """A worker has told all that it will."""


class Who(Struct, frozen=True, tag=True):
    """The engine does not know this worker: it may say hello."""


class Welcome(Struct, frozen=True, tag=True):
    """A worker may take part, under this name."""

    name: str


class Refused(Struct, frozen=True, tag=True):
    """A worker may not take part."""

    reason: str


class Heard(Struct, frozen=True, tag=True):
    """The answer to a sign of life."""

    asked_s: float
    """As it was asked."""
    now_s: float
    """By the engine's clock (monotonic)."""


class Begin(Struct, frozen=True, tag=True):
    """A run begins."""

    run: int
    is_new: bool
    """Whether the worker begins it anew; else it goes on, if it is at it, with what it has not told yet."""
    began_s: float
    """When its clock began to count, by the engine's clock (monotonic)."""
    target: Target
    answers_ping: bool
    data_file: tuple[str, str] | None


class Phase(Struct, frozen=True, tag=True):
    """The load becomes another."""

    change: int
    start: PhaseStart
    share: Share
    share_from_s: float = 0.0
    """From when on the share holds; before, the worker has none."""
    settled_s: float | None = None
    """When the phase settled, where it has already."""


class Settle(Struct, frozen=True, tag=True):
    """The phase has settled."""

    settled_s: float


class Deal(Struct, frozen=True, tag=True):
    """The worker's share of the schedule becomes another."""

    share: Share
    from_s: float


class Users(Struct, frozen=True, tag=True):
    """The users that shall run, by class; those that are not named, too, shall not."""

    step: int
    counts: dict[str, int]


class Stop(Struct, frozen=True, tag=True):
    """The run is over."""

    timeout_s: float
    """What users have to finish their asks."""


class Quit(Struct, frozen=True, tag=True):
    """The engine ends."""


FromWorker = Hello | Ready | Alive | Acked | Placed | Part | Stopped | Leaving | Left
ToWorker = Who | Welcome | Refused | Heard | Begin | Phase | Settle | Deal | Users | Stop | Quit

encode = msgspec.msgpack.Encoder().encode
from_worker = msgspec.msgpack.Decoder(FromWorker).decode
to_worker = msgspec.msgpack.Decoder(ToWorker).decode
