"""Terminals that take little, or nothing: the load does not notice, and the way out stays short."""

from __future__ import annotations

import time
import zlib
from dataclasses import dataclass
from itertools import pairwise

import pytest

from lorax_tui.model.histogram import merged
from lorax_tui.model.records import Interval
from tests.backend import Backend
from tests.e2e.program import Launcher
from tests.faults.terminals import Pty, intervals, last_record, pty
from tests.waiting import wait_until

pytestmark = [pytest.mark.backend, pytest.mark.e2e, pytest.mark.alone]

SCENARIO = """
[scenarios.paced]
users = 40
spawn_rate = 100
duration = "2m"
mix = { LoraxHttpUser = 1 }
requests_per_second = 100

[scenarios.all]
users = 20
spawn_rate = 50
duration = "2m"
mix = { LoraxHttpUser = 2, LoraxSocketUser = 2, LoraxMixedUser = 1 }
"""

STALL_S = 10.0


def arguments(launcher: Launcher, backend: Backend, scenario: str) -> tuple[str, ...]:
    (launcher.home / "scenarios.toml").write_text(SCENARIO)
    return ("run", scenario, "--host", backend.url)


def quits(terminal: Pty, within_s: float) -> float:
    """The operator quits; how long the terminal took to be as before."""
    terminal.press("q")
    wait_until(lambda: b"A load is running" in terminal.raw, "it asks", 30)
    terminal.press("y")
    began_s = time.monotonic()
    assert terminal.ended(within_s) in (0, 4, 7)
    return time.monotonic() - began_s


def test_row_31_a_terminal_that_takes_nothing(launcher: Launcher, backend: Backend) -> None:
    """The load must not notice. Others on this machine may hold it up, but hardly three times in the stall alone."""
    told = []
    for home in ("first", "second", "third"):
        (launcher.home / home).mkdir()
        before, during = stalled(Launcher(launcher.home / home), backend)
        told.append(f"before {before}, during {during}")
        print(told[-1])
        keeps_pace = abs(during.started - during.offered) <= 0.02 * during.offered and during.missed <= before.missed
        if keeps_pace and during.lag_p99_ms < max(50.0, 1.5 * before.lag_p99_ms):
            return
    pytest.fail("; ".join(told))


@dataclass(frozen=True, slots=True)
class Paced:
    """Ten seconds of a paced load."""

    offered: int
    started: int
    missed: int
    lag_p99_ms: float
    """Bound by the latency from the intended start, which has the target's part in it."""


def stalled(launcher: Launcher, backend: Backend) -> tuple[Paced, Paced]:
    """A paced load before its terminal took nothing for ten seconds, and while it did."""
    with pty(launcher, *arguments(launcher, backend, "paced")) as terminal:
        terminal.wait_for(b"settled after")
        began_s = intervals(launcher)[-1].began_s
        stalled_s = began_s + STALL_S
        wait_until(lambda: intervals(launcher)[-1].began_s >= stalled_s, "ten seconds are in the journal")
        terminal.bytes_per_s = 0
        stalled_s = intervals(launcher)[-1].began_s
        wait_until(lambda: intervals(launcher)[-1].began_s >= stalled_s + STALL_S, "ten more are in the journal")
        terminal.bytes_per_s = None
        quits(terminal, 20)
        terminal.assert_as_before()
    assert last_record(launcher)["reason"] == "quit"
    found = intervals(launcher)
    return paced(found, stalled_s - STALL_S), paced(found, stalled_s)


def paced(found: list[Interval], began_s: float) -> Paced:
    """Ten seconds, of which the journal has every one, and what was due in them."""
    seconds = [one for one in found if began_s <= one.began_s <= began_s + STALL_S]
    gaps_s = [after.began_s - (one.began_s + one.lasted_s) for one, after in pairwise(seconds)]
    assert len(seconds) >= STALL_S - 1
    assert max(map(abs, gaps_s)) < 0.1, "a second is missing"
    arrivals = [arrival for one in seconds for arrival in one.arrivals]
    offered, started = (sum(getattr(arrival, name) for arrival in arrivals) for name in ("offered", "started"))
    assert offered > 0.7 * 100 * STALL_S
    since_due = merged(tally.intended_latency for one in seconds for tally in one.tallies)
    missed = sum(arrival.missed for arrival in arrivals)
    return Paced(offered, started, missed, since_due.percentile(0.99) or 0.0)


@pytest.mark.parametrize("bytes_per_s", [5_000, 10_000, 20_000])
def test_row_32_a_slow_link(launcher: Launcher, backend: Backend, bytes_per_s: int) -> None:
    """Whole screens are on their way to the terminal when the operator quits."""
    with pty(launcher, *arguments(launcher, backend, "all")) as terminal:
        terminal.wait_for(b"settled after")
        terminal.bytes_per_s = bytes_per_s
        shown = len(terminal.raw)
        terminal.press("?")
        wait_until(lambda: len(terminal.raw) > shown + 2_000, "help is drawn slowly", 30)
        terminal.press("?")
        print(f"{bytes_per_s} B/s: quits in {quits(terminal, 5):.2f} s")
        terminal.bytes_per_s = None
        terminal.assert_as_before()


@pytest.mark.parametrize(
    ("options", "plain", "packed"), [((), 12_000, 1_500), (("--low-bandwidth",), 2_000, 1_000)], ids=["usual", "low"]
)
def test_row_32_what_a_link_has_to_carry(
    launcher: Launcher, backend: Backend, options: tuple[str, ...], plain: int, packed: int
) -> None:
    """Bytes a second at 120x40, as they are and as `ssh -C` packs them."""
    with pty(launcher, *arguments(launcher, backend, "all"), *options) as terminal:
        terminal.wait_for(b"settled after")
        packer, size, began_s, before = zlib.compressobj(), 0, time.monotonic(), len(terminal.raw)
        packer.compress(terminal.raw)
        packer.flush(zlib.Z_SYNC_FLUSH)
        at = before
        while time.monotonic() < began_s + 15:
            time.sleep(0.1)
            new, at = terminal.raw[at:], len(terminal.raw)
            if new:
                size += len(packer.compress(new)) + len(packer.flush(zlib.Z_SYNC_FLUSH))
        lasted_s = time.monotonic() - began_s
        print(f"{(at - before) / lasted_s:.0f} B/s, packed {size / lasted_s:.0f}")
        assert 100 < (at - before) / lasted_s <= plain
        assert size / lasted_s <= packed
