"""Watches over the loop of a screen: a load that nobody could stop any more is stopped.

Counts looks and not seconds: a program that was stopped for a while has missed nothing. A terminal that takes nothing
silences no loop, for none waits for it. Refuses to know what a load is.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

LOOK_S = 0.5

SILENT_AFTER = 10
"""Looks in a row without a sign of life after which the loop is silent."""

GIVEN_UP_AFTER = 18
"""Looks after which it does not come back."""


class Vigil:
    """Expects a sign of life of the loop at least every other look."""

    def __init__(
        self, on_silence: Callable[[], object], on_death: Callable[[], object], look_s: float = LOOK_S
    ) -> None:
        """Args:
        on_silence: called once, in a thread of its own, when the loop falls silent.
        on_death: the same, when it does not come back.
        look_s: how long between two looks.
        """
        self._on_silence, self._on_death, self._look_s = on_silence, on_death, look_s
        self._has_lived = False
        self._over = threading.Event()

    def begin(self) -> None:
        """Watch from now on."""
        threading.Thread(target=self._watch, name="vigil", daemon=True).start()

    def alive(self) -> None:
        """The loop has turned."""
        self._has_lived = True

    def end(self) -> None:
        """Nothing is expected any more."""
        self._over.set()

    def _watch(self) -> None:
        silent = 0
        while silent < GIVEN_UP_AFTER and not self._over.wait(self._look_s):
            silent = 0 if self._has_lived else silent + 1
            self._has_lived = False
            if silent == SILENT_AFTER:
                self._on_silence()
        if silent == GIVEN_UP_AFTER:
            self._on_death()
