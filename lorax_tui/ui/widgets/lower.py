"""The lower row: scenarios, errors or limits, memory or the generator; in a narrow terminal one of them."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content

from lorax_tui.model import format as words
from lorax_tui.model.thresholds import Verdict
from lorax_tui.session.view import SessionView, State
from lorax_tui.ui.widgets import crew
from lorax_tui.ui.widgets.errors import ErrorsPanel
from lorax_tui.ui.widgets.generator import GeneratorPanel
from lorax_tui.ui.widgets.limits import LimitsPanel
from lorax_tui.ui.widgets.memory import MemoryPanel
from lorax_tui.ui.widgets.panel import Panel
from lorax_tui.ui.widgets.scenarios import ScenarioList


class LowerRow(Horizontal):
    """Panels that take turns in a narrow terminal; then each title tells of the others."""

    PAGES: ClassVar[tuple[str, ...]] = ("scenarios", "errors", "limits", "memory", "generator")

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.place = 0
        """Which of the pages has its turn."""

    def compose(self) -> ComposeResult:
        """All of them."""
        yield ScenarioList(id="scenarios")
        yield ErrorsPanel(id="errors")
        yield LimitsPanel(id="limits")
        yield MemoryPanel(id="memory")
        yield GeneratorPanel(id="generator")

    def on_mount(self) -> None:
        """Begin with the scenarios."""
        self.turn_to(0)

    @property
    def page(self) -> str:
        """The panel whose turn it is."""
        return self.PAGES[self.place]

    @property
    def is_last(self) -> bool:
        """Whether the next turn begins anew."""
        return self.place == len(self.PAGES) - 1

    def turn_to(self, page: int) -> None:
        """This one's turn."""
        self.place = page % len(self.PAGES)
        for number, name in enumerate(self.PAGES):
            self.query_one(f"#{name}", Panel).set_class(number == self.place, "its-turn")

    def entitle(self, view: SessionView, is_narrow: bool) -> None:
        """Write the titles."""
        titles = _titles(view, is_narrow)
        for place, name in enumerate(self.PAGES):
            title = (
                titles[name]
                if not is_narrow or view.state is State.IDLE
                else _tabs([titles[page] for page in self.PAGES], place)
            )
            self.query_one(f"#{name}", Panel).entitle(title)


def _titles(view: SessionView, is_narrow: bool) -> dict[str, Content]:
    errors = sum(error.count for error in view.run.errors)
    broken = sum(j.verdict is Verdict.FAILED for j in (view.run.phase.judgements if view.run.phase else ()))
    resident = [pid.rss_mb for pid in view.run.target.pids if not pid.gone]
    memory = (
        f" {words.megabytes(resident[0])}" if len(resident) == 1 else f" {len(resident)} workers" if resident else ""
    )
    return {
        "scenarios": Content("scenarios"),
        "errors": Content.assemble("errors", (f" {words.count(errors)}", "$error") if errors else ""),
        "limits": Content.assemble("limits", (f" {broken} broken", "$error") if broken else ""),
        "memory": Content(f"{'' if is_narrow else 'target '}memory{memory}"),
        "generator": _generator(view, is_narrow),
    }


def _generator(view: SessionView, is_narrow: bool) -> Content:
    if view.run.bound:
        return Content.styled("generator-bound", "$warning")
    return crew.title(view.run) if view.run.crew and not is_narrow else Content("generator")


def _tabs(titles: list[Content], place: int) -> Content:
    parts: list[Content] = [
        title.stylize_before("bold $bright" if number == place else "$muted") for number, title in enumerate(titles)
    ]
    return Content("  ·  ").join([*parts, Content.styled("m turns", "$muted")])
