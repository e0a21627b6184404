"""The target's side of a run: its workers over the whole run, above the load they bore."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import Screen

from lorax_tui.session.view import SessionView
from lorax_tui.ui.kept_keys import TARGET_MOMENT_FOOTER
from lorax_tui.ui.keys import TARGET_FOOTER
from lorax_tui.ui.lines import ROLES
from lorax_tui.ui.screens.dashboard import NARROW, TINY
from lorax_tui.ui.widgets.banner import Banner, Tiny
from lorax_tui.ui.widgets.footer import Footer
from lorax_tui.ui.widgets.header import Header
from lorax_tui.ui.widgets.panel import Panel
from lorax_tui.ui.widgets.target_charts import LoadChart, WorkersChart
from lorax_tui.ui.widgets.workers import ArtifactsPanel, WorkersPanel


class TargetScreen(Screen[None]):
    """Drawn only while it is looked at."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"role--{role}" for role in ROLES}

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("t,escape", "close", show=False),
        Binding("p", "turn_chart", show=False),
        Binding("m", "turn_panel", show=False),
        Binding("up,down", "pass", show=False),
    ]

    KEYS: ClassVar[Sequence[tuple[str, str]]] = TARGET_FOOTER
    AUTO_FOCUS = "WorkersPanel"
    ALLOW_SELECT = False

    def __init__(self, view: SessionView) -> None:
        super().__init__()
        self._first = view

    def compose(self) -> ComposeResult:
        """Charts first, then figures."""
        yield Header(id="header")
        yield Banner(id="banner")
        yield WorkersChart(id="workers-chart")
        yield LoadChart(id="load-chart")
        yield WorkersPanel(id="workers")
        yield ArtifactsPanel(id="artifacts")
        yield Footer(self.KEYS, id="footer")
        yield Tiny(id="tiny")

    def on_mount(self) -> None:
        """Show what there is at once."""
        self.query_one(ArtifactsPanel).entitle(Content("artifact store"))
        self._fit(*self.app.size)
        self.call_after_refresh(self.show, self._first)

    def on_resize(self, event: events.Resize) -> None:
        """Whatever depends on the room is a class of the style sheet."""
        self._fit(event.size.width, event.size.height)

    def show(self, view: SessionView) -> None:
        """Draw what changed."""
        for panel in self.query(Panel):
            panel.show(view)

    def action_close(self) -> None:
        """Back to the dashboard."""
        self.dismiss()

    def action_turn_chart(self) -> None:
        """The next figure of the workers."""
        self.query_one(WorkersChart).turn()

    def action_turn_panel(self) -> None:
        """In a small terminal: the workers, or their artifact stores."""
        self.toggle_class("turned")

    def action_pass(self) -> None:
        """Nothing here moves by these keys but the panel that has them."""

    def _fit(self, width: int, height: int) -> None:
        self.set_class(width < TINY[0] or height < TINY[1], "tiny")
        self.set_class(width < NARROW[0] or height < NARROW[1], "narrow")


class TargetMoment(TargetScreen):
    """The same of a recorded run: there is no load to steer, and the key that closes a replay closes this first."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("w,q", "close", show=False)]
    KEYS = TARGET_MOMENT_FOOTER
