"""What all panels are: lines of pieces on the screen, of which only those that changed are drawn again."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.content import Content
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from lorax_tui.session.view import SessionView
from lorax_tui.ui.lines import Line, cut, span

_log = logging.getLogger(__name__)


class Panel(ScrollView, can_focus=False):
    """A panel pulls nothing: it is shown a view and turns it into lines.

    Texts go to the screen as plain segments; there is no markup that one of them could contain. What each role looks
    like is asked of the screen, which has these styles once for all panels.
    """

    ALLOW_SELECT = False
    ALLOW_MAXIMIZE = False

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, classes=classes)
        self._view: SessionView | None = None
        self._lines: list[Line] = []
        self._strips: list[Strip] = []
        self._styles_by_role: dict[str, Style] = {}
        self._titles: tuple[Content | None, Content | None] = (None, None)

    def lines(self, view: SessionView, width: int, height: int) -> Sequence[Line]:
        """What to show of a view in so much room."""
        raise NotImplementedError

    def show(self, view: SessionView) -> None:
        """Draw what changed. An error of this panel stays in this panel."""
        self._view = view
        size = self.scrollable_content_region.size
        if not size.area:
            return
        self._put(self._lines_or_fault(view, size.width, size.height), size.width)

    def _lines_or_fault(self, view: SessionView, width: int, height: int) -> Sequence[Line]:
        try:
            return self.lines(view, width, height)
        except Exception as error:
            _log.exception("%s cannot draw", type(self).__name__)
            return [((f"cannot draw this: {type(error).__name__}", "bad"),)]

    def redraw(self) -> None:
        """Draw the last view again, as something else than the view has changed."""
        if self._view is not None:
            self.show(self._view)

    def entitle(self, title: Content | None, subtitle: Content | None = None) -> None:
        """Write into the frame; nothing is drawn where nothing changed."""
        if (title, subtitle) != self._titles:
            self._titles = (title, subtitle)
            self.border_title = title
            self.border_subtitle = subtitle

    def _put(self, lines: Sequence[Line], width: int) -> None:
        wanted = [cut(line, width) for line in lines]
        if len(wanted) != len(self._lines) or width != self.virtual_size.width:
            self.virtual_size = Size(width, len(wanted))
            self._lines = []
            self.refresh()
        for y, line in enumerate(wanted):
            if y >= len(self._lines):
                self._strips[y:] = [self._strip(line, width)]
            elif line != self._lines[y]:
                self._strips[y] = self._strip(line, width)
                self.refresh_line(y)
        del self._strips[len(wanted) :]
        self._lines = wanted

    def _strip(self, line: Line, width: int) -> Strip:
        segments = [Segment(text, self._style(role)) for text, role in line if text]
        if (missing := width - span(line)) > 0:
            segments.append(Segment(" " * missing, self._style("text")))
        return Strip(segments, width)

    def _style(self, role: str) -> Style:
        if role not in self._styles_by_role:
            paint = self.screen.get_component_rich_style(f"role--{role}", partial=True)
            self._styles_by_role[role] = self.rich_style + paint
        return self._styles_by_role[role]

    def notify_style_update(self) -> None:
        """Forget the colours: the theme or a class may have changed."""
        super().notify_style_update()
        self._styles_by_role.clear()
        self._lines = []
        self.call_later(self.redraw)

    def on_resize(self, event: events.Resize) -> None:
        """Fit the new room."""
        self.redraw()

    def on_show(self, event: events.Show) -> None:
        """Catch up with what was missed while hidden."""
        self.redraw()

    def render_line(self, y: int) -> Strip:
        """One line of the widget, as the compositor asks for it."""
        y += self.scroll_offset.y
        width = self.size.width
        if y >= len(self._strips):
            return Strip.blank(width, self._style("text"))
        strip = self._strips[y]
        return strip if strip.cell_length == width else strip.crop_extend(0, width, self._style("text"))
