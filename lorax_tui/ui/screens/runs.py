"""The runs that are kept: browse them, see one again, hold one against the baseline, mark another as such."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from pathlib import Path
from typing import ClassVar

from textual import work
from textual.app import ComposeResult, SystemCommand
from textual.containers import Vertical
from textual.content import Content
from textual.screen import Screen

from lorax_tui.errors import LoraxTuiError
from lorax_tui.model.text import safe
from lorax_tui.runs import store
from lorax_tui.runs.listing import Kept, listed
from lorax_tui.session.replay import Replay
from lorax_tui.session.view import SessionView
from lorax_tui.ui.kept_keys import RUNS_BINDINGS, RUNS_FOOTER
from lorax_tui.ui.lines import ROLES
from lorax_tui.ui.screens.compare import CompareScreen
from lorax_tui.ui.screens.replay import ReplayScreen
from lorax_tui.ui.widgets.footer import Footer
from lorax_tui.ui.widgets.panel import Panel
from lorax_tui.ui.widgets.runs import RunDetail, RunHeading, RunList


class RunsScreen(Screen[None]):
    """Reads the folder of runs when it opens and when it is come back to; never while a load waits for it."""

    BINDINGS = RUNS_BINDINGS
    COMPONENT_CLASSES: ClassVar[set[str]] = {f"role--{role}" for role in ROLES}
    ALLOW_SELECT = False
    AUTO_FOCUS = "RunList"

    def __init__(self, runs_dir: Path) -> None:
        super().__init__()
        self._runs_dir = runs_dir

    def compose(self) -> ComposeResult:
        """The list, and what there is to say about one of it."""
        with Vertical(id="runs"):
            yield RunHeading(id="run-heading")
            yield RunList(id="run-list")
        yield RunDetail(id="run-detail")
        yield Footer(RUNS_FOOTER, id="footer")

    def on_screen_resume(self) -> None:
        """Something may have changed meanwhile."""
        self.call_after_refresh(self._begin)

    def _begin(self) -> None:
        self.query_one("#runs").border_title = Content("runs")
        for panel in self.query(Panel):
            panel.show(SessionView())
        self.action_refresh_list()

    @work(exclusive=True, group="runs")
    async def action_refresh_list(self) -> None:
        """Read the folder again."""
        try:
            found = await asyncio.to_thread(listed, self._runs_dir)
        except LoraxTuiError as error:
            self._complain(error)
            return
        lists = self.query(RunList)
        if not lists:
            return  # the screen was taken away meanwhile
        self.query_one("#runs").border_subtitle = Content(f"{len(found)} in {safe(self._runs_dir)}")
        lists.first().fill(found[::-1])

    def on_run_list_pointed(self) -> None:
        """Tell of the run."""
        detail = self.query_one(RunDetail)
        detail.run = self.query_one(RunList).selected
        detail.show(SessionView())

    def on_run_list_chosen(self, message: RunList.Chosen) -> None:
        """Show how it ended."""
        self._show(message.run, from_end=True)

    def action_replay(self) -> None:
        """See it from its beginning."""
        if (run := self.query_one(RunList).selected) is not None:
            self._show(run, from_end=False)

    def action_open(self) -> None:
        """See how it ended."""
        self.query_one(RunList).action_choose()

    @work(exclusive=True, group="open")
    async def _show(self, run: Kept, from_end: bool) -> None:
        try:
            replay = await asyncio.to_thread(Replay.open, run.folder)
        except LoraxTuiError as error:
            self._complain(error)
            return
        if from_end:
            replay.seek(replay.length_s)
        else:
            replay.play()
        self.app.push_screen(ReplayScreen(replay))

    def action_mark(self) -> None:
        """The baseline is this run from now on, or none any more."""
        run = self.query_one(RunList).selected
        if run is None:
            return
        try:
            if run.is_baseline:
                store.clear_baseline(self._runs_dir)
            else:
                store.set_baseline(run.folder)
        except LoraxTuiError as error:
            self._complain(error)
        self.action_refresh_list()

    def action_compare(self) -> None:
        """Hold it against the baseline."""
        run, base = self.query_one(RunList).selected, store.baseline(self._runs_dir)
        if run is None:
            return
        if base is None or base == run.folder:
            what = "mark another run as the baseline first: point at it and press b"
            self.notify(what, severity="warning")
        else:
            self.app.push_screen(CompareScreen(base, run.folder))

    def action_leave(self) -> None:
        """Back to the dashboard."""
        self.dismiss()

    def commands(self) -> Iterable[SystemCommand]:
        """The keys by name."""
        yield SystemCommand("Open the run", "Enter: how it ended", self.action_open)
        yield SystemCommand("Replay the run", "space: from its beginning", self.action_replay)
        yield SystemCommand("Compare the run", "c: with the baseline", self.action_compare)
        yield SystemCommand("Mark as baseline", "b: hold others against it, or no longer", self.action_mark)
        yield SystemCommand("Back", "q: to the dashboard", self.action_leave)

    def _complain(self, error: Exception) -> None:
        self.notify(str(error), severity="warning")
