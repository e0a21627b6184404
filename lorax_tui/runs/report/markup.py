"""The few pieces of HTML that all sections are made of. Whatever is handed in is text, unless it is called markup."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

from lorax_tui.runs.report.figures import MARKS


def esc(text: object) -> str:
    """Text that stays text, in an element and in a quoted attribute."""
    return escape(str(text), quote=True)


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table."""

    head: str
    kind: str = ""
    """`n`: figures, on the right; `wide` and `text`: a line of its own on a phone; `gauge`: a bar."""
    is_row_head: bool = False


@dataclass(frozen=True, slots=True)
class Markup:
    """A cell that is markup already."""

    text: str


Cell = str | int | Markup


def table(columns: Sequence[Column], rows: Iterable[Sequence[Cell]]) -> str:
    """A table whose rows become small cards where the screen is narrow."""
    head = "".join(f'<th scope="col" class="{column.kind}">{esc(column.head)}</th>' for column in columns)
    body = "".join(f"<tr>{''.join(map(_cell, columns, row))}</tr>" for row in rows)
    return f'<table class="rows"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'


def _cell(column: Column, value: Cell) -> str:
    shown = value.text if isinstance(value, Markup) else esc(value)
    if column.is_row_head:
        return f'<th scope="row" class="{column.kind}">{shown}</th>'
    label = f' data-l="{esc(column.head)}"' if column.head else ""
    return f'<td class="{column.kind}"{label}>{shown}</td>'


def pairs(items: Iterable[tuple[str, object]]) -> str:
    """Names and what they stand for."""
    return (
        '<dl class="pairs">' + "".join(f"<dt>{esc(name)}</dt><dd>{esc(value)}</dd>" for name, value in items) + "</dl>"
    )


def verdict(word: str) -> Markup:
    """A verdict with its mark and its colour; the word says it all."""
    return Markup(f'<span class="mark {esc(word)}">{MARKS[word]} {esc(word)}</span>')


def section(title: str, *content: str) -> str:
    """A part of the page."""
    return f"<section><h2>{esc(title)}</h2>{''.join(content)}</section>"


def panel(*content: str) -> str:
    """A framed part of a section."""
    return f'<div class="panel">{"".join(content)}</div>'


def headed(title: str, note: str, *marks: Markup) -> str:
    """The heading of a panel."""
    shown = "".join(mark.text for mark in marks)
    return f'<div class="head"><h3>{esc(title)}</h3><span class="muted small">{esc(note)}</span>{shown}</div>'
