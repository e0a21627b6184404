"""Terminals that take little, or nothing: the load does not notice, and the way out stays short."""

from __future__ import annotations

import time
import zlib
from itertools import pairwise

import pytest

from lorax_tui.model.histogram import merged
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
    """The load must not notice. Others on this machine can hold it up for a moment, but hardly three times."""
    was_quiet = False
    for home in ("first", "second", "third"):
        (launcher.home / home).mkdir()
        lag_p99_ms, missed, idle_percent = stalled(Launcher(launcher.home / home), backend)
        print(f"intended starts: {missed} missed, lag p99 {lag_p99_ms:.1f} ms")
        if missed == 0 and lag_p99_ms < 50:
            return
        was_quiet |= idle_percent > 10
    if not was_quiet:
        pytest.skip("others kept this machine busy all the time")
    pytest.fail(f"{missed} starts missed, intended-start lag p99 {lag_p99_ms:.1f} ms")


def stalled(launcher: Launcher, backend: Backend) -> tuple[float, int, float]:
    """A paced load whose terminal takes nothing for ten seconds: how late its asks started then, how many too late, and
    how idle the machine was at least.

    That lag is bounded by the latency from the intended start, which has the target's part in it.
    """
    with pty(launcher, *arguments(launcher, backend, "paced")) as terminal:
        terminal.wait_for(b"settled after")
        stalled_s = intervals(launcher)[-1].began_s
        terminal.bytes_per_s = 0
        time.sleep(STALL_S)
        wait_until(lambda: intervals(launcher)[-1].began_s >= stalled_s + STALL_S, "ten seconds are in the journal")
        terminal.bytes_per_s = None
        quits(terminal, 20)
        terminal.assert_as_before()
    assert last_record(launcher)["reason"] == "quit"
    during = [one for one in intervals(launcher) if stalled_s <= one.began_s <= stalled_s + STALL_S]
    gaps_s = [after.began_s - (one.began_s + one.lasted_s) for one, after in pairwise(during)]
    assert len(during) >= STALL_S - 1
    assert max(map(abs, gaps_s)) < 0.1, "a second is missing"
    arrivals = [arrival for one in during for arrival in one.arrivals]
    assert sum(arrival.started for arrival in arrivals) > 0.7 * 100 * STALL_S
    since_due = merged(tally.intended_latency for one in during for tally in one.tallies)
    idle_percent = min(one.health.idle_percent or 0.0 for one in during)
    return since_due.percentile(0.99) or 0.0, sum(arrival.missed for arrival in arrivals), idle_percent


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
