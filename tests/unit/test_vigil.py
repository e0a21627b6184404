"""A loop that is silent for long is noticed, one that is late now and then is not."""

from __future__ import annotations

import time

from lorax_tui.ui.vigil import GIVEN_UP_AFTER, Vigil
from tests.waiting import wait_until

LOOK_S = 0.02


def test_a_loop_that_is_silent_is_told_of_once_and_then_given_up() -> None:
    told: list[str] = []
    vigil = Vigil(lambda: told.append("silent"), lambda: told.append("dead"), LOOK_S)
    vigil.begin()
    wait_until(lambda: "dead" in told, "it is given up")
    assert told == ["silent", "dead"]


def test_a_loop_that_lives_is_left_alone() -> None:
    told: list[str] = []
    vigil = Vigil(lambda: told.append("silent"), lambda: told.append("dead"), LOOK_S)
    vigil.begin()
    end_s = time.monotonic() + 2 * GIVEN_UP_AFTER * LOOK_S
    while time.monotonic() < end_s:
        vigil.alive()
        time.sleep(LOOK_S / 4)
    vigil.end()
    assert told == []


def test_a_loop_that_comes_back_is_not_given_up() -> None:
    told: list[str] = []
    vigil = Vigil(lambda: told.append("silent"), lambda: told.append("dead"), LOOK_S)
    vigil.begin()
    wait_until(lambda: told, "it is silent")
    end_s = time.monotonic() + 2 * GIVEN_UP_AFTER * LOOK_S
    while time.monotonic() < end_s:
        vigil.alive()
        time.sleep(LOOK_S / 4)
    vigil.end()
    assert told == ["silent"]
