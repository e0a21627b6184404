"""A panel that fails says so where it is; all the others go on."""

from __future__ import annotations

import pytest

from lorax_tui.ui.screens.target import TargetScreen
from lorax_tui.ui.widgets.panel import Panel
from tests.ui import views
from tests.ui.screen import dashboard

VIEW = views.running(failing=True)


def failing(view: object, width: int, height: int) -> list[object]:
    raise ZeroDivisionError("no figure of ours")


@pytest.mark.parametrize("page", ["dashboard", "target"])
async def test_row_39_a_panel_that_fails_keeps_no_other_from_drawing(page: str):
    async with dashboard(VIEW) as driven:
        if page == "target":
            driven.app.push_screen(TargetScreen(views.watched("growing")))
            await driven.pilot.pause()
        panels = [panel for panel in driven.app.screen.query(Panel) if panel.region.area]
        assert len(panels) > 6 or page == "target"
        others_before = {panel: panel._lines for panel in panels}
        for panel in panels:
            panel.lines = failing  # type: ignore[method-assign]
            await driven.show(views.running(101.0, failing=True))
            await driven.pilot.pause()
            panel.redraw()
            await driven.pilot.pause()
            shown = "".join(text for line in panel._lines for text, _ in line)
            assert "cannot draw this: " in shown, panel
            assert all(other._lines for other in panels if other is not panel and others_before[other])
            assert sum("cannot draw" in line for line in driven.text().splitlines()) >= 1
            del panel.lines
            panel.redraw()
            await driven.pilot.pause()
            assert "cannot draw" not in driven.text()
        assert driven.app.is_running and driven.session.asked == []
