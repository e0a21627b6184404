"""A session that does nothing but remember what it was asked."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path
from typing import Any

from lorax_tui.model.records import EventKind
from lorax_tui.model.scenario import Scenario
from lorax_tui.session.view import SessionView, State
from tests.ui import views


class FakeSession:
    def __init__(self, view: SessionView | None = None) -> None:
        self.view = view if view is not None else views.idle()
        self.asked: list[tuple[Any, ...]] = []
        self.pictures: list[str] = []
        self.costs_ms: list[float] = []
        self.refusal: Exception | None = None
        self.stops = True
        """Whether `stop` ends the load at once."""

    def _answer(self, result: Any, *asked: Any) -> Future[Any]:
        self.asked.append(asked)
        future: Future[Any] = Future()
        if self.refusal is not None:
            future.set_exception(self.refusal)
        else:
            future.set_result(result)
        return future

    def run(self, scenarios: Sequence[Scenario]) -> Future[None]:
        return self._answer(None, "run", *(scenario.name for scenario in scenarios))

    def confirm(self, name: str) -> Future[None]:
        self.view = replace(self.view, must_confirm=False)
        return self._answer(None, "confirm", name)

    def switch(self, name: str) -> Future[None]:
        return self._answer(None, "switch", name)

    def adjust(self, users_delta: int) -> Future[None]:
        return self._answer(None, "adjust", users_delta)

    def note(self, kind: EventKind, text: str) -> None:
        self.asked.append(("note", text))

    def stop(self, reason: str = "stopped", by_guard: bool = False, hurry: bool = False) -> Future[None]:
        if self.stops and self.view.is_loaded:
            self.view = replace(self.view, state=State.ENDED)
        return self._answer(None, "stop", reason)

    def silence(self) -> Future[str]:
        return self._answer("the errors guard is silenced", "silence")

    def snapshot(self, picture: str | None) -> Future[Path]:
        self.pictures.append(picture or "")
        return self._answer(views.FOLDER / "snapshots" / "000100.json", "snapshot")

    def drawn(self, cpu_ms: float) -> None:
        self.costs_ms.append(cpu_ms)

    def save_picture(self, picture: str, folder: Path) -> Future[Path]:
        self.pictures.append(picture)
        return self._answer(views.FOLDER / "screen.svg", "save_picture")
