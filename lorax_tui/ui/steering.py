"""What the dashboard asks of a session; it refuses to know how any of it is done."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Protocol

from lorax_tui.model.records import EventKind
from lorax_tui.model.scenario import Scenario
from lorax_tui.session.view import SessionView


class Steering(Protocol):
    """A session as its reader sees it. Every method returns at once and may be called from the main thread.

    A future that raises `LoraxTuiError` tells of a slip of the operator.
    """

    @property
    def view(self) -> SessionView:
        """The newest frozen picture."""

    def run(self, scenarios: Sequence[Scenario]) -> Future[None]:
        """Start a run of scenarios that follow each other."""

    def confirm(self, name: str) -> Future[None]:
        """The target is meant, though it is not this machine: this is its name."""

    def switch(self, name: str) -> Future[None]:
        """Start a run with this scenario, or switch the run that goes on to it."""

    def adjust(self, users_delta: int) -> Future[None]:
        """Want so many users more, or fewer."""

    def stop(self, reason: str = "stopped", by_guard: bool = False, hurry: bool = False) -> Future[None]:
        """End the load and the run, and keep why and by whom; in a hurry without waiting for those that hang."""

    def silence(self) -> Future[str]:
        """The guard that is about to end the run shall not."""

    def snapshot(self, picture: str | None) -> Future[Path]:
        """Keep the run as it stands now, with this SVG picture of it."""

    def drawn(self, cpu_ms: float) -> None:
        """What this thread has cost since its last tick."""

    def note(self, kind: EventKind, text: str) -> None:
        """Record that something happened."""

    def save_picture(self, picture: str, folder: Path) -> Future[Path]:
        """Keep this SVG picture as the last one of the run in that folder."""
