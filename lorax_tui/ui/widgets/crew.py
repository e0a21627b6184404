"""The crew, a row each worker: its share of the users, what it does, and how it is; below, this program itself."""

from __future__ import annotations

from collections.abc import Iterator

from textual.content import Content

from lorax_tui.model import format as words
from lorax_tui.model.crew import WorkerState
from lorax_tui.model.crew_view import WorkerView
from lorax_tui.model.health import Health
from lorax_tui.model.strain import Limit, limits_of
from lorax_tui.model.view import RunView
from lorax_tui.ui.lines import Line, Piece, fit, span

_WIDE = 66
"""From here on there is room for every column."""

_NAME = 10

_LIMITS = {Limit.LAG: "lag", Limit.CPU: "CPU", Limit.MACHINE: "its machine", Limit.SILENCE: "silent"}

_EXACT_MS = 5.0
"""A clock that is further off, or known no better, is told of: seconds are put together by the clocks."""


def title(run: RunView) -> Content:
    """How many take part, and what is not in the figures, or came late."""
    here, late = sum(worker.is_here for worker in run.crew), sum(worker.seconds_late for worker in run.crew)
    lost = sum(worker.seconds_lost for worker in run.crew)
    return Content.assemble(
        Content.styled(f"load workers {here}/{len(run.crew)}", "" if here == len(run.crew) else "$warning"),
        f" · {late} s told late" if late else "",
        (f" · {lost} s lost", "$warning") if lost else "",
    )


def lines(run: RunView, now_s: float, width: int, height: int) -> Iterator[Line]:
    """A heading, the workers, this program; those that are to be looked at have a `!` before them.

    Where there is no room for all, these come first, and the others keep their order.
    """
    wide = width >= _WIDE
    heading = f" {'worker':<{_NAME}}{'users':>9}{'/s':>7}{'cpu':>6}{'lag ms':>8}"
    yield ((heading + (f"{'memory':>8}{'seen':>7}" if wide else "") + "  state", "muted"),)
    has_room = len(run.crew) + 2 <= height
    for worker in run.crew if has_room else sorted(run.crew, key=lambda worker: not worker.stands_out):
        yield _row(worker, now_s, width, wide)
    if run.program is not None:
        yield _program(run.program, wide)


def _row(worker: WorkerView, now_s: float, width: int, wide: bool) -> Line:
    gone = worker.state is WorkerState.LOST
    role = "muted" if gone else "text"
    health = Health() if gone else worker.health
    figures: list[Piece] = [
        ("!" if worker.stands_out else " ", "warn"),
        (fit(_short(worker.name), _NAME), "muted" if gone else "strong"),
        (f"{f'{worker.users}/{worker.wanted}':>9}", role if worker.users >= worker.wanted else "warn"),
        (f"{words.rate(None if gone else worker.rate):>7}", role),
        *_health(health),
    ]
    if wide:
        seen = words.UNKNOWN if worker.told_s is None else words.age(max(0.0, now_s - worker.told_s))
        figures += [(f"{words.megabytes(health.rss_mb):>8}", role), (f"{seen:>7}", role)]
    return (*figures, ("  ", "text"), _state(worker, width - span(figures) - 2))


def _short(name: str) -> str:
    """By the end of a name two workers of one machine are told apart."""
    return name if len(name) <= _NAME else "…" + name[1 - _NAME :]


def _health(health: Health) -> tuple[Piece, Piece]:
    limits = limits_of(health)
    cpu = words.UNKNOWN if health.cpu_percent is None else f"{health.cpu_percent:.0f} %"
    return (
        (f"{cpu:>6}", "warn" if Limit.CPU in limits else "text"),
        (f"{words.milliseconds(health.lag_p99_ms):>8}", "warn" if Limit.LAG in limits else "text"),
    )


def _state(worker: WorkerView, room: int) -> Piece:
    """What there is to say of it, the most pressing first; what there is no room for is left out."""
    found: list[str] = []
    if worker.bound_by:
        found.append("limit: " + ", ".join(_LIMITS[limit] for limit in Limit if limit in worker.bound_by))
    if not found or worker.state is not WorkerState.HERE:
        found.append(str(worker.state))
    found += [f"{worker.seconds_owed} s untold"] if worker.seconds_owed else []
    found += [f"{worker.seconds_lost} s lost"] if worker.seconds_lost else []
    found += [f"{worker.seconds_late} s late"] if worker.seconds_late else []
    found += [clock] if (clock := _clock(worker)) else []
    text = found[0]
    for more in found[1:]:
        text += f", {more}" if len(text) + len(more) + 2 <= room else ""
    return text, "warn" if worker.stands_out else "muted" if not worker.is_here else "text"


def _clock(worker: WorkerView) -> str:
    """How far its clock is off, where that is worth a word."""
    offset_ms, error_ms = worker.clock_offset_ms, worker.clock_error_ms
    if offset_ms is None or error_ms is None or max(abs(offset_ms), error_ms) < _EXACT_MS:
        return ""
    return f"clock {offset_ms:+.0f} ± {error_ms:.0f} ms"


def _program(health: Health, wide: bool) -> Line:
    """This program, which makes no load: it puts the seconds together and draws."""
    figures: list[Piece] = [(f" {'this program':<26}", "muted"), *_health(health)]
    if wide:
        figures.append((f"{words.megabytes(health.rss_mb):>8}", "text"))
    tick = f"screen {words.latency(health.ui_tick_ms)} a tick" if health.ui_tick_ms is not None else ""
    return (*figures, (f"{'':>9}" if wide else "  ", "text"), (tick, "muted"))
