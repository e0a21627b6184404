"""Pictures of the dashboard, compared stroke by stroke. They are drawn by one version of Textual only."""

from __future__ import annotations

from collections.abc import Callable
from importlib.metadata import version

import pytest

from lorax_tui.session.view import SessionView
from lorax_tui.ui.app import LoraxApp
from tests.ui import search_views, views
from tests.ui.fake import FakeSession

pytestmark = pytest.mark.skipif(version("textual") != "8.2.8", reason="the pictures were drawn by Textual 8.2.8")

PICTURES: dict[str, tuple[Callable[[], SessionView], tuple[int, int], list[str]]] = {
    "idle": (views.idle, (120, 40), []),
    "running": (views.running, (120, 40), []),
    "beside": (views.beside, (120, 40), []),
    "failing": (lambda: views.running(failing=True), (120, 40), []),
    "stalled": (views.stalled, (120, 40), []),
    "behind": (lambda: views.running(failing=True), (80, 24), ["tab", *5 * ["down"], "enter"]),
    "staged": (search_views.staged, (120, 40), []),
    "searching": (search_views.searching, (120, 40), []),
    "searching-narrow": (search_views.searching, (80, 24), []),
    "capacity-found": (search_views.found, (120, 40), []),
    "capacity-found-narrow": (search_views.found, (80, 24), []),
    "narrow": (lambda: views.running(failing=True), (80, 24), ["m"]),
    "ended": (views.ended, (80, 24), []),
    "target-idle": (views.idle, (80, 24), ["t"]),
    "target-growing": (lambda: views.watched("growing"), (120, 40), ["t"]),
    "target-restarted": (lambda: views.watched("restarted"), (120, 40), ["t"]),
    "target-narrow": (lambda: views.watched("restarted"), (80, 24), ["t"]),
    "crew": (views.crewed, (120, 40), ["h"]),
    "crew-hurt": (lambda: views.crewed(hurt=True), (120, 40), ["h"]),
    "crew-narrow": (lambda: views.crewed(hurt=True), (80, 24), ["h"]),
    "quit": (views.running, (80, 24), ["q"]),
}


@pytest.mark.parametrize("name", PICTURES)
def test_picture(name, snap_compare):
    view, size, keys = PICTURES[name]
    assert snap_compare(LoraxApp(FakeSession(view())), press=keys, terminal_size=size)
