"""Where in its recording a replayed run is."""

from __future__ import annotations

from lorax_tui.model import format as words
from lorax_tui.session.view import Position, SessionView
from lorax_tui.ui.lines import Line, Piece, fit, span
from lorax_tui.ui.widgets.panel import Panel

_SHORTEST_BAR = 10


class PositionBar(Panel):
    """One line: whether it plays and how fast, the time, and how far that is."""

    def lines(self, view: SessionView, width: int, height: int) -> list[Line]:
        """Nothing where the run is a live one."""
        position = view.replay
        if position is None:
            return []
        state = " ▶ REPLAY " if position.is_playing else " ‖ REPLAY "
        left: Line = (
            (state, "chip-good" if position.is_playing else "chip"),
            (f" {position.speed:>2}x ", "text"),
            (f"{words.clock(position.at_s)} ", "strong"),
        )
        right: Line = (
            (f" {words.clock(position.length_s)} ", "muted"),
            (fit("reading …", 10) if position.is_reading else "", "warn"),
        )
        note = f" {position.note}" if position.note else ""
        room = width - span(left) - span(right)
        shown = fit(note, min(len(note), max(0, room - _SHORTEST_BAR - 10))) if note else ""
        return [(*left, *_bar(position, room - len(shown)), *right, (shown, "warn"))]


def _bar(position: Position, cells: int) -> Line:
    """What lies behind, what lies ahead, and marks where the load was changed."""
    length_s = max(position.length_s, 1e-9)
    places = {min(cells - 1, int(at_s / length_s * cells)) for at_s in position.marks[1:]}
    here = min(cells - 1, int(position.at_s / length_s * cells))
    pieces: list[Piece] = []
    for cell in range(max(0, cells)):
        text = "●" if cell == here else "┊" if cell in places else "━" if cell < here else "─"
        role = "accent" if cell <= here else "faint" if cell not in places else "muted"
        if pieces and pieces[-1][1] == role:
            pieces[-1] = (pieces[-1][0] + text, role)
        else:
            pieces.append((text, role))
    return tuple(pieces)
