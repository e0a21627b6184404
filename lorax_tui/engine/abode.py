"""Where users live: what the engine steers, whether that is this process or a crew of workers.

    begin ─► apply ─► apply ... ─► stop      any number of times; then close

Every method runs in the engine's thread and may wait there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, Protocol

import locust

from lorax_tui.engine.beat import Beat
from lorax_tui.engine.context import Context
from lorax_tui.engine.dispatch import MixDispatcher, Plan
from lorax_tui.engine.home import Home, set_aside
from lorax_tui.engine.runner import SteadyRunner
from lorax_tui.engine.settling import Settling
from lorax_tui.model.records import Interval, PhaseStart

FIRST_BREATH_S = 0.1
"""What the last users get to die in before the wanted ones count as there."""


class Abode(Protocol):
    """A place where users live."""

    def muster(self) -> None:
        """Wait until users can live here."""

    def users(self) -> Mapping[str, int]:
        """Those that run now, by class."""

    def begin(self, began_s: float) -> None:
        """A run begins, whose clock counts from `began_s` (monotonic); intervals are handed out from now on."""

    def apply(self, start: PhaseStart) -> None:
        """Go to the users of a phase, in place of any ramp under way."""

    def stop(self, timeout_s: float) -> int:
        """Stop all users, hand out the last interval, and tell how many files are left on the target."""

    def close(self) -> None:
        """End what runs here."""


class OwnProcess:
    """Users live in this process, in the engine's thread."""

    def __init__(
        self,
        context: Context,
        user_classes: Sequence[type[locust.User]],
        on_interval: Callable[[Interval], None],
        on_failure: Callable[[BaseException], None],
    ) -> None:
        self._plan = Plan()
        self._home = Home(context, user_classes, partial(MixDispatcher, self._plan))
        self.runner = SteadyRunner(self._home.environment, self._plan)
        self._home.environment.runner = self.runner
        self._settling = Settling(lambda: self.runner.wanted, self.users, self._settle, FIRST_BREATH_S)
        self.beat = Beat(context, self.runner, on_interval, on_failure, self._settling.look)
        self._home.environment.events.spawning_complete.add_listener(self._on_spawning_complete)

    def muster(self) -> None:
        """There is nobody to wait for; what is there by now is put out of the way."""
        set_aside()

    def users(self) -> Mapping[str, int]:
        """Those that run now, by class."""
        counts: dict[str, int] = self.runner.user_classes_count
        return counts

    def begin(self, began_s: float) -> None:
        """A run begins."""
        self._home.begin(began_s)
        self._settling.begin(began_s)
        self.beat.begin(began_s)

    def apply(self, start: PhaseStart) -> None:
        """Go to the users of a phase."""
        self.beat.change(start)
        self._settling.change(start)
        self._plan.mix = dict(start.mix)
        self.runner.start(start.users, start.spawn_rate)

    def stop(self, timeout_s: float) -> int:
        """Stop all users."""
        self._home.stop(timeout_s)
        self.beat.end()
        return self._home.context.files_left

    def close(self) -> None:
        """End what runs here."""
        self.runner.greenlet.kill(block=True, timeout=1)
        self.beat.close()

    def _settle(self, settled_s: float) -> None:
        self.beat.settle(settled_s)

    def _on_spawning_complete(self, user_count: int, **_: Any) -> None:
        """Locust has started the last user."""
        self._settling.ramped()
