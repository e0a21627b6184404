"""The dashboard itself: the panels, and how they share the room there is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.screen import Screen

from lorax_tui.session.view import SessionView, State
from lorax_tui.ui.keys import FOOTER
from lorax_tui.ui.lines import ROLES
from lorax_tui.ui.widgets.banner import Banner, Tiny, Welcome
from lorax_tui.ui.widgets.charts import LatencyChart, ThroughputChart
from lorax_tui.ui.widgets.events import EventList
from lorax_tui.ui.widgets.footer import Footer
from lorax_tui.ui.widgets.header import Header
from lorax_tui.ui.widgets.lower import LowerRow
from lorax_tui.ui.widgets.operations import OperationsTable
from lorax_tui.ui.widgets.panel import Panel
from lorax_tui.ui.widgets.scenarios import ScenarioList

NARROW = (110, 32)
TINY = (60, 15)
"""Columns and rows below which the screen is narrow, and too small for a dashboard."""

SHORT = 21
"""Rows below which the charts and the lower row take turns."""

ROOMY = 160
"""Columns from which on the memory of a worker fits one line."""


class Dashboard(Screen[None]):
    """Draws views; what the keys mean to the session is the app's business."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"role--{role}" for role in ROLES}

    KEYS: ClassVar[Sequence[tuple[str, str]]] = FOOTER
    """What the last line tells."""

    AUTO_FOCUS = "ScenarioList"
    ALLOW_SELECT = False
    _STATES: ClassVar[tuple[str, ...]] = tuple(state.value for state in State)

    def __init__(self) -> None:
        super().__init__()
        self._view = SessionView()
        self._panels: list[Panel] = []
        self._lower_height: int | None = None
        """Rows that the scenarios need while nothing else is shown."""

    def compose(self) -> ComposeResult:
        """From the most important down."""
        yield Header(id="header")
        yield Banner(id="banner")
        yield Welcome(id="welcome")
        with Horizontal(id="charts"):
            yield ThroughputChart(id="throughput")
            yield LatencyChart(id="latency")
        yield OperationsTable(id="operations")
        yield LowerRow(id="lower")
        yield EventList(id="events")
        yield Footer(self.KEYS, id="footer")
        yield Tiny(id="tiny")

    def on_mount(self) -> None:
        """Nothing can be shown before."""
        self._panels = list(self.query(Panel))
        self._fit(*self.app.size)

    def on_resize(self, event: events.Resize) -> None:
        """Whatever depends on the room is a class of the style sheet."""
        self._fit(event.size.width, event.size.height)

    def show(self, view: SessionView) -> None:
        """Draw what changed."""
        self._view = view
        for state in self._STATES:
            self.set_class(state == view.state, state)
        self.set_class(bool(view.run.crew), "crew")
        self._arrange()
        for panel in self._panels:
            panel.show(view)

    def _fit(self, width: int, height: int) -> None:
        self.set_class(width < TINY[0] or height < TINY[1], "tiny")
        self.set_class(width < NARROW[0] or height < NARROW[1], "narrow")
        self.set_class(height < SHORT, "short")
        self.set_class(width >= ROOMY, "roomy")
        self._arrange()

    def _arrange(self) -> None:
        row = self.query_one(LowerRow)
        row.entitle(self._view, self.has_class("narrow"))
        tall = len(self._view.scenarios) + 2 if self._view.state is State.IDLE else None
        if tall != self._lower_height:
            self._lower_height = tall
            row.styles.height = tall

    def point(self) -> None:
        """Bring the scenarios up, so that the keys have a list to move in."""
        self.add_class("turned")
        self.query_one(LowerRow).turn_to(0)
        self.query_one(ScenarioList).focus()

    def turn_panel(self) -> None:
        """The next of the lower panels; in a short terminal the charts have their turn, too."""
        row = self.query_one(LowerRow)
        is_turned = self.has_class("turned") or not self.has_class("short")
        self.set_class(not is_turned or not row.is_last, "turned")
        row.turn_to(row.place + 1 if is_turned else 0)
        row.query_one(f"#{row.page}", Panel).focus()
        self._arrange()

    def turn_over(self, page: str) -> None:
        """A panel in the place of another, as the generator in that of the memory; or that one again."""
        row = self.query_one(LowerRow)
        is_shown = row.page == page if self.has_class("narrow") else self.has_class(page)
        self.set_class(not is_shown, page, "turned")
        row.turn_to(0 if is_shown else row.PAGES.index(page))
        self._arrange()

    def turn_chart(self) -> None:
        """The next latency."""
        self.query_one(LatencyChart).turn(self.query_one(OperationsTable).selected)

    def on_operations_table_chosen(self, message: OperationsTable.Chosen) -> None:
        """The chart shows the operation, and goes on to show whichever is pointed at."""
        chart = self.query_one(LatencyChart)
        if message.is_entered or chart.subject[1]:
            chart.show_subject(message.operation)
