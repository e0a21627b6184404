"""What a panel shows, before any terminal: lines of pieces, each a text and the role that it plays.

A role is a name that the style sheet gives a colour to. A text is never read as markup.
"""

from __future__ import annotations

from collections.abc import Iterable

from rich.cells import cell_len, set_cell_size

Piece = tuple[str, str]
"""Text and role."""

Line = tuple[Piece, ...]

ROLES = frozenset(
    {
        "text",
        "strong",
        "muted",
        "faint",
        "accent",
        "good",
        "warn",
        "bad",
        "chip",
        "chip-good",
        "chip-warn",
        "chip-bad",
        "cursor",
        "key",
        "settling",
        "line-ok",
        "line-bad",
        "line-users",
        "line-p50",
        "line-p95",
        "line-p99",
        "line-due",
        "limit",
        "ghost",
        "memory",
    }
)
"""Every role there is; the style sheet knows the same."""


def fit(text: str, width: int, right: bool = False) -> str:
    """Exactly `width` cells of a text: padded, or cut with an ellipsis."""
    if width <= 0:
        return ""
    missing = width - cell_len(text)
    if missing < 0:
        return set_cell_size(set_cell_size(text, width - 1) + "…", width)
    return " " * missing + text if right else text + " " * missing


def span(line: Iterable[Piece]) -> int:
    """How many cells a line takes."""
    return sum(cell_len(text) for text, _ in line)


def spread(left: Line, right: Line, width: int) -> Line:
    """One line with its two parts at either end; the right part is kept whole if it can be."""
    room = width - span(right)
    if room <= 0:
        return cut(right, width)
    kept = cut(left, room)
    return (*kept, (" " * (room - span(kept)), "text"), *right)


def cut(line: Iterable[Piece], width: int) -> Line:
    """The line, shortened to `width` cells where it is longer."""
    kept: list[Piece] = []
    room = width
    for text, role in line:
        cells = cell_len(text)
        if cells > room:
            if room > 0:
                kept.append((fit(text, room), role))
            break
        kept.append((text, role))
        room -= cells
    return tuple(kept)
