"""A time in which the program did not run at all is in no figure, and what was under way then in none either."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from lorax_tui.engine.recorder import Recorder
from lorax_tui.model.records import Event, EventKind, Interval, PhaseStart
from lorax_tui.model.run import Run
from lorax_tui.model.tally import Tally

LOOKING = """
import sys, time
from lorax_tui.engine.standstill import Standstill
standstill = Standstill()
print("looks", flush=True)
sys.stdin.readline()
print(standstill.take(), standstill.take(), flush=True)
"""


def looking(meanwhile: str = "") -> subprocess.Popen[str]:
    code = LOOKING.replace("sys.stdin.readline()", meanwhile or "sys.stdin.readline()")
    return subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def test_a_process_that_was_stopped_knows_for_how_long() -> None:
    with looking() as process:
        assert process.stdin is not None and process.stdout is not None
        assert process.stdout.readline() == "looks\n"
        os.kill(process.pid, signal.SIGSTOP)
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(3)
        os.kill(process.pid, signal.SIGCONT)
        process.stdin.write("\n")
        process.stdin.flush()
        stopped_s, again_s = map(float, process.stdout.readline().split())
    assert 2.5 < stopped_s < 10
    assert again_s == 0


def test_a_process_that_is_kept_busy_has_not_stood_still() -> None:
    """A power of this size holds the interpreter for seconds, as a task of a user's own may."""
    with looking("end_s = time.monotonic() + 3\nwhile time.monotonic() < end_s: 3 ** 6_000_000") as process:
        out, _ = process.communicate(timeout=60)
    assert out.splitlines()[-1] == "0.0 0.0"


def test_what_was_under_way_was_interrupted() -> None:
    recorder = Recorder()
    recorder.begin("HTTP", "GET /").ok(3_000.0)
    recorder.begin("HTTP", "GET /").failed("refused", "nobody listens")
    open_ask = recorder.begin("HTTP", "GET /")
    recorder.annul()
    [tally] = recorder.cut()
    assert (tally.asks, tally.ok, tally.failed, tally.interrupted, tally.in_flight) == (3, 0, 0, 2, 1)
    assert not tally.errors and not tally.kinds and tally.ok_latency.total == tally.failed_latency.total == 0
    open_ask.failed("timeout", "it took too long")
    recorder.begin("HTTP", "GET /").ok(1.0)
    [tally] = recorder.cut()
    assert (tally.asks, tally.ok, tally.failed, tally.interrupted, tally.in_flight) == (1, 1, 0, 1, 0)
    assert tally.interrupted_latency.total == 0, "for how long it would have gone on is not known"


def second(began_s: float, lasted_s: float = 1.0, stood_still_s: float = 0.0) -> Interval:
    tally = Tally(
        1, True, "HTTP", "GET /", asks=10, ok=0 if stood_still_s else 10, interrupted=10 if stood_still_s else 0
    )
    return Interval(began_s, lasted_s, 1, 0.0, [tally], stood_still_s=stood_still_s)


def test_a_rate_is_of_the_time_in_which_somebody_asked() -> None:
    run = Run()
    run.fold(Event(0.0, EventKind.SWITCH, "ten", PhaseStart(1, "ten", 1, 1, {"A": 1.0})))
    for record in (second(0.0), second(1.0, 21.0, 20.0), second(22.0)):
        run.fold(record)
    view = run.view()
    [phase] = view.phases
    assert phase.settled_for_s == 2.0
    assert phase.operations[0].rps == 10.0
    assert [point.at_s for point in view.points] == [1.0, 23.0], "the charts have a gap"
    assert not view.bound
